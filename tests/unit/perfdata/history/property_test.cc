// SPDX-License-Identifier: GPL-3.0-or-later
// Random observation streams: what must hold for every one of them.
#include <gtest/gtest.h>

#include <random>

#include "perfdata/history/advance.h"
#include "perfdata/history/journal_record.h"
#include "perfdata/history/maintenance.h"
#include "perfdata/history/outages.h"
#include "perfdata/history/slot_codec.h"

namespace pingtrail::history {
namespace {

constexpr std::int64_t kStart = 1800000000000;
constexpr int kStreams = 400;

struct Stream {
  std::vector<Observation> observations;
  bool clocks = false;  // steps and reboots are in it
};

Stream random_stream(unsigned seed) {
  std::mt19937 random(seed);
  const auto pick = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Stream out;
  out.clocks = seed % 2 == 1;
  const bool stated = pick(0, 1) == 1;
  std::int64_t wall = kStart;
  std::int64_t boot = 5000000;
  std::uint8_t boot_number = 1;
  int state = pick(0, 1);
  for (int i = pick(0, 120); i > 0; --i) {
    const int what = pick(0, 99);
    const int step = what < 75 ? 60000 : what < 90 ? pick(1, 200000) : pick(150001, 9000000);
    wall += step;
    boot += step;
    if (pick(0, 4) == 0) state = 1 - state;
    if (out.clocks && pick(0, 19) == 0) wall += pick(-7200000, 7200000);
    if (out.clocks && pick(0, 24) == 0) {
      ++boot_number;
      boot = pick(1000, 90000);
      wall += pick(-3600000, 600000);
    }
    Observation observation;
    observation.wall = WallTime(Milliseconds(wall));
    if (out.clocks) observation.boot = BootTime(Milliseconds(boot));
    observation.boot_id[0] = boot_number;
    observation.live = out.clocks;
    if (stated) observation.interval = Milliseconds(60000);
    observation.state = pick(0, 19) == 0 ? ObservedState::indeterminate
                        : state == 0     ? ObservedState::up
                                         : ObservedState::down;
    out.observations.push_back(observation);
    // Now and then one arrives twice, or one from before.
    if (pick(0, 14) == 0) out.observations.push_back(out.observations[out.observations.size() / 2]);
  }
  return out;
}

// Through the bytes of slot and journal, one check after the other, as live checks do it.
HostHistory through_bytes(const Stream& stream) {
  HostState state;
  state.key = {"host", ""};
  std::vector<Transition> journal;
  std::uint64_t sequence = 0;
  for (const Observation& observation : stream.observations) {
    const Step step = advance_in_place(state, observation, "no answer");
    for (const Transition& transition : step.transitions) {
      const auto record = decode_record(encode_record(make_record(state.key, transition)));
      EXPECT_TRUE(record.has_value());
      journal.push_back(record->transition);
    }
    std::array<std::uint8_t, kSlotBytes> bytes{};
    Slot slot{++sequence, state};
    encode_slot(slot, bytes);
    auto read = decode_slot(bytes);
    EXPECT_TRUE(read.has_value());
    EXPECT_EQ(read->state, state);
    state = std::move(read->state);
  }
  return build_history(journal, &state);
}

std::vector<TimeSpan> random_plan(unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> at(-3600000, 20000000);
  std::vector<MaintenanceWindow> windows;
  for (unsigned i = 0; i < seed % 4; ++i) {
    const WallTime from(Milliseconds(kStart + at(random)));
    windows.push_back({"*", {from, from + Milliseconds(1 + random() % 3000000)}, {}, "test", ""});
  }
  return planned_spans(windows, "host");
}

// Each property is held against every seed; a failure names it.
template <typename Property>
void for_every_seed(Property property) {
  for (unsigned seed = 0; seed < kStreams; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    property(seed);
    if (testing::Test::HasFailure()) return;
  }
}

void six_parts_sum_to_the_window(unsigned seed) {
  const HostHistory history = through_bytes(random_stream(seed));
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> at(-8000000, 40000000);
  for (int i = 0; i < 20; ++i) {
    const WallTime from(Milliseconds(kStart + at(random)));
    const TimeSpan window{from, from + Milliseconds(at(random) + 8000000)};
    const WallTime asof(Milliseconds(kStart + at(random)));
    const WindowFigures got = window_figures(history, window, asof, random_plan(seed));
    const Milliseconds sum = got.up.unplanned + got.up.planned + got.down.unplanned +
                             got.down.planned + got.unknown.unplanned + got.unknown.planned;
    const Milliseconds want = std::min(window.to, asof) - window.from;
    EXPECT_EQ(sum, std::max(Milliseconds{0}, want));
    EXPECT_EQ(sum, got.window);
  }
}
TEST(RandomStreams, SixPartsSumToTheWindow) { for_every_seed(six_parts_sum_to_the_window); }

void bounds_hold_the_duration_between_them(unsigned seed) {
  const HostHistory history = through_bytes(random_stream(seed));
  for (const std::int64_t after : {0, 1800000, 20000000, 400000000}) {
    for (const Outage& outage : outages(history, WallTime(Milliseconds(kStart + after)))) {
      EXPECT_LE(outage.lower_bound, outage.down);
      EXPECT_GE(outage.unknown.count(), 0);
      if (outage.upper_bound) {
        EXPECT_LE(outage.down + outage.unknown, *outage.upper_bound);
      }
      EXPECT_EQ(outage.down + outage.unknown,
                outage.end.value_or(WallTime(Milliseconds(kStart + after))) - outage.start);
    }
  }
}
TEST(RandomStreams, BoundsHoldTheDurationBetweenThem) {
  for_every_seed(bounds_hold_the_duration_between_them);
}

void replayed_from_the_journal_it_is_what_was_seen_live(unsigned seed) {
  const Stream stream = random_stream(seed);
  const HostHistory live = replay({"host", ""}, stream.observations);
  const HostHistory replayed = through_bytes(stream);
  ASSERT_EQ(live.parts.size(), replayed.parts.size());
  for (std::size_t i = 0; i < live.parts.size(); ++i) {
    Part want = live.parts[i];
    want.reason = replayed.parts[i].reason;  // replay() is given none
    EXPECT_EQ(replayed.parts[i], want);
  }
}
TEST(RandomStreams, ReplayedFromTheJournalItIsWhatWasSeenLive) {
  for_every_seed(replayed_from_the_journal_it_is_what_was_seen_live);
}

void the_state_alone_knows_the_current_outage(unsigned seed) {
  const HostHistory history = through_bytes(random_stream(seed));
  if (!history.state || !history.state->state) return;
  const HostState& state = *history.state;
  const auto all = outages(history, state.last_at);
  if (!state.outage) {
    EXPECT_TRUE(all.empty() || all.back().end);
    return;
  }
  // An outage that begins at the last observation has lasted no time yet.
  if (state.outage->start == state.last_at) return;
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.back().start, state.outage->start);
  EXPECT_EQ(all.back().checks, state.run_checks);
  if (state.session_previous && *state.session_previous >= state.outage->start) return;
  EXPECT_EQ(all.back().down, state.outage->down);
  EXPECT_EQ(all.back().unknown, state.outage->unknown);
  EXPECT_EQ(all.back().lower_bound, state.outage->certain);
}
TEST(RandomStreams, TheStateAloneKnowsTheCurrentOutage) {
  for_every_seed(the_state_alone_knows_the_current_outage);
}

// The definitions taken word by word over the observations, for streams without clock trouble.
std::array<Milliseconds, 3> by_the_book(const Stream& stream, const TimeSpan& window,
                                        WallTime asof) {
  std::array<Milliseconds, 3> sum{};  // up, down, unknown
  const WallTime end = std::min(window.to, asof);
  const auto add = [&](std::size_t kind, WallTime from, WallTime to) {
    from = std::max(from, window.from);
    to = std::min(to, end);
    if (from < to) sum[kind] += to - from;
  };
  std::vector<Observation> kept;
  for (const Observation& observation : stream.observations) {
    if (observation.state == ObservedState::indeterminate) continue;
    if (!kept.empty() && observation.wall <= kept.back().wall) continue;
    kept.push_back(observation);
  }
  if (kept.empty()) {
    add(2, window.from, end);
    return sum;
  }
  add(2, window.from, kept.front().wall);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const bool last = i + 1 == kept.size();
    const WallTime next = last ? std::max(asof, kept[i].wall) : kept[i + 1].wall;
    const bool gap = next - kept[i].wall > Milliseconds(150000);
    const WallTime held = gap ? kept[i].wall + Milliseconds(60000) : next;
    add(kept[i].state == ObservedState::down ? 1 : 0, kept[i].wall, held);
    add(2, held, next);
  }
  return sum;
}

void agrees_with_the_definitions_taken_word_by_word(unsigned seed) {
  Stream stream = random_stream(seed * 2);
  for (Observation& observation : stream.observations) observation.interval = Milliseconds(60000);
  const HostHistory history = through_bytes(stream);
  for (const std::int64_t from : {-600000, 0, 1234567, 5000000}) {
    const TimeSpan window{WallTime(Milliseconds(kStart + from)),
                          WallTime(Milliseconds(kStart + from + 4000000))};
    const WallTime asof(Milliseconds(kStart + 30000000));
    const auto want = by_the_book(stream, window, asof);
    const WindowFigures got = window_figures(history, window, asof);
    EXPECT_EQ(got.up.unplanned, want[0]);
    EXPECT_EQ(got.down.unplanned, want[1]);
    EXPECT_EQ(got.unknown.unplanned, want[2]);
  }
}
TEST(RandomStreams, AgreesWithTheDefinitionsTakenWordByWord) {
  for_every_seed(agrees_with_the_definitions_taken_word_by_word);
}

TEST(RandomStreams, CountersNeverStepBackAndEndWithTheWindowSums) {
  for (unsigned seed = 0; seed < kStreams; seed += 2) {
    HostState state;
    state.key = {"host", ""};
    Counters before;
    const Stream stream = random_stream(seed);
    for (const Observation& observation : stream.observations) {
      advance_in_place(state, observation);
      const Counters& after = state.counters;
      ASSERT_GE(after.up.unplanned, before.up.unplanned);
      ASSERT_GE(after.down.unplanned, before.down.unplanned);
      ASSERT_GE(after.unknown.unplanned, before.unknown.unplanned);
      ASSERT_GE(after.outages, before.outages);
      before = after;
    }
    if (!state.state) continue;
    const HostHistory history = replay(state.key, stream.observations);
    const TimeSpan all{history.parts.front().first, state.last_at};
    const WindowFigures figures = window_figures(history, all, state.last_at);
    EXPECT_EQ(figures.up, state.counters.up) << "seed " << seed;
    EXPECT_EQ(figures.down, state.counters.down) << "seed " << seed;
    EXPECT_EQ(figures.unknown, state.counters.unknown) << "seed " << seed;
  }
}

}  // namespace
}  // namespace pingtrail::history
