// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/stamp_clock.h"

namespace pingtrail::net {
namespace {

using base::Nanoseconds;

constexpr Nanoseconds kWidestReading = std::chrono::microseconds(20);
constexpr Nanoseconds kStep = std::chrono::milliseconds(1);

Nanoseconds offset_of(const ClockReading& reading) {
  const Nanoseconds middle =
      reading.before.time_since_epoch() + (reading.after - reading.before) / 2;
  return reading.real - middle;
}

}  // namespace

StampClock::StampClock(const ClockReading& first) : offset_(offset_of(first)) {}

void StampClock::observe(const ClockReading& reading) {
  if (reading.after - reading.before > kWidestReading) return;
  const Nanoseconds offset = offset_of(reading);
  believed_ = std::chrono::abs(offset - offset_) < kStep;
  if (!believed_) offset_ = offset;
}

std::optional<base::MonoTime> StampClock::to_mono(Nanoseconds stamp) const {
  if (!believed_) return std::nullopt;
  return base::MonoTime(stamp - offset_);
}

}  // namespace pingtrail::net
