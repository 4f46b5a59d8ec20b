// SPDX-License-Identifier: GPL-3.0-or-later
// Everything known about one host without opening the journal: what a state file holds.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "perfdata/history/observation.h"
#include "perfdata/history/transition.h"

namespace pingtrail::history {

// Times in seconds, absent when no reply was valid.
struct RoundTrips {
  double mean_s = 0;
  double min_s = 0;
  double max_s = 0;
  double median_s = 0;
  bool operator==(const RoundTrips&) const = default;
};

// What a check measured, apart from the state itself.
struct CheckFigures {
  std::uint32_t sent = 0;
  std::uint32_t received = 0;  // valid replies
  std::uint32_t duplicate = 0;
  std::optional<RoundTrips> round_trips;
  std::string address;  // probed address as text
  std::string group;
  std::string reason;         // "Destination Host Unreachable from 192.0.2.1", or ""
  std::vector<double> rtt_s;  // each valid reply, for the histogram
};

// The newest check, whatever came of it.
struct LastResult {
  WallTime at{};
  ObservedState state = ObservedState::indeterminate;
  std::uint32_t sent = 0;
  std::uint32_t received = 0;
  std::optional<RoundTrips> round_trips;
  std::string reason;
  bool operator==(const LastResult&) const = default;
};

// Seconds of a kind, apart by whether a maintenance window covered them.
struct PlannedSplit {
  Milliseconds unplanned{0};
  Milliseconds planned{0};
  bool operator==(const PlannedSplit&) const = default;
};

// Cumulative since the state file exists. They advance only to the last observation and never step
// back: a window announced afterwards changes reports, not counters.
struct Counters {
  std::uint64_t checks = 0;  // UP and DOWN and INDETERMINATE, without late ones
  std::uint64_t indeterminate = 0;
  std::uint64_t late = 0;  // late or duplicate, dropped
  std::uint64_t probes_sent = 0;
  std::uint64_t probes_received = 0;
  std::uint64_t probes_duplicate = 0;
  std::uint64_t outages = 0;
  PlannedSplit up, down, unknown;
  bool operator==(const Counters&) const = default;
};

constexpr std::size_t kRttBuckets = 20;

// Upper bound of bucket n in seconds: 5e-05 x 2^n, the buckets of smokeping_prober.
double rtt_bucket_bound_s(std::size_t bucket);

// Replies by round-trip time. buckets[n] counts those above bound n-1 and up to bound n (not
// cumulative); what lies above the last bound is only in `count`.
struct RttHistogram {
  std::array<std::uint64_t, kRttBuckets> buckets{};
  std::uint64_t count = 0;
  double sum_s = 0;
  bool operator==(const RttHistogram&) const = default;
};
void add_rtt(RttHistogram& histogram, double rtt_s);

constexpr std::size_t kSpacings = 32;
constexpr std::size_t kFlapStates = 21;

// The newest spacings between observations in ms, as a ring.
struct SpacingRing {
  std::array<std::uint32_t, kSpacings> ms{};
  std::uint8_t size = 0;
  std::uint8_t next = 0;
  bool operator==(const SpacingRing&) const = default;
};

// The newest 21 states, bit 0 the newest, 1 is DOWN.
struct FlapRing {
  std::uint32_t bits = 0;
  std::uint8_t size = 0;
  bool operator==(const FlapRing&) const = default;
};

// The outage that is going on, up to the last observation.
struct OpenOutage {
  WallTime start{};
  Milliseconds down{0};     // D so far
  Milliseconds unknown{0};  // unknown inside so far
  Milliseconds certain{0};  // L so far
  std::string reason;       // of the first failed check
  bool operator==(const OpenOutage&) const = default;
};

struct TimeSpan {
  WallTime from{};
  WallTime to{};  // not in it
  bool operator==(const TimeSpan&) const = default;
};

constexpr std::size_t kCachedWindows = 4;

// This host's next maintenance windows, so that a check need not read the maintenance file.
struct MaintenanceCache {
  std::uint64_t signature = 0;    // of the file they came from; 0: there was none
  std::vector<TimeSpan> windows;  // at most kCachedWindows, sorted, disjoint
  bool more = false;              // others follow the last one: read the file after it
  bool operator==(const MaintenanceCache&) const = default;
};

struct HostState {
  HostKey key;
  std::string group;
  std::string address;
  LastResult last;

  std::optional<ObservedState> state;  // up or down; absent before the first observation
  WallTime since{};                    // first observation of the current state
  WallTime last_at{};                  // last observation, placed on the clock in force
  std::optional<BootTime> last_boot;
  BootId boot_id{};
  std::optional<WallTime> last_up;
  std::optional<OpenOutage> outage;
  std::uint32_t run_checks = 0;  // observations of the current state

  WallTime session_start{};                  // first observation under boot_id
  std::optional<WallTime> session_previous;  // last observation before it
  Milliseconds pushed_back{0};               // how far that was moved back to lie before it

  std::optional<Milliseconds> stated_interval;  // as the last check stated
  SpacingRing spacings;
  FlapRing flaps;
  Counters counters;
  RttHistogram rtt;
  MaintenanceCache maintenance;

  std::uint64_t next_number = 0;       // of the next transition
  std::uint64_t lost_transitions = 0;  // found no room while the journal could not be written
  std::uint64_t pending_floor = 0;     // journal records there were before the oldest pending one
  std::vector<Transition> pending;     // not yet known to be in the journal
  bool operator==(const HostState&) const = default;
};

// The interval in force after the last observation: what the caller stated, else the largest
// spacing seen at least twice among the last 32 (two spacings less than a second apart are the same
// one, the shorter counts), else 300 s.
Milliseconds interval_in_force(const HostState& state);
constexpr Milliseconds kDefaultInterval{300000};

// 2.5 x interval: a longer silence is a gap.
Milliseconds gap_limit(Milliseconds interval);

// Percent of change among the last 21 states as Nagios computes it, newer changes weigh more
// (0.75..1.25); states before the first count as UP, as there.
double flapping_percent(const FlapRing& ring);

// The state at `now`: absent (UNKNOWN) when there was none yet, or when `now` is beyond the gap
// limit after the last observation.
std::optional<ObservedState> state_at(const HostState& state, WallTime now);

// D of the current outage up to `now` by the gap rule; 0 when up.
Milliseconds downtime_at(const HostState& state, WallTime now);

}  // namespace pingtrail::history
