// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of one target, from its probes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "plugin/probe/results.h"

namespace pingtrail::probe {

struct RoundTrips {
  Nanoseconds minimum{0};
  Nanoseconds mean{0};    // rta
  Nanoseconds median{0};  // of an even number: mean of the middle two
  Nanoseconds maximum{0};
  Nanoseconds jitter{
      0};  // mean absolute difference of neighbours in sending order; 0 for one reply

  bool operator==(const RoundTrips&) const = default;
};

struct Statistics {
  std::uint32_t sent = 0;      // answered + lost + cut short
  std::uint32_t received = 0;  // answered
  std::uint32_t cut_short = 0;
  std::uint32_t reordered = 0;            // answered probes that arrived after a later one
  std::optional<RoundTrips> round_trips;  // absent when nothing was received

  bool operator==(const Statistics&) const = default;
};

Statistics statistics(std::span<const ProbeRecord> probes);

// Percent of the probes sent that got no valid reply, 0..100. Absent when none was sent.
std::optional<double> loss_percent(std::uint32_t sent, std::uint32_t received);

// R-value and MOS as PingPlotter estimates them and check_icmp 3 and nagios-plugins print them:
// effective latency = rta + 2 x jitter + 10 ms; R = 93.2 - latency/40 below 160 ms, else
// 93.2 - (latency - 120)/10; less 2.5 for every percent lost; not under 0. MOS by ITU-T G.107 annex
// B from R.
double score(Nanoseconds rta, Nanoseconds jitter, double loss_percent);  // 0..100
double mos(double score);                                                // 1..4.5

}  // namespace pingtrail::probe
