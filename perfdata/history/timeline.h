// SPDX-License-Identifier: GPL-3.0-or-later
// The past of one host as stretches of time, rebuilt from its transitions and its state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/history/host_state.h"
#include "perfdata/history/transition.h"

namespace pingtrail::history {

// Observations of one state that follow each other without a gap. The state holds from `first` to
// `until`; what lies between `until` and `next` is unknown.
struct Part {
  ObservedState state = ObservedState::up;
  WallTime first{};
  WallTime last{};               // last observation of the part
  WallTime until{};              // valid when `next` is there
  std::optional<WallTime> next;  // first observation of the part after; absent for the newest
  Milliseconds interval{0};      // in force at its end
  std::uint32_t checks = 0;      // observations in it; of the whole run for the run's last part
  std::string reason;            // first part of an outage only
  bool operator==(const Part&) const = default;
};

// All that is known about one key. Parts are in the order in which they were observed; only a clock
// that went back makes them overlap.
struct HostHistory {
  HostKey key;
  std::string group;
  std::vector<Part> parts;
  std::optional<HostState> state;  // as read from its state file
  bool reconstructed = false;      // from an RRD, not from the journal
  bool operator==(const HostHistory&) const = default;
};

// Takes transitions in journal order. Maintenance and amendments are ignored here, and so is a
// record that is there twice (an import that was killed and run again).
class TimelineBuilder {
 public:
  void add(const Transition& transition);
  // Ends the newest part at the state's last observation and adds the pending transitions that the
  // journal did not have. Without a state the newest part ends at its own last record.
  std::vector<Part> finish(const HostState* state) &&;
  // Moves out the parts that no later record can change. What finish() gives from then on comes
  // behind them, until they are put back.
  std::vector<Part> settle();
  void restore(std::span<const Part> settled);
  bool empty() const { return parts_.empty(); }
  std::uint64_t records() const { return records_; }

 private:
  void open_part(const Transition& transition);
  void close_part(const Transition& transition);
  void step(const Transition& transition);
  void freeze(WallTime next_first);

  std::vector<Part> parts_;
  std::size_t open_from_ = 0;  // parts from here on still move with the clock
  bool open_ = false;          // the newest part has no end yet
  std::uint64_t records_ = 0;
  std::optional<std::uint64_t> last_number_;
  WallTime last_at_{};
};

// The history of one key from its transitions and its state (which may be missing).
HostHistory build_history(std::span<const Transition> transitions, const HostState* state);

// Replays observations (as from an RRD) through advance(): same rules, no journal.
HostHistory replay(const HostKey& key, std::span<const Observation> observations);

// Several machines' histories of one key as one: where both know a state the one whose part began
// later holds, a known state holds against unknown.
HostHistory merge_histories(std::span<const HostHistory> same_key);

}  // namespace pingtrail::history
