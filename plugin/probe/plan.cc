// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/plan.h"

#include <algorithm>

namespace pingtrail::probe {

Nanoseconds automatic_target_interval(Nanoseconds packet_interval, std::size_t targets) {
  constexpr Nanoseconds kWidest = std::chrono::microseconds(50);
  if (targets == 0) return Nanoseconds(0);
  return std::min(kWidest, packet_interval / static_cast<Nanoseconds::rep>(targets));
}

}  // namespace pingtrail::probe
