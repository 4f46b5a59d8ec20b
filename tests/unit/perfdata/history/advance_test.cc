// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/advance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "perfdata/history/outages.h"

namespace pingtrail::history {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kStart = 1800000000000;

Observation seen(std::int64_t ms, ObservedState state) {
  Observation out;
  out.wall = WallTime(Milliseconds(kStart + ms));
  out.state = state;
  return out;
}

HostState after_spacings(const std::vector<int>& seconds) {
  HostState state;
  std::int64_t at = 0;
  advance_in_place(state, seen(0, ObservedState::up));
  for (const int spacing : seconds) {
    at += spacing * 1000LL;
    advance_in_place(state, seen(at, ObservedState::up));
  }
  return state;
}

struct IntervalCase {
  const char* name;
  std::vector<int> spacings_s;
  int want_s;
};
class IntervalRule : public testing::TestWithParam<IntervalCase> {};

TEST_P(IntervalRule, TakesTheLargestSpacingSeenTwice) {
  EXPECT_EQ(interval_in_force(after_spacings(GetParam().spacings_s)).count(),
            GetParam().want_s * 1000);
}

std::vector<int> many(int count, int spacing, std::vector<int> more = {}) {
  std::vector<int> out(static_cast<std::size_t>(count), spacing);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Table, IntervalRule,
    testing::Values(IntervalCase{"none", {}, 300}, IntervalCase{"one", {60}, 300},
                    IntervalCase{"two", {60, 60}, 60},
                    IntervalCase{"all_different", {60, 70, 80}, 300},
                    IntervalCase{"retries", {300, 60, 60, 60, 300, 60}, 300},
                    IntervalCase{"one_pause", many(10, 60, {900}), 60},
                    IntervalCase{"two_pauses", many(10, 60, {900, 60, 900}), 900},
                    IntervalCase{"pauses_forgotten", many(2, 900, many(32, 60)), 60},
                    IntervalCase{"pause_still_known", many(2, 900, many(30, 60)), 900}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(IntervalRule, SpacingsLessThanASecondApartAreOne) {
  HostState state;
  for (const std::int64_t at : {0, 60000, 120400, 179700, 240000}) {
    advance_in_place(state, seen(at, ObservedState::up));
  }
  EXPECT_EQ(interval_in_force(state).count(), 60300);
}

TEST(IntervalRule, WhatTheCallerStatesWins) {
  HostState state = after_spacings(many(10, 60));
  Observation observation = seen(660000, ObservedState::up);
  observation.interval = Milliseconds(5000);
  advance_in_place(state, observation);
  EXPECT_EQ(interval_in_force(state).count(), 5000);
}

std::vector<TransitionKind> kinds(const Step& step) {
  std::vector<TransitionKind> out;
  for (const Transition& transition : step.transitions) out.push_back(transition.kind);
  return out;
}

TEST(Advance, OnlyChangesBecomeTransitions) {
  HostState state;
  EXPECT_THAT(kinds(advance_in_place(state, seen(0, ObservedState::up))),
              ElementsAre(TransitionKind::up));
  EXPECT_THAT(kinds(advance_in_place(state, seen(60000, ObservedState::up))), IsEmpty());
  EXPECT_THAT(kinds(advance_in_place(state, seen(120000, ObservedState::down))),
              ElementsAre(TransitionKind::down));
  EXPECT_THAT(kinds(advance_in_place(state, seen(180000, ObservedState::indeterminate))),
              IsEmpty());
  EXPECT_THAT(kinds(advance_in_place(state, seen(9180000, ObservedState::up))),
              ElementsAre(TransitionKind::gap, TransitionKind::up));
}

TEST(Advance, ATransitionCarriesWhatTheBoundsNeed) {
  HostState state;
  advance_in_place(state, seen(0, ObservedState::up));
  advance_in_place(state, seen(60000, ObservedState::up));
  const Step step = advance_in_place(state, seen(120000, ObservedState::down), "no answer");
  ASSERT_EQ(step.transitions.size(), 1U);
  const Transition& down = step.transitions[0];
  EXPECT_EQ(down.previous_at, seen(60000, {}).wall);
  EXPECT_EQ(down.previous_state, ObservedState::up);
  EXPECT_EQ(down.last_up, seen(60000, {}).wall);
  EXPECT_EQ(down.interval, kDefaultInterval);
  EXPECT_EQ(down.run_checks, 2U);
  EXPECT_EQ(down.text, "no answer");
  EXPECT_EQ(down.number, static_cast<std::uint64_t>(kStart) + 1);
}

TEST(Advance, LateAndIndeterminateOnlyCount) {
  HostState state;
  advance_in_place(state, seen(60000, ObservedState::up));
  const HostState before = state;
  EXPECT_EQ(advance_in_place(state, seen(60000, ObservedState::down)).verdict, Verdict::late);
  EXPECT_EQ(advance_in_place(state, seen(0, ObservedState::down)).verdict, Verdict::late);
  EXPECT_EQ(advance_in_place(state, seen(90000, ObservedState::indeterminate)).verdict,
            Verdict::indeterminate);
  HostState want = before;
  want.counters.late = 2;
  want.counters.indeterminate = 1;
  want.counters.checks = 2;
  EXPECT_EQ(state, want);
}

TEST(Advance, TheReasonIsThatOfTheFirstFailedCheck) {
  HostState state;
  advance_in_place(state, seen(0, ObservedState::down), "first");
  advance_in_place(state, seen(60000, ObservedState::down), "second");
  EXPECT_EQ(state.outage->reason, "first");
}

struct FlapCase {
  const char* name;
  std::uint32_t bits;  // the newest state is bit 0
  double want;
};
class Flapping : public testing::TestWithParam<FlapCase> {};

TEST_P(Flapping, IsTheFigureOfNagios) {
  EXPECT_NEAR(flapping_percent({GetParam().bits, 21}), GetParam().want, 1e-9);
}

// One change weighs 0.75 when it is the oldest of 20 and 1.25 when it is the newest; the mean is 1.
INSTANTIATE_TEST_SUITE_P(Table, Flapping,
                         testing::Values(FlapCase{"steady_up", 0, 0},
                                         FlapCase{"steady_down", 0x1fffff, 0},
                                         FlapCase{"newest_change", 1, 6.25},
                                         FlapCase{"oldest_change", 0xfffff, 3.75},
                                         FlapCase{"every_time", 0x155555, 100},
                                         FlapCase{"newest_two", 2, 6.25 + (1.25 - 0.5 / 19) * 5}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(StateAt, IsUnknownBeyondTheGapLimit) {
  HostState state = after_spacings(many(3, 60));
  const WallTime last = state.last_at;
  EXPECT_EQ(state_at(state, last + Milliseconds(150000)), ObservedState::up);
  EXPECT_EQ(state_at(state, last + Milliseconds(150001)), std::nullopt);
  EXPECT_EQ(state_at(HostState{}, last), std::nullopt);
}

TEST(DowntimeAt, GrowsUntilTheStateIsUnknown) {
  HostState state = after_spacings(many(3, 60));
  advance_in_place(state, seen(240000, ObservedState::down));
  advance_in_place(state, seen(300000, ObservedState::down));
  EXPECT_EQ(downtime_at(state, seen(300000, {}).wall).count(), 60000);
  EXPECT_EQ(downtime_at(state, seen(360000, {}).wall).count(), 120000);
  EXPECT_EQ(downtime_at(state, seen(900000, {}).wall).count(), 120000);
}

TEST(RttHistogram, CountsIntoTheBucketThatHoldsTheValue) {
  RttHistogram histogram;
  for (const double rtt_s : {0.00005, 0.00006, 0.0001, 30.0, 1e-6}) add_rtt(histogram, rtt_s);
  EXPECT_EQ(histogram.buckets[0], 2U);
  EXPECT_EQ(histogram.buckets[1], 2U);
  EXPECT_EQ(histogram.count, 5U);
  EXPECT_DOUBLE_EQ(rtt_bucket_bound_s(19), 26.2144);
}

TEST(FileName, EncodesWhatIsNotPlain) {
  EXPECT_EQ(state_file_name({"core-sw.example", ""}), "core-sw.example");
  EXPECT_EQ(state_file_name({"..", ""}), "%2E.");
  EXPECT_EQ(state_file_name({"a/b c", "ipv6"}), "a%2Fb%20c~ipv6");
  EXPECT_EQ(state_file_name({"a~b", ""}), "a%7Eb");
  const std::string name = state_file_name({std::string(100, '/'), ""});
  EXPECT_EQ(name.size(), 198U);
  EXPECT_EQ(name.substr(174), "%2F%2F%%61E005A2FFDBF8E3");
}

TEST(Words, DurationsAsPeopleReadThem) {
  EXPECT_EQ(duration_text(Milliseconds(202000)), "0 days 00:03:22");
  EXPECT_EQ(duration_text(Milliseconds(90061999)), "1 days 01:01:01");
}

TEST(Percent, IsNeverRoundedUpToAHundred) {
  EXPECT_EQ(percent(Milliseconds(999999999), Milliseconds(1000000000)), 99.999999);
  EXPECT_EQ(percent(Milliseconds(5), Milliseconds(5)), 100.0);
  EXPECT_EQ(percent(Milliseconds(0), Milliseconds(0)), std::nullopt);
  EXPECT_EQ(percent(Milliseconds(1), Milliseconds(3)), 33.333333);
}

TEST(Series, ThePlainOneLeadsElseTheFirst) {
  const std::vector<HostKey> plain{{"h", "ipv4"}, {"h", ""}, {"h", "a"}};
  EXPECT_EQ(leading_series(plain), 1U);
  const std::vector<HostKey> labelled{{"h", "ipv6"}, {"h", "ipv4"}};
  EXPECT_EQ(leading_series(labelled), 1U);
}

std::shared_ptr<const HostHistory> host_seen(std::int64_t first_minute, std::int64_t minutes,
                                             std::int64_t pause_at, std::int64_t pause) {
  std::vector<Observation> observations;
  for (std::int64_t i = 0; i < minutes; ++i) {
    if (i >= pause_at && i < pause_at + pause) continue;
    Observation one = seen((first_minute + i) * 60000, ObservedState::up);
    one.interval = Milliseconds(60000);
    one.live = false;
    observations.push_back(one);
  }
  return std::make_shared<const HostHistory>(replay({"h", ""}, observations));
}

TEST(MonitoringOutages, AreListedOnceWhenNearlyAllHostsFallSilentTogether) {
  std::vector<std::shared_ptr<const HostHistory>> hosts;
  hosts.reserve(21);
  for (int i = 0; i < 19; ++i) hosts.push_back(host_seen(0, 120, 30 + i % 2, 20));
  hosts.push_back(host_seen(0, 120, 500, 0));  // one that another machine watches
  hosts.push_back(host_seen(0, 10, 500, 0));   // one that was taken out long before
  const WallTime asof = seen(120 * 60000LL, {}).wall;
  const auto got = monitoring_outages(hosts, {seen(0, {}).wall, asof}, asof);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].observed, 20U);
  EXPECT_EQ(got[0].hosts, 19U);
  EXPECT_EQ(got[0].span.from, seen(31 * 60000LL, {}).wall);
  EXPECT_EQ(got[0].span.to, seen(50 * 60000LL, {}).wall);
}

TEST(MonitoringOutages, AreNotSeenWhenMoreThanATenthIsStillKnown) {
  std::vector<std::shared_ptr<const HostHistory>> hosts;
  hosts.reserve(21);
  for (int i = 0; i < 17; ++i) hosts.push_back(host_seen(0, 120, 30, 20));
  for (int i = 0; i < 3; ++i) hosts.push_back(host_seen(0, 120, 500, 0));
  const WallTime asof = seen(120 * 60000LL, {}).wall;
  EXPECT_THAT(monitoring_outages(hosts, {seen(0, {}).wall, asof}, asof), IsEmpty());
}

TEST(Merge, TwoMonitorsTellOneStory) {
  // The first watched minutes 0..29 and 60..89, the second 30..59 and saw the host down at 40..44.
  std::vector<Observation> one;
  std::vector<Observation> two;
  for (int minute = 0; minute < 90; ++minute) {
    const bool down = minute >= 40 && minute < 45;
    Observation check = seen(minute * 60000LL, down ? ObservedState::down : ObservedState::up);
    check.interval = Milliseconds(60000);
    check.live = false;
    (minute < 30 || minute >= 60 ? one : two).push_back(check);
  }
  const std::vector<HostHistory> both{replay({"h", ""}, one), replay({"h", ""}, two)};
  const HostHistory merged = merge_histories(both);
  const WallTime from = seen(0, {}).wall;
  const TimeSpan window{from, from + Milliseconds(90 * 60000LL)};
  const WindowFigures got = window_figures(merged, window, window.to);
  EXPECT_EQ(got.up.unplanned.count(), 85 * 60000LL);
  EXPECT_EQ(got.down.unplanned.count(), 5 * 60000LL);
  const auto all = outages(merged, window.to);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].down.count(), 300000);
  EXPECT_EQ(all[0].lower_bound.count(), 240000);
  EXPECT_EQ(all[0].upper_bound->count(), 360000);
}

}  // namespace
}  // namespace pingtrail::history
