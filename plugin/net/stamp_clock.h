// SPDX-License-Identifier: GPL-3.0-or-later
// Kernel packet stamps, which are wall clock, on the monotonic scale.
#pragma once

#include <optional>

#include "perfdata/base/time.h"

namespace pingtrail::net {

// One reading of both clocks: monotonic, real, monotonic again. A pause between the reads would go
// into every round-trip time, so a reading whose two monotonic ends lie apart is not used.
struct ClockReading {
  base::MonoTime before{};
  base::Nanoseconds real{0};
  base::MonoTime after{};
};

// Keeps one offset between the clocks, so that the difference of two stamps is exact, until they
// are seen to disagree by 1 ms: then somebody set the clock, and the stamps read at that moment,
// which may be from before or after, are not believed.
class StampClock {
 public:
  explicit StampClock(const ClockReading& first);

  // To be called before a round of stamps is converted.
  void observe(const ClockReading& reading);

  // Absent while stamps are not believed.
  std::optional<base::MonoTime> to_mono(base::Nanoseconds stamp) const;

 private:
  base::Nanoseconds offset_;  // real minus monotonic
  bool believed_ = true;
};

}  // namespace pingtrail::net
