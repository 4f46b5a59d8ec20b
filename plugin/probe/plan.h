// SPDX-License-Identifier: GPL-3.0-or-later
// What one run of probes is asked to do.
#pragma once

#include <cstddef>
#include <cstdint>

#include "perfdata/base/time.h"

namespace pingtrail::probe {

using base::MonoTime;
using base::Nanoseconds;

using TargetIndex = std::uint32_t;  // place of an address in the run's list of targets
using ProbeIndex = std::uint16_t;   // 0-based number of a probe to one target; its ICMP sequence

inline constexpr int kMaxProbesPerTarget = 1000;

struct ProbePlan {
  int probes_per_target = 5;                                    // 1..kMaxProbesPerTarget
  Nanoseconds packet_interval = std::chrono::milliseconds(80);  // between probes to one target
  Nanoseconds target_interval{0};                               // between neighbouring targets
  Nanoseconds minimum_gap{0};                                   // between any two sends (--rate)
  Nanoseconds wait = std::chrono::seconds(1);                   // how long a reply may take
  MonoTime deadline = MonoTime::max();                          // when the run ends regardless
  std::size_t in_flight_limit = SIZE_MAX;                       // what the receive buffer can hold

  bool operator==(const ProbePlan&) const = default;
};

// How far apart the first probes to neighbouring targets are when nobody says: a burst to a
// thousand hosts overruns queues on real paths (198 to 744 of 1,000 healthy hosts at 50 ms showed
// loss with no gap, none with 50 us). At most 50 us, and so that a round fits into one packet
// interval; 0 when the packet interval is 0, which asks for speed.
Nanoseconds automatic_target_interval(Nanoseconds packet_interval, std::size_t targets);

}  // namespace pingtrail::probe
