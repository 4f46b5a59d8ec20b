// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/run.h"

#include <gtest/gtest.h>

#include "plugin/probe/statistics.h"
#include "tests/support/scripted_network.h"

namespace pingtrail::probe {
namespace {

using namespace std::chrono_literals;
using support::ManualClock;
using support::ScriptedNetwork;

std::vector<Address> many_targets(std::uint32_t count) {
  std::vector<Address> targets(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (unsigned byte = 0; byte < 4; ++byte) {
      targets[i].bytes[byte] = static_cast<std::uint8_t>((0x0A000001U + i) >> (24 - 8 * byte));
    }
  }
  return targets;
}

TEST(Run, SurvivesMoreProbesThanThereAreSequences) {
  ManualClock clock;
  // Every reply but that to the third probe, after 50 ms: long after 65,536 further probes.
  ScriptedNetwork network(clock, [](const SendEcho& echo) {
    return echo.probe == 2 ? std::vector<Nanoseconds>{} : std::vector<Nanoseconds>{50ms};
  });
  ProbePlan plan;
  plan.packet_interval = 0ms;
  const auto results = run(ProbeSession(plan, many_targets(20'000), clock.now()), network, clock);
  ASSERT_EQ(network.sent().size(), 100'000U);
  for (const auto& target : results.targets) {
    ASSERT_EQ(statistics(target.probes).received, 4U);
    ASSERT_EQ(target.probes[2].fate, ProbeFate::lost);
    ASSERT_EQ(target.probes[0].round_trip, Nanoseconds(50ms));
    ASSERT_EQ(target.duplicates + target.late + target.corrupted, 0U);
  }
}

TEST(Run, NotesReorderingByArrival) {
  ManualClock clock;
  ScriptedNetwork network(clock, [](const SendEcho& echo) {
    return std::vector<Nanoseconds>{echo.probe == 0 ? 300ms : 5ms};
  });
  const auto results = run(ProbeSession(ProbePlan{}, many_targets(1), clock.now()), network, clock);
  EXPECT_EQ(statistics(results.targets[0].probes).reordered, 1U);
  EXPECT_EQ(results.targets[0].probes[0].arrival, 4U);  // behind the probes at 80, 160 and 240 ms
}

TEST(Run, TriesAgainWhenTheSendBufferIsFull) {
  ManualClock clock;
  ScriptedNetwork network(clock, [](const SendEcho&) { return std::vector<Nanoseconds>{1ms}; });
  network.fill_buffer(3);
  const auto results = run(ProbeSession(ProbePlan{}, many_targets(2), clock.now()), network, clock);
  for (const auto& target : results.targets) EXPECT_EQ(statistics(target.probes).received, 5U);
}

TEST(Run, StopsWhenInterrupted) {
  ManualClock clock;
  ScriptedNetwork network(clock, [](const SendEcho&) { return std::vector<Nanoseconds>{}; });
  const MonoTime start = clock.now();
  network.interrupt_at(start + 100ms);
  const auto results = run(ProbeSession(ProbePlan{}, many_targets(1), start), network, clock);
  EXPECT_TRUE(results.interrupted);
  EXPECT_EQ(results.finished, start + 100ms);
}

TEST(Run, EndsWhenTheAnswerIsSettled) {
  ManualClock clock;
  ScriptedNetwork network(clock, [](const SendEcho&) { return std::vector<Nanoseconds>{1ms}; });
  const MonoTime start = clock.now();
  const auto results = run(ProbeSession(ProbePlan{}, many_targets(1), start), network, clock,
                           [](const ProbeSession& session, std::span<const TargetIndex> changed) {
                             EXPECT_EQ(changed.size(), 1U);
                             return session.tally(0).answered == 2;
                           });
  EXPECT_EQ(results.finished, start + 81ms);
  EXPECT_EQ(statistics(results.targets[0].probes).sent, 2U);
}

TEST(Run, WaitsForTheLastReplyButNotLongerThanItMayTake) {
  ManualClock clock;
  ScriptedNetwork network(clock, [](const SendEcho&) { return std::vector<Nanoseconds>{}; });
  const MonoTime start = clock.now();
  const auto results = run(ProbeSession(ProbePlan{}, many_targets(1), start), network, clock);
  EXPECT_EQ(results.finished, start + 4 * 80ms + 1s);
  EXPECT_FALSE(results.deadline_reached);
}

TEST(Run, HasNothingToDoWithoutTargets) {
  ManualClock clock;
  ScriptedNetwork network(clock, [](const SendEcho&) { return std::vector<Nanoseconds>{}; });
  EXPECT_TRUE(run(ProbeSession(ProbePlan{}, {}, clock.now()), network, clock).targets.empty());
}

}  // namespace
}  // namespace pingtrail::probe
