// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/stamp_clock.h"

#include <gtest/gtest.h>

namespace pingtrail::net {
namespace {

using namespace std::chrono_literals;
using base::MonoTime;

constexpr MonoTime kNow{500s};

ClockReading reading(MonoTime at, base::Nanoseconds real, base::Nanoseconds width = 100ns) {
  return {at - width / 2, real, at + width / 2};
}

TEST(StampClock, PutsStampsOnTheMonotonicScale) {
  const StampClock clock(reading(kNow, 1'000'000s));
  EXPECT_EQ(clock.to_mono(1'000'001s), kNow + 1s);
}

TEST(StampClock, KeepsItsOffsetWhileTheClocksDriftSlowly) {
  StampClock clock(reading(kNow, 1'000'000s));
  clock.observe(reading(kNow + 1s, 1'000'001s + 400us));
  EXPECT_EQ(clock.to_mono(1'000'001s), kNow + 1s);
}

TEST(StampClock, DoesNotBelieveStampsFromTheMomentTheClockWasSet) {
  StampClock clock(reading(kNow, 1'000'000s));
  clock.observe(reading(kNow + 1s, 1'003'601s));
  EXPECT_EQ(clock.to_mono(1'000'001s), std::nullopt);
  clock.observe(reading(kNow + 2s, 1'003'602s));
  EXPECT_EQ(clock.to_mono(1'003'602s), kNow + 2s);
}

TEST(StampClock, PassesOverAReadingThatWasInterrupted) {
  StampClock clock(reading(kNow, 1'000'000s));
  clock.observe(reading(kNow + 1s, 1'000'001s + 20ms, 40ms));
  EXPECT_EQ(clock.to_mono(1'000'001s), kNow + 1s);
}

}  // namespace
}  // namespace pingtrail::net
