// SPDX-License-Identifier: GPL-3.0-or-later
// The clocks of the house as types, so that instants of different clocks cannot be mixed.
#pragma once

#include <chrono>
#include <cstdint>

namespace pingtrail::base {

using Nanoseconds = std::chrono::nanoseconds;
using Milliseconds = std::chrono::milliseconds;

// Tags only: none of them can be read. The one place that reads clocks is posix_clock.h.
struct MonoClock {
  using duration = Nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonoClock>;
  static constexpr bool is_steady = true;
};
struct WallClock {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WallClock>;
  static constexpr bool is_steady = false;
};
struct BootClock {
  using duration = Milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};

using MonoTime = MonoClock::time_point;  // CLOCK_MONOTONIC, ns; pacing and round-trip times
using WallTime = WallClock::time_point;  // UTC, ms since 1970-01-01; what history records
using BootTime = BootClock::time_point;  // CLOCK_BOOTTIME, ms; durations within one boot

}  // namespace pingtrail::base
