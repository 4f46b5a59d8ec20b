// SPDX-License-Identifier: GPL-3.0-or-later
// What the journal keeps: the changes, with all that the definitions of an outage need.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "perfdata/history/observation.h"

namespace pingtrail::history {

enum class TransitionKind : std::uint8_t {
  up = 1,           // first UP ever, or after DOWN
  down = 2,         // first DOWN ever, or after UP
  gap = 3,          // the observation came later than the gap limit after the one before
  clock_step = 4,   // wall and boot time disagree, or wall time went back across a reboot
  maintenance = 5,  // a window was announced before it began
  amendment = 6,    // rename, forget, or a window added after it began
};

enum class AmendmentKind : std::uint8_t { none = 0, rename = 1, forget = 2, maintenance = 3 };

// How the open run moved at a clock step: what was observed since `session_start` (the first
// observation under this boot id) moves by `step`, what lies before it by `prior_step`.
// session_start is absent when the step is the reboot itself: then everything moves by prior_step.
struct ClockStep {
  std::optional<WallTime> session_start;     // by the clock before the step
  std::optional<WallTime> session_previous;  // last observation before that session, same clock
  Milliseconds step{0};
  Milliseconds prior_step{0};
  bool operator==(const ClockStep&) const = default;
};

// One change of one host. `number` counts the changes of a key and makes appending idempotent; it
// starts at the first observation's instant in ms, so that a state file that had to be begun anew
// goes on above. Instants are by the clock in force at `at`.
struct Transition {
  TransitionKind kind = TransitionKind::up;
  AmendmentKind amendment = AmendmentKind::none;
  ObservedState state = ObservedState::indeterminate;  // observed at `at`
  std::uint64_t number = 0;
  WallTime at{};
  std::optional<WallTime> previous_at;  // the previous observation; absent for the first ever
  ObservedState previous_state = ObservedState::indeterminate;
  std::optional<WallTime> last_up;   // newest UP before `at`
  Milliseconds interval{0};          // in force when `at` was judged
  std::uint32_t run_checks = 0;      // observations in the run that ends here (up, down), or so far
  ClockStep clock;                   // clock_step only
  std::optional<WallTime> from, to;  // maintenance windows only
  std::string text;                  // reason of the first failed check, comment, or new name
  bool operator==(const Transition&) const = default;
};

}  // namespace pingtrail::history
