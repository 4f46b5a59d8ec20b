// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/recording.h"

#include <gtest/gtest.h>

namespace pingtrail::check {
namespace {

using namespace std::chrono_literals;

CheckConfig config_for(std::vector<std::string> hosts) {
  CheckConfig config;
  config.hosts = std::move(hosts);
  return config;
}

TEST(KeepsHistory, ByDefaultButNotOnATerminal) {
  const CheckConfig config = config_for({"core-sw"});
  EXPECT_TRUE(keeps_history(config, {}));
  EXPECT_FALSE(keeps_history(config, {.output_is_terminal = true}));
}

TEST(KeepsHistory, OnATerminalOnlyWhenADirectoryIsGiven) {
  CheckConfig config = config_for({"core-sw"});
  config.history.state_dir = "/tmp/history";
  EXPECT_TRUE(keeps_history(config, {.output_is_terminal = true}));
  config.history.disabled = true;
  EXPECT_FALSE(keeps_history(config, {}));
}

TEST(KeepsHistory, UnderOtherNamesOnlyWhereThePackageIsInstalled) {
  CheckConfig config = config_for({"core-sw"});
  config.dialect = Dialect::check_icmp;
  EXPECT_FALSE(keeps_history(config, {}));
  EXPECT_TRUE(keeps_history(config, {.packaged_directory_exists = true}));
  config.history.state_dir = "/tmp/history";
  EXPECT_TRUE(keeps_history(config, {}));
}

TEST(HistoryKey, PrefersTheNameGivenThenNagiosThenTheHost) {
  CheckConfig config = config_for({"192.0.2.7"});
  EXPECT_EQ(history_key(config, "192.0.2.7", {}).name, "192.0.2.7");
  const Surroundings nagios{.nagios_hostname = "core-sw"};
  EXPECT_EQ(history_key(config, "192.0.2.7", nagios).name, "core-sw");
  config.history.name = "edge-sw";
  EXPECT_EQ(history_key(config, "192.0.2.7", nagios).name, "edge-sw");
}

TEST(HistoryKey, KeepsSeveralHostsApart) {
  const CheckConfig config = config_for({"a", "b"});
  EXPECT_EQ(history_key(config, "b", {.nagios_hostname = "core-sw"}).name, "b");
}

TEST(HistoryKey, MakesAForcedFamilyASeriesUnlessOneIsNamed) {
  CheckConfig config = config_for({"core-sw"});
  EXPECT_EQ(history_key(config, "core-sw", {}).series, "");
  config.only_family = probe::Family::ipv6;
  EXPECT_EQ(history_key(config, "core-sw", {}).series, "ipv6");
  config.only_family = probe::Family::ipv4;
  EXPECT_EQ(history_key(config, "core-sw", {}).series, "ipv4");
  config.history.series = "wan";
  EXPECT_EQ(history_key(config, "core-sw", {}).series, "wan");
}

TEST(CheckFigures, AddsUpTheAddressesOfAHost) {
  probe::ProbeResults results;
  for (const char* address : {"192.0.2.7", "2001:db8::7"}) {
    probe::TargetResult target;
    target.address = *probe::parse_address(address);
    target.probes = {{probe::MonoTime{}, 10ms, 1, probe::ProbeFate::answered},
                     {probe::MonoTime{}, 0ms, 0, probe::ProbeFate::lost},
                     {probe::MonoTime{}, 0ms, 0, probe::ProbeFate::unsent}};
    target.duplicates = 2;
    results.targets.push_back(target);
  }
  const CheckConfig config = config_for({"core-sw"});
  const std::vector<HostTargets> hosts = {{"core-sw", std::vector<TargetIndex>{0, 1}}};
  const CheckResult result = evaluate(config, results, hosts);
  const history::CheckFigures figures = check_figures(config, result.hosts[0], results);
  EXPECT_EQ(figures.sent, 4U);
  EXPECT_EQ(figures.received, 2U);
  EXPECT_EQ(figures.duplicate, 4U);
  EXPECT_EQ(figures.address, "192.0.2.7");
  EXPECT_EQ(figures.rtt_s, (std::vector<double>{0.01, 0.01}));
  ASSERT_TRUE(figures.round_trips);
  EXPECT_EQ(figures.round_trips->mean_s, 0.01);
}

TEST(CheckFigures, GiveTheReasonWhyAHostCouldNotBeTried) {
  const CheckConfig config = config_for({"nosuch"});
  const std::vector<HostTargets> hosts = {
      {"nosuch", base::Error{base::ErrorKind::not_found, "nosuch: name does not resolve"}}};
  const CheckResult result = evaluate(config, {}, hosts);
  const history::CheckFigures figures = check_figures(config, result.hosts[0], {});
  EXPECT_EQ(figures.reason, "name does not resolve");
  EXPECT_EQ(figures.sent, 0U);
  EXPECT_FALSE(figures.round_trips);
}

TEST(HostHistory, SaysWhatTheRecordSaid) {
  history::RecordOutcome outcome;
  outcome.after.emplace();
  outcome.after->counters.outages = 3;
  outcome.down_since = base::WallTime(1000s);
  outcome.downtime = 202s;
  const HostHistory said = host_history(outcome, 3600s);
  ASSERT_TRUE(said.down);
  EXPECT_EQ(said.down->since, base::WallTime(1000s));
  EXPECT_EQ(said.down->lasted, Milliseconds(202s));
  EXPECT_EQ(said.down->utc_offset, 3600s);
  EXPECT_EQ(said.outages, 3U);
}

TEST(HostHistory, KnowsNothingButTheTroubleWhenTheStateCouldNotBeRead) {
  history::RecordOutcome outcome;
  outcome.notes = {"/x/state: missing", "/x/journal: missing"};
  const HostHistory said = host_history(outcome, 0s);
  EXPECT_EQ(said.note, "/x/state: missing; /x/journal: missing");
  EXPECT_FALSE(said.outages);
  EXPECT_FALSE(said.down);
}

}  // namespace
}  // namespace pingtrail::check
