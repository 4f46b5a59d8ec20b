// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/evaluate.h"

#include <gtest/gtest.h>

#include <functional>

#include "plugin/check/dialect.h"
#include "tests/unit/plugin/check/judged.h"

namespace pingtrail::check {
namespace {

using testing_support::config;
using testing_support::hosts;
using testing_support::results;
using testing_support::target;

JudgedAddress judge(const CheckConfig& config, const char* probes) {
  const auto result = evaluate(config, results({target("192.0.2.7", probes)}), hosts({"h"}));
  return result.hosts.front().addresses.front();
}

struct Row {
  const char* name;
  const char* probes;
  Severity severity;
  Observation observation;
  std::optional<double> loss;
};

class Figures : public testing::TestWithParam<Row> {};

TEST_P(Figures, AreJudgedByTheDefaults) {
  const JudgedAddress judged = judge(config(), GetParam().probes);
  EXPECT_EQ(judged.severity, GetParam().severity);
  EXPECT_EQ(judged.observation, GetParam().observation);
  EXPECT_EQ(judged.loss, GetParam().loss);
}

using enum Severity;
using enum Observation;

INSTANTIATE_TEST_SUITE_P(
    Table, Figures,
    testing::Values(Row{"AllWell", "800 900 1000 800 900", ok, up, 0.0},
                    Row{"OneLost", "800 x 1000 800 900", ok, up, 20.0},
                    Row{"TwoLostIsAtTheWarning", "800 x x 800 900", warning, up, 40.0},
                    Row{"ThreeLost", "800 x x x 900", warning, up, 60.0},
                    Row{"FourLostIsAtTheCritical", "x x x x 900", critical, up, 80.0},
                    Row{"AllLost", "x x x x x", critical, down, 100.0},
                    Row{"JustBelowTheWarningTime", "199999", ok, up, 0.0},
                    Row{"AtTheWarningTime", "200000", warning, up, 0.0},
                    Row{"AtTheCriticalTime", "500000", critical, up, 0.0},
                    Row{"MeanCounts", "100000 299999", ok, up, 0.0},
                    Row{"UnsentDoNotCount", "800 x - - -", warning, up, 50.0},
                    Row{"AbandonedDoNotCount", "800 900 a a a", ok, up, 0.0},
                    Row{"NothingSent", "- - - - -", unknown, indeterminate, std::nullopt},
                    Row{"AllRefused", "r r r r r", unknown, indeterminate, std::nullopt},
                    Row{"RefusedDoNotCount", "r r 800 900 700", ok, up, 0.0}),
    [](const auto& row) { return row.param.name; });

TEST(Deadline, WhatIsInFlightIsLost) {
  ProbeResults cut = results({target("192.0.2.7", "800 800 c c -")});
  cut.deadline_reached = true;
  const auto result = evaluate(config(), cut, hosts({"h"}));
  EXPECT_EQ(result.severity, Severity::warning);
  EXPECT_EQ(result.hosts[0].addresses[0].loss, 50.0);
}

TEST(Deadline, WithoutAnyProbeThatCouldWaitIsUnknown) {
  ProbeResults cut = results({target("192.0.2.7", "c c - - -")});
  cut.deadline_reached = true;
  const auto result = evaluate(config(), cut, hosts({"h"}));
  EXPECT_EQ(result.severity, Severity::unknown);
  EXPECT_EQ(result.hosts[0].observation, Observation::indeterminate);
  cut.targets[0] = target("192.0.2.7", "x c - - -");
  const auto waited = evaluate(config(), cut, hosts({"h"}));
  EXPECT_EQ(waited.severity, Severity::critical);
  EXPECT_EQ(waited.hosts[0].observation, Observation::down);
}

TEST(Deadline, AnIcmpErrorIsAnAnswerThatDidNotNeedItsTime) {
  ProbeResults cut = results({target("192.0.2.7", "c c - - -")});
  cut.deadline_reached = true;
  cut.targets[0].errors.push_back({0, probe::parse_address("192.0.2.1").value(), 3, 1, 0});
  EXPECT_EQ(evaluate(config(), cut, hosts({"h"})).hosts[0].observation, Observation::down);
}

TEST(Interrupted, IsUnknownAndNoObservation) {
  ProbeResults cut = results({target("192.0.2.7", "800 800 800 800 c")});
  cut.interrupted = true;
  const auto result = evaluate(config(), cut, hosts({"h"}));
  EXPECT_EQ(result.severity, Severity::unknown);
  EXPECT_EQ(result.hosts[0].observation, Observation::indeterminate);
}

TEST(Faults, LoseTheNameThatIsPrintedAnyway) {
  ProbeResults refused = results({target("192.0.2.7", "r r r r r")});
  refused.targets[0].local_fault =
      base::Error{base::ErrorKind::unreachable, "192.0.2.7: Network is unreachable"};
  EXPECT_EQ(evaluate(config(), refused, hosts({"h"})).hosts[0].addresses[0].fault,
            "could not be tried: Network is unreachable");
  const std::vector<HostTargets> unresolved = {
      {"no.example", base::Error{base::ErrorKind::not_found, "no.example: no such name"}}};
  const auto result = evaluate(config(), results({}), unresolved);
  EXPECT_EQ(result.hosts[0].addresses[0].fault, "no such name");
  EXPECT_EQ(result.severity, Severity::unknown);
}

TEST(Reason, NamesTheRouterThatSentTheError) {
  ProbeResults dead = results({target("192.0.2.7", "x x x x x")});
  dead.targets[0].errors.push_back({4, probe::parse_address("192.0.2.1").value(), 3, 1, 0});
  EXPECT_EQ(evaluate(config(), dead, hosts({"h"})).hosts[0].addresses[0].reason,
            "Destination Host Unreachable from 192.0.2.1");
}

struct ModeRow {
  const char* name;
  std::function<void(Thresholds&)> set;
  const char* probes;
  Severity want;
};

class Modes : public testing::TestWithParam<ModeRow> {};

TEST_P(Modes, AreJudgedOnTheirSide) {
  CheckConfig config = testing_support::config();
  config.thresholds = {};
  GetParam().set(config.thresholds);
  EXPECT_EQ(judge(config, GetParam().probes).severity, GetParam().want);
}

constexpr Nanoseconds kMs = std::chrono::milliseconds(1);

INSTANTIATE_TEST_SUITE_P(
    Table, Modes,
    testing::Values(ModeRow{"NothingJudged", [](Thresholds&) {}, "900000 x x x x", ok},
                    ModeRow{"NothingJudgedButDead", [](Thresholds&) {}, "x x x x x", critical},
                    ModeRow{"JitterBelow",
                            [](Thresholds& limits) {
                              limits.jitter = {kMs, kMs * 2};
                            },
                            "1000 1999", ok},
                    ModeRow{"JitterAtWarning",
                            [](Thresholds& limits) {
                              limits.jitter = {kMs, kMs * 2};
                            },
                            "1000 2000", warning},
                    ModeRow{"JitterAtCritical",
                            [](Thresholds& limits) {
                              limits.jitter = {kMs, kMs * 2};
                            },
                            "1000 3000 1000", critical},
                    ModeRow{"MosGood",
                            [](Thresholds& limits) {
                              limits.mos = Limits<double>{3.5, 3.0};
                            },
                            "1000 1000", ok},
                    ModeRow{"MosWarning",
                            [](Thresholds& limits) {
                              limits.mos = Limits<double>{4.45, 3.0};
                            },
                            "1000 1000", warning},
                    ModeRow{"MosByLoss",
                            [](Thresholds& limits) {
                              limits.mos = Limits<double>{3.5, 3.0};
                            },
                            "1000 x", critical},
                    ModeRow{"ScoreGood",
                            [](Thresholds& limits) {
                              limits.score = Limits<double>{80, 70};
                            },
                            "1000 1000", ok},
                    ModeRow{"ScoreByLoss",
                            [](Thresholds& limits) {
                              limits.score = Limits<double>{80, 70};
                            },
                            "1000 1000 1000 x", critical},
                    ModeRow{"LossAtTheLimitOfFping",
                            [](Thresholds& limits) {
                              limits.loss = Limits<double>{50, 75};
                              limits.loss_above = true;
                            },
                            "1000 x", ok},
                    ModeRow{"LossAboveTheLimitOfFping",
                            [](Thresholds& limits) {
                              limits.loss = Limits<double>{49.9, 75};
                              limits.loss_above = true;
                            },
                            "1000 x", warning}),
    [](const auto& row) { return row.param.name; });

TEST(Order, IsCriticalWhenAReplyOvertakes) {
  CheckConfig config = testing_support::config();
  config.thresholds.order = true;
  ProbeResults swapped = results({target("192.0.2.7", "1000 1000")});
  EXPECT_EQ(evaluate(config, swapped, hosts({"h"})).severity, Severity::ok);
  std::swap(swapped.targets[0].probes[0].arrival, swapped.targets[0].probes[1].arrival);
  EXPECT_EQ(evaluate(config, swapped, hosts({"h"})).severity, Severity::critical);
}

struct WholeRow {
  const char* name;
  std::optional<std::uint32_t> required;
  std::vector<const char*> probes;  // "?" does not resolve
  Severity want;
};

class Whole : public testing::TestWithParam<WholeRow> {};

TEST_P(Whole, CountsTheHosts) {
  CheckConfig config = testing_support::config();
  config.min_hosts_alive = GetParam().required;
  std::vector<probe::TargetResult> targets;
  std::vector<HostTargets> given;
  for (const char* probes : GetParam().probes) {
    const std::string name = "h" + std::to_string(given.size());
    if (std::string_view(probes) == "?") {
      given.push_back({name, base::invalid_input(name, "no such name")});
      continue;
    }
    given.push_back({name, std::vector{static_cast<TargetIndex>(targets.size())}});
    targets.push_back(target("192.0.2." + std::to_string(given.size()), probes));
  }
  EXPECT_EQ(evaluate(config, results(std::move(targets)), given).severity, GetParam().want);
}

constexpr const char* kGood = "1000";
constexpr const char* kSlow = "300000";
constexpr const char* kDead = "x";

INSTANTIATE_TEST_SUITE_P(
    Table, Whole,
    testing::Values(WholeRow{"AllGood", {}, {kGood, kGood}, ok},
                    WholeRow{"UnknownIsNotHidden", {}, {kGood, "?"}, unknown},
                    WholeRow{"WarningBeatsUnknown", {}, {kSlow, "?"}, warning},
                    WholeRow{"CriticalBeatsAll", {}, {kGood, kDead, kSlow, "?"}, critical},
                    WholeRow{"EnoughAlive", 1, {kGood, kDead}, ok},
                    WholeRow{"EnoughAliveDespiteUnknown", 1, {kGood, "?"}, ok},
                    WholeRow{"EnoughWithWarnings", 2, {kGood, kSlow, kDead}, warning},
                    WholeRow{"NotEnough", 2, {kGood, kDead, "?"}, critical},
                    WholeRow{"NotEnoughWithWarnings", 3, {kGood, kSlow, kDead}, critical},
                    WholeRow{"NoneCouldBeTried", 1, {"?", "?"}, unknown},
                    WholeRow{"NoneRequired", 0, {kDead}, ok}),
    [](const auto& row) { return row.param.name; });

TEST(AllAddresses, AreJudgedOneByOneAndTheHostIsUpWhenOneIs) {
  const std::vector<HostTargets> dual = {{"dual", std::vector<TargetIndex>{0, 1}}};
  const auto probed = results({target("192.0.2.1", "x"), target("2001:db8::1", "1000")});
  CheckConfig config = testing_support::config();
  config.all_addresses = true;
  const auto result = evaluate(config, probed, dual);
  EXPECT_EQ(result.severity, Severity::critical);
  EXPECT_EQ(result.hosts[0].observation, Observation::up);
  config.min_hosts_alive = 3;
  EXPECT_EQ(refuse_targets(config, dual)->message, "-m: 3 of 2 addresses cannot be alive");
  config.min_hosts_alive = 1;
  EXPECT_FALSE(refuse_targets(config, dual));
  EXPECT_EQ(evaluate(config, probed, dual).severity, Severity::ok);
}

TEST(CheckHost, IsOkWhenOneAddressAnswersHoweverSlowly) {
  CheckConfig config = icmp_rules(Dialect::check_host).defaults;
  const std::vector<HostTargets> dual = {{"dual", std::vector<TargetIndex>{0, 1}}};
  EXPECT_EQ(evaluate(config,
                     results({target("192.0.2.1", "x x"), target("192.0.2.2", "x 4000000")}), dual)
                .severity,
            Severity::ok);
  EXPECT_EQ(
      evaluate(config, results({target("192.0.2.1", "x x"), target("192.0.2.2", "x x")}), dual)
          .severity,
      Severity::critical);
}

struct DownRow {
  const char* name;
  std::optional<Milliseconds> warning;
  std::optional<Milliseconds> critical;
  std::int64_t lasted_s;
  Severity want;
};

class DownLimits : public testing::TestWithParam<DownRow> {};

TEST_P(DownLimits, EscalateByDuration) {
  CheckConfig config = testing_support::config();
  config.history.down_warning = GetParam().warning;
  config.history.down_critical = GetParam().critical;
  HostHistory history;
  history.down = HostHistory::Ongoing{{}, {}, std::chrono::seconds(GetParam().lasted_s)};
  const auto dead = evaluate(config, results({target("192.0.2.7", "x x")}), hosts({"h"}));
  const auto result = with_history(config, dead, {history});
  EXPECT_EQ(result.severity, GetParam().want);
  EXPECT_EQ(result.hosts[0].severity, GetParam().want);
  const auto alive = evaluate(config, results({target("192.0.2.7", "1000")}), hosts({"h"}));
  EXPECT_EQ(with_history(config, alive, {history}).severity, Severity::ok);
}

constexpr Milliseconds kMinute = std::chrono::minutes(1);

INSTANTIATE_TEST_SUITE_P(Table, DownLimits,
                         testing::Values(DownRow{"NoLimits", {}, {}, 0, critical},
                                         DownRow{"JustDropped", {}, kMinute, 0, warning},
                                         DownRow{"NotYet", {}, kMinute, 59, warning},
                                         DownRow{"Reached", {}, kMinute, 60, critical},
                                         DownRow{"WarningOnly", kMinute, {}, 600, warning},
                                         DownRow{"Both", kMinute, kMinute * 2, 119, warning},
                                         DownRow{"BothReached", kMinute, kMinute * 2, 120,
                                                 critical}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace pingtrail::check
