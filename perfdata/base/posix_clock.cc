// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/posix_clock.h"

#include <ctime>

namespace pingtrail::base {
namespace {

Nanoseconds read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);  // cannot fail: the clocks asked for exist since Linux 2.6.39
  return std::chrono::seconds(now.tv_sec) + Nanoseconds(now.tv_nsec);
}

}  // namespace

MonoTime mono_now() { return MonoTime(read_clock(CLOCK_MONOTONIC)); }

WallTime wall_now() {
  return WallTime(std::chrono::floor<Milliseconds>(read_clock(CLOCK_REALTIME)));
}

BootTime boot_now() {
  return BootTime(std::chrono::floor<Milliseconds>(read_clock(CLOCK_BOOTTIME)));
}

Nanoseconds realtime_now() { return read_clock(CLOCK_REALTIME); }

}  // namespace pingtrail::base
