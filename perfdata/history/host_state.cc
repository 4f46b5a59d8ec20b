// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/host_state.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace pingtrail::history {
namespace {

constexpr double kFirstBound = 5e-05;
constexpr std::uint32_t kSameSpacingMs = 1000;

// Nagios: weight of the oldest of 20 possible changes, and how much the newest has more.
constexpr double kOldestWeight = 0.75;
constexpr double kWeightRange = 0.5;

// Zero when no two spacings are alike.
std::uint32_t largest_repeated(const SpacingRing& ring) {
  std::array<std::uint32_t, kSpacings> sorted = ring.ms;
  const auto end = sorted.begin() + ring.size;
  std::sort(sorted.begin(), end, std::greater<>());
  for (std::size_t i = 1; i < ring.size; ++i) {
    if (sorted[i - 1] - sorted[i] < kSameSpacingMs) return sorted[i];
  }
  return 0;
}

}  // namespace

double rtt_bucket_bound_s(std::size_t bucket) {
  return std::ldexp(kFirstBound, static_cast<int>(bucket));
}

void add_rtt(RttHistogram& histogram, double rtt_s) {
  ++histogram.count;
  histogram.sum_s += rtt_s;
  for (std::size_t i = 0; i < kRttBuckets; ++i) {
    if (rtt_s > rtt_bucket_bound_s(i)) continue;
    ++histogram.buckets[i];
    return;
  }
}

Milliseconds interval_in_force(const HostState& state) {
  if (state.stated_interval) return *state.stated_interval;
  const std::uint32_t repeated = largest_repeated(state.spacings);
  return repeated == 0 ? kDefaultInterval : Milliseconds(repeated);
}

Milliseconds gap_limit(Milliseconds interval) { return interval * 5 / 2; }

double flapping_percent(const FlapRing& ring) {
  constexpr auto kChanges = static_cast<double>(kFlapStates - 1);
  double changes = 0;
  for (std::size_t newer = 0; newer + 1 < kFlapStates; ++newer) {
    if ((ring.bits >> newer & 1U) == (ring.bits >> (newer + 1) & 1U)) continue;
    const auto place = static_cast<double>(kFlapStates - 2 - newer);  // 0 oldest .. 19 newest
    changes += place * kWeightRange / (kChanges - 1) + kOldestWeight;
  }
  return changes * 100 / kChanges;
}

std::optional<ObservedState> state_at(const HostState& state, WallTime now) {
  if (!state.state || now - state.last_at > gap_limit(interval_in_force(state))) {
    return std::nullopt;
  }
  return state.state;
}

Milliseconds downtime_at(const HostState& state, WallTime now) {
  if (!state.outage) return Milliseconds{0};
  const Milliseconds silence = now - state.last_at;
  if (silence <= Milliseconds{0}) return state.outage->down;
  const Milliseconds interval = interval_in_force(state);
  return state.outage->down + (silence > gap_limit(interval) ? interval : silence);
}

}  // namespace pingtrail::history
