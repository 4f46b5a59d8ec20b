// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/render.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plugin/check/dialect.h"
#include "tests/unit/plugin/check/judged.h"

namespace pingtrail::check {
namespace {

using testing_support::hosts;
using testing_support::results;
using testing_support::target;

CheckConfig config_of(Dialect dialect) {
  CheckConfig config = rules_of(dialect).defaults;
  if (dialect == Dialect::check_ping) {
    config.thresholds.rta =
        Limits<Nanoseconds>{std::chrono::milliseconds(100), std::chrono::milliseconds(200)};
    config.thresholds.loss = Limits<double>{20, 40};
  }
  return config;
}

std::string output(const CheckConfig& config, const ProbeResults& probed,
                   const std::vector<HostTargets>& given) {
  return render(config, evaluate(config, probed, given), probed);
}

struct Row {
  const char* name;
  Dialect dialect;
  const char* probes;
  bool error;  // a router said that the host is unreachable
  const char* want;
};

class Shape : public testing::TestWithParam<Row> {};

TEST_P(Shape, IsPrintedInTheShapeOfTheProgram) {
  ProbeResults probed = results({target("192.0.2.7", GetParam().probes)});
  if (GetParam().error) {
    probed.targets[0].errors.push_back({0, probe::parse_address("192.0.2.1").value(), 3, 1, 0});
  }
  EXPECT_EQ(output(config_of(GetParam().dialect), probed, hosts({"192.0.2.7"})), GetParam().want);
}

using enum Dialect;

INSTANTIATE_TEST_SUITE_P(
    Table, Shape,
    testing::Values(
        Row{"Native", native, "833 833 833", false,
            "OK - 192.0.2.7: rta 0.833ms, lost 0%|rta=0.833ms;200.000;500.000;0; pl=0%;40;80;; "
            "rtmax=0.833ms;;;; rtmin=0.833ms;;;;\n"},
        Row{"NativeOneOfThreeLost", native, "800 x 900", false,
            "OK - 192.0.2.7: rta 0.850ms, lost 33.33%|rta=0.850ms;200.000;500.000;0; "
            "pl=33.33%;40;80;; rtmax=0.900ms;;;; rtmin=0.800ms;;;;\n"},
        Row{"NativeDead", native, "x x", false,
            "CRITICAL - 192.0.2.7: lost 100%|rta=U;200.000;500.000;0; pl=100%;40;80;; rtmax=U;;;; "
            "rtmin=U;;;;\n"},
        Row{"NativeUnreachable", native, "x x", true,
            "CRITICAL - 192.0.2.7: lost 100%, Destination Host Unreachable from "
            "192.0.2.1|rta=U;200.000;500.000;0; pl=100%;40;80;; rtmax=U;;;; rtmin=U;;;;\n"},
        Row{"NativeUntried", native, "- -", false,
            "UNKNOWN - 192.0.2.7: not awaited, the answer was settled|rta=U;200.000;500.000;0; "
            "pl=U;40;80;; rtmax=U;;;; rtmin=U;;;;\n"},
        Row{"Icmp", check_icmp, "833 833", false,
            "OK - 192.0.2.7: rta 0.833ms, lost 0%|rta=0.833ms;200.000;500.000;0; pl=0%;40;80;; "
            "rtmax=0.833ms;;;; rtmin=0.833ms;;;;\n"},
        Row{"IcmpDead", check_icmp, "x x", false,
            "CRITICAL - 192.0.2.7: rta nan, lost 100%|rta=U;200.000;500.000;0; pl=100%;40;80;; "
            "rtmax=U;;;; rtmin=U;;;;\n"},
        Row{"IcmpUnreachable", check_icmp, "x x", true,
            "CRITICAL - 192.0.2.7: Destination Host Unreachable @ 192.0.2.1. rta nan, lost "
            "100%|rta=U;200.000;500.000;0; pl=100%;40;80;; rtmax=U;;;; rtmin=U;;;;\n"},
        Row{"Host", check_host, "x 833 900", false,
            "OK - 192.0.2.7 responds to ICMP. Packet 2, rta "
            "0.867ms|pkt=2;;;0;5 rta=0.867;1000.000;1000.000;;\n"},
        Row{"HostDead", check_host, "x x", false,
            "CRITICAL - 192.0.2.7: rta nan, lost 100%|rta=U;1000.000;1000.000;0; "
            "pl=100%;100;100;; rtmax=U;;;; rtmin=U;;;;\n"},
        Row{"Ping", check_ping, "1234 1234", false,
            "PING OK - Packet loss = 0%, RTA = 1.23 "
            "ms|rta=1.234000ms;100.000000;200.000000;0.000000 pl=0%;20;40;0;\n"},
        Row{"PingTwoOfFiveLost", check_ping, "1000 x 1000 x 1000", false,
            "PING CRITICAL - Packet loss = 40%, RTA = 1.00 "
            "ms|rta=1.000000ms;100.000000;200.000000;0.000000 pl=40%;20;40;0;\n"},
        Row{"PingDead", check_ping, "x x", false,
            "PING CRITICAL - Packet loss = 100%|rta=U;100.000000;200.000000;; pl=100%;20;40;0;\n"},
        Row{"PingUnreachable", check_ping, "x x", true,
            "CRITICAL - Host Unreachable (192.0.2.7) from "
            "192.0.2.1|rta=U;100.000000;200.000000;; pl=100%;20;40;0;\n"},
        Row{"Fping", check_fping, "1234", false,
            "FPING OK - 192.0.2.7 (loss=0%, rta=1.234000 ms)|loss=0%;;;0;100 "
            "rta=0.001234s;;;0.000000\n"},
        Row{"FpingDead", check_fping, "x x", false,
            "FPING CRITICAL - 192.0.2.7 (loss=100% )|loss=100%;;;0;100 rta=U;;;0.000000\n"}),
    [](const auto& row) { return row.param.name; });

TEST(Render, SeveralHostsHaveTheirNamesBeforeTheLabels) {
  EXPECT_EQ(
      output(config_of(native), results({target("192.0.2.1", "100"), target("192.0.2.2", "x")}),
             hosts({"a", "b=c'd"})),
      "CRITICAL - a: rta 0.100ms, lost 0% :: b=c'd: lost 100%"
      "|arta=0.100ms;200.000;500.000;0; apl=0%;40;80;; artmax=0.100ms;;;; artmin=0.100ms;;;; "
      "'b=c''drta'=U;200.000;500.000;0; 'b=c''dpl'=100%;40;80;; 'b=c''drtmax'=U;;;; "
      "'b=c''drtmin'=U;;;;\n");
}

TEST(Render, AddressesOfOneNameAreToldApart) {
  const std::vector<HostTargets> dual = {{"dual", std::vector<TargetIndex>{0, 1}}};
  const std::string text = output(
      config_of(native), results({target("192.0.2.1", "100"), target("2001:db8::1", "100")}), dual);
  EXPECT_TRUE(
      text.starts_with("OK - dual (192.0.2.1): rta 0.100ms, lost 0% :: dual (2001:db8::1): "
                       "rta 0.100ms, lost 0%|192.0.2.1rta=0.100ms"))
      << text;
  EXPECT_NE(text.find(" 2001:db8::1rta=0.100ms"), std::string::npos) << text;
}

TEST(Render, ManyHostsAreCountedAndOnlyTroubleIsListed) {
  std::vector<probe::TargetResult> targets;
  std::vector<std::string> names;
  for (int i = 0; i < 30; ++i) {
    targets.push_back(target("192.0.2." + std::to_string(i + 1), i < 12    ? "x"
                                                                 : i == 12 ? "300000"
                                                                           : "100"));
    names.push_back("h" + std::to_string(i));
  }
  const std::string text = output(config_of(native), results(targets), hosts(names));
  const std::string line = text.substr(0, text.find('|'));
  EXPECT_EQ(
      line,
      "CRITICAL - 30 hosts: 17 ok, 1 warning, 12 critical :: h0: lost 100% :: h1: lost 100% :: "
      "h2: lost 100% :: h3: lost 100% :: h4: lost 100% :: h5: lost 100% :: h6: lost 100% :: h7: "
      "lost 100% :: h8: lost 100% :: h9: lost 100% :: and 3 more");
  EXPECT_NE(text.find("h29rta=0.100ms"), std::string::npos) << "perfdata of all hosts";
  CheckConfig icmp = config_of(check_icmp);
  EXPECT_NE(output(icmp, results(targets), hosts(names)).find(":: h29: rta 0.100ms, lost 0%|"),
            std::string::npos)
      << "check_icmp lists all";
}

TEST(Render, ModesAppendTheirLabels) {
  CheckConfig config = config_of(check_icmp);
  config.thresholds.jitter =
      Limits<Nanoseconds>{std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
  config.thresholds.mos = Limits<double>{3.5, 3.0};
  config.thresholds.score = Limits<double>{80, 70};
  EXPECT_EQ(output(config, results({target("192.0.2.7", "1000 1200 1100")}), hosts({"h"})),
            "OK - h: rta 1.100ms, lost 0%, jitter 0.150ms, MOS 4.4, score 93"
            "|rta=1.100ms;200.000;500.000;0; pl=0%;40;80;; rtmax=1.200ms;;;; rtmin=1.000ms;;;; "
            "jitter_avg=0.150ms;1.000;2.000;0; jitter_max=0.200ms;;;; jitter_min=0.100ms;;;; "
            "mos=4.4;3.5;3;0;5 score=93;80;70;0;100\n");
  EXPECT_EQ(output(config, results({target("192.0.2.7", "x")}), hosts({"h"})),
            "CRITICAL - h: rta nan, lost 100%"
            "|rta=U;200.000;500.000;0; pl=100%;40;80;; rtmax=U;;;; rtmin=U;;;; "
            "jitter_avg=U;1.000;2.000;0; jitter_max=U;;;; jitter_min=U;;;; "
            "mos=U;3.5;3;0;5 score=U;80;70;0;100\n");
}

std::string with(const CheckConfig& config, const char* probes, const HostHistory& history) {
  const ProbeResults probed = results({target("192.0.2.7", probes)});
  return render(config,
                with_history(config, evaluate(config, probed, hosts({"core-sw"})), {history}),
                probed);
}

HostHistory down_for_202_seconds() {
  HostHistory history;
  history.down = HostHistory::Ongoing{base::WallTime(Milliseconds(1795192144000)),
                                      std::chrono::hours(1), std::chrono::seconds(202)};
  history.outages = 3;
  return history;
}

TEST(Render, HistorySaysSinceWhenAHostIsDown) {
  CheckConfig config = config_of(native);
  EXPECT_EQ(
      with(config, "x x", down_for_202_seconds()),
      "CRITICAL - core-sw: down for 0 days 00:03:22 since 2026-11-20T17:29:04+01:00, lost 100%"
      "|rta=U;200.000;500.000;0; pl=100%;40;80;; rtmax=U;;;; rtmin=U;;;;\n");
  config.perfdata = PerfdataStyle::full;
  EXPECT_EQ(
      with(config, "x x", down_for_202_seconds()),
      "CRITICAL - core-sw: down for 0 days 00:03:22 since 2026-11-20T17:29:04+01:00, lost 100%"
      "|rta=U;200.000;500.000;0; pl=100%;40;80;0;100 rtmax=U;;;; rtmin=U;;;; rtmed=U;;;; "
      "jitter=U;;;0; downtime=202s outages=3c\n");
}

TEST(Render, HistorySaysThatAHostIsBack) {
  HostHistory history;
  history.ended = std::chrono::seconds(202);
  history.outages = 3;
  CheckConfig config = config_of(native);
  config.perfdata = PerfdataStyle::full;
  EXPECT_EQ(with(config, "1200 1200", history),
            "OK - core-sw: rta 1.200ms, lost 0%, up again after 0 days 00:03:22"
            "|rta=1.200ms;200.000;500.000;0; pl=0%;40;80;0;100 rtmax=1.200ms;;;; rtmin=1.200ms;;;; "
            "rtmed=1.200ms;;;; jitter=0.000ms;;;0; downtime=0s outages=3c\n");
}

TEST(Render, HistoryThatCouldNotBeReadIsUnknownNotZero) {
  HostHistory history;
  history.note = "state: Permission denied";
  CheckConfig config = config_of(native);
  config.perfdata = PerfdataStyle::full;
  EXPECT_EQ(
      with(config, "x x", history),
      "CRITICAL - core-sw: lost 100%|rta=U;200.000;500.000;0; pl=100%;40;80;0;100 rtmax=U;;;; "
      "rtmin=U;;;; rtmed=U;;;; jitter=U;;;0; downtime=U outages=U\nstate: Permission denied\n");
}

TEST(Render, OtherNamesShowHistoryOnlyWithFullPerfdata) {
  CheckConfig config = config_of(check_ping);
  EXPECT_EQ(with(config, "x x", down_for_202_seconds()),
            "PING CRITICAL - Packet loss = 100%|rta=U;100.000000;200.000000;; pl=100%;20;40;0;\n");
  config.perfdata = PerfdataStyle::full;
  EXPECT_EQ(
      with(config, "x x", down_for_202_seconds()),
      "PING CRITICAL - Packet loss = 100%, down for 0 days 00:03:22 since "
      "2026-11-20T17:29:04+01:00|rta=U;100.000000;200.000000;; pl=100%;20;40;0;100 rtmed=U;;;; "
      "jitter=U;;;0; downtime=202s outages=3c\n");
}

TEST(Render, NotesAreASecondLineButUnderOtherNamesOnlyWithV) {
  HostHistory history;
  history.note = "history: /var/lib/pingtrail: Permission\ndenied";
  EXPECT_TRUE(with(config_of(native), "100", history)
                  .ends_with("\nhistory: /var/lib/pingtrail: Permission?denied\n"));
  CheckConfig config = config_of(check_icmp);
  EXPECT_EQ(with(config, "100", history).find("history:"), std::string::npos);
  config.verbosity = 1;
  EXPECT_NE(with(config, "100", history).find("\nhistory:"), std::string::npos);
}

TEST(Render, VerboseHasALineAHostAndThenAProbe) {
  CheckConfig config = config_of(native);
  config.verbosity = 2;
  ProbeResults probed = results({target("192.0.2.7", "1000 x 1200 - r a")});
  probed.targets[0].duplicates = 1;
  probed.targets[0].late = 2;
  probed.targets[0].corrupted = 3;
  probed.targets[0].errors.push_back({1, probe::parse_address("192.0.2.1").value(), 3, 1, 0});
  probed.foreign = 4;
  const std::string text = output(config, probed, hosts({"core-sw"}));
  EXPECT_EQ(text.substr(text.find('\n') + 1),
            "core-sw (192.0.2.7): sent 3, received 2, min/avg/median/max/jitter "
            "1.000/1.100/1.100/1.200/0.200 ms, duplicates 1, late 2, corrupted 3, out of order 0, "
            "errors 1, Destination Host Unreachable from 192.0.2.1\n"
            "core-sw (192.0.2.7): probe 1: 1.000ms\n"
            "core-sw (192.0.2.7): probe 2: lost, Destination Host Unreachable from 192.0.2.1\n"
            "core-sw (192.0.2.7): probe 3: 1.200ms\n"
            "core-sw (192.0.2.7): probe 4: not sent\n"
            "core-sw (192.0.2.7): probe 5: refused by this machine\n"
            "core-sw (192.0.2.7): probe 6: not awaited\n"
            "replies from addresses that were not asked: 4\n");
}

TEST(Render, InterruptedSaysSoAndNothingElse) {
  ProbeResults probed = results({target("192.0.2.7", "1000 c")});
  probed.interrupted = true;
  EXPECT_EQ(output(config_of(native), probed, hosts({"h"})), "UNKNOWN - interrupted\n");
  EXPECT_EQ(output(config_of(check_ping), probed, hosts({"h"})), "PING UNKNOWN - interrupted\n");
  EXPECT_EQ(output(config_of(check_fping), probed, hosts({"h"})), "FPING UNKNOWN - interrupted\n");
}

TEST(Render, NothingThatBreaksALineGetsOut) {
  const std::vector<HostTargets> nasty = {
      {"a|b\nc", base::Error{base::ErrorKind::not_found, "resolver: bad\nline | here"}}};
  const std::string text = output(config_of(native), results({}), nasty);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '|'), 1) << text;
  EXPECT_EQ(render_unknown(base::invalid_input("a|b", "c\nd")), "UNKNOWN - a?b: c?d\n");
}

TEST(Render, HtmlLinkGoesRoundTheText) {
  CheckConfig config = config_of(check_ping);
  config.html_link = true;
  EXPECT_EQ(
      output(config, results({target("192.0.2.7", "1000")}), hosts({"192.0.2.7"})),
      "<A HREF='/nagios/cgi-bin/traceroute.cgi?192.0.2.7'>PING OK - Packet loss = 0%, RTA = 1.00 "
      "ms</A>|rta=1.000000ms;100.000000;200.000000;0.000000 pl=0%;20;40;0;\n");
}

TEST(Render, FpingAliveShowsTheReplyAlone) {
  CheckConfig config = config_of(check_fping);
  config.alive = true;
  EXPECT_EQ(output(config, results({target("192.0.2.7", "1000 a a")}), hosts({"h"})),
            "FPING OK - h (rta=1.000000 ms)|rta=0.001000s;;;0.000000\n");
}

}  // namespace
}  // namespace pingtrail::check
