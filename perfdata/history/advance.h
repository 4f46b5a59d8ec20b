// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where an observation changes what is known about a host.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/history/host_state.h"
#include "perfdata/history/observation.h"
#include "perfdata/history/transition.h"

namespace pingtrail::history {

enum class Verdict : std::uint8_t {
  applied,
  indeterminate,  // counted, changes nothing else
  late,           // late or duplicate: counted, dropped
};

// An outage that an UP has just ended.
struct EndedOutage {
  WallTime start{};
  WallTime end{};
  Milliseconds down{0};  // D
  bool operator==(const EndedOutage&) const = default;
};

struct Step {
  Verdict verdict = Verdict::applied;
  std::vector<Transition> transitions;  // oldest first; also numbered in the state
  std::optional<EndedOutage> ended;
};

struct Advance {
  HostState state;
  Step step;
};

// Applies one observation. `reason` is kept as that of the outage when this is its first failed
// check. Seconds go to the planned counters where state.maintenance covers them. The transitions
// are not put into state.pending: that is the store's matter.
Advance advance(HostState previous, const Observation& observation, std::string_view reason = {});

// The same in place, for streams of millions.
Step advance_in_place(HostState& state, const Observation& observation,
                      std::string_view reason = {});

// Adds what the check measured: last result, probe counters, histogram, address and group.
void record_figures(HostState& state, const Observation& observation, const CheckFigures& figures);

}  // namespace pingtrail::history
