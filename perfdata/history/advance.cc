// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/advance.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "perfdata/history/maintenance.h"

namespace pingtrail::history {
namespace {

// Wall and boot time may disagree by this much before it is a step.
constexpr Milliseconds kClockTolerance{1000};
constexpr Milliseconds kTick{1};

// Where an observation lies after the one before.
struct Place {
  bool late = false;
  bool new_session = false;
  WallTime at{};
  Milliseconds elapsed{0};  // since the observation before
  std::optional<ClockStep> step;
};

bool same_boot(const HostState& state, const Observation& observation) {
  return observation.boot && state.last_boot && observation.boot_id == state.boot_id;
}

// Within one boot durations come from boot time; the wall clock only says where they lie.
Place place_by_boot(const HostState& state, const Observation& observation) {
  Place place;
  place.elapsed = *observation.boot - *state.last_boot;
  place.late = place.elapsed <= Milliseconds{0};
  place.at = state.last_at + place.elapsed;
  const Milliseconds step = observation.wall - place.at;
  if (place.late || std::chrono::abs(step) <= kClockTolerance) return place;
  ClockStep clock{state.session_start, state.session_previous, step, Milliseconds{0}};
  if (step > Milliseconds{0}) {
    // What a reboot with a wrong clock had pushed back returns as far as there is room.
    clock.prior_step = std::min(state.pushed_back, step);
  } else if (state.session_previous) {
    const WallTime latest = state.session_start + step - kTick;
    clock.prior_step = std::min(Milliseconds{0}, latest - *state.session_previous);
  }
  place.at = observation.wall;
  place.step = clock;
  return place;
}

Place place_by_wall(const HostState& state, const Observation& observation) {
  Place place;
  place.new_session = true;
  place.at = observation.wall;
  place.elapsed = observation.wall - state.last_at;
  if (place.elapsed > Milliseconds{0}) return place;
  if (!observation.live || !observation.boot) {
    place.late = true;
    return place;
  }
  // A live check under a new boot id is never late: the wall clock went back across the reboot. How
  // long that took is not known; the open run is put right before it.
  place.elapsed = kTick;
  ClockStep clock;
  clock.prior_step = observation.wall - kTick - state.last_at;
  place.step = clock;
  return place;
}

Place place_observation(const HostState& state, const Observation& observation) {
  if (!state.state) {
    Place first;
    first.new_session = true;
    first.at = observation.wall;
    return first;
  }
  return same_boot(state, observation) ? place_by_boot(state, observation)
                                       : place_by_wall(state, observation);
}

// Moves what the state remembers of the open run.
void move_run(HostState& state, const ClockStep& clock) {
  const auto moved = [&clock](WallTime instant) {
    const bool in_session = clock.session_start && instant >= *clock.session_start;
    return instant + (in_session ? clock.step : clock.prior_step);
  };
  state.since = moved(state.since);
  state.last_at = moved(state.last_at);
  if (state.last_up) state.last_up = moved(*state.last_up);
  if (state.outage) state.outage->start = moved(state.outage->start);
  if (clock.session_start) {
    if (state.session_previous) state.session_previous = moved(*state.session_previous);
    state.session_start += clock.step;
    state.pushed_back -= clock.prior_step;
  }
}

Transition make_transition(const HostState& state, TransitionKind kind, ObservedState observed,
                           WallTime at, Milliseconds interval) {
  Transition out;
  out.kind = kind;
  out.state = observed;
  out.at = at;
  out.interval = interval;
  out.run_checks = state.run_checks;
  out.last_up = state.last_up;
  if (state.state) {
    out.previous_at = state.last_at;
    out.previous_state = *state.state;
  }
  return out;
}

void add_split(PlannedSplit& split, const MaintenanceCache& cache, WallTime from, WallTime to) {
  const Milliseconds planned = covered(cache.windows, from, to);
  split.planned += planned;
  split.unplanned += to - from - planned;
}

// Books the time since the observation before; true when it was a gap.
bool book_elapsed(HostState& state, const Observation& observation, const Place& place,
                  Milliseconds interval) {
  const bool gap = place.elapsed > gap_limit(interval);
  const WallTime held = gap ? state.last_at + interval : place.at;
  const bool down = *state.state == ObservedState::down;
  add_split(down ? state.counters.down : state.counters.up, state.maintenance, state.last_at, held);
  add_split(state.counters.unknown, state.maintenance, held, place.at);
  if (state.outage) {
    state.outage->down += held - state.last_at;
    state.outage->unknown += place.at - held;
    if (!gap && observation.state == ObservedState::down) state.outage->certain += place.elapsed;
  }
  auto& ring = state.spacings;
  constexpr std::int64_t kLongest = std::numeric_limits<std::uint32_t>::max();
  ring.ms[ring.next] = static_cast<std::uint32_t>(std::min(place.elapsed.count(), kLongest));
  ring.next = static_cast<std::uint8_t>((ring.next + 1U) % kSpacings);
  ring.size = static_cast<std::uint8_t>(std::min<std::size_t>(ring.size + 1U, kSpacings));
  return gap;
}

// A new run begins: after the other state, or as the first of all.
void begin_run(HostState& state, ObservedState observed, WallTime at, std::string_view reason,
               Step& step) {
  if (observed == ObservedState::down) {
    ++state.counters.outages;
    state.outage.emplace();
    state.outage->start = at;
    state.outage->reason = reason;
  } else if (state.outage) {
    step.ended = EndedOutage{state.outage->start, at, state.outage->down};
    state.outage.reset();
  }
  state.since = at;
  state.run_checks = 0;
}

void take(HostState& state, const Observation& observation, const Place& place) {
  if (place.new_session) {
    state.session_previous = state.state ? std::optional<WallTime>(state.last_at) : std::nullopt;
    state.session_start = place.at;
    state.pushed_back = place.step ? -place.step->prior_step : Milliseconds{0};
    state.boot_id = observation.boot_id;
  }
  state.state = observation.state;
  state.last_at = place.at;
  state.last_boot = observation.boot;
  state.stated_interval = observation.interval;
  if (observation.state == ObservedState::up) state.last_up = place.at;
  ++state.run_checks;
  const std::uint32_t bit = observation.state == ObservedState::down ? 1U : 0U;
  state.flaps.bits = (state.flaps.bits << 1U | bit) & ((1U << kFlapStates) - 1U);
  state.flaps.size =
      static_cast<std::uint8_t>(std::min<std::size_t>(state.flaps.size + 1U, kFlapStates));
}

}  // namespace

Step advance_in_place(HostState& state, const Observation& observation, std::string_view reason) {
  Step out;
  if (observation.state == ObservedState::indeterminate) {
    ++state.counters.checks;
    ++state.counters.indeterminate;
    out.verdict = Verdict::indeterminate;
    return out;
  }
  const Place place = place_observation(state, observation);
  if (place.late) {
    ++state.counters.late;
    out.verdict = Verdict::late;
    return out;
  }
  ++state.counters.checks;
  // By what was known before this observation, as a reader in the meantime would have judged.
  const Milliseconds interval =
      state.state ? interval_in_force(state) : observation.interval.value_or(kDefaultInterval);
  const auto note = [&](TransitionKind kind) -> Transition& {
    out.transitions.push_back(make_transition(state, kind, observation.state, place.at, interval));
    return out.transitions.back();
  };
  if (place.step) {
    note(TransitionKind::clock_step).clock = *place.step;
    move_run(state, *place.step);
  }
  if (state.state && book_elapsed(state, observation, place, interval)) note(TransitionKind::gap);
  if (state.state != observation.state) {
    const bool down = observation.state == ObservedState::down;
    Transition& change = note(down ? TransitionKind::down : TransitionKind::up);
    if (down) change.text = reason;
    begin_run(state, observation.state, place.at, reason, out);
  }
  if (!state.state && state.next_number == 0) {
    const auto start = observation.wall.time_since_epoch().count();
    state.next_number = start > 0 ? static_cast<std::uint64_t>(start) : 0;
  }
  for (Transition& transition : out.transitions) transition.number = state.next_number++;
  take(state, observation, place);
  return out;
}

Advance advance(HostState previous, const Observation& observation, std::string_view reason) {
  Advance out{std::move(previous), {}};
  out.step = advance_in_place(out.state, observation, reason);
  return out;
}

void record_figures(HostState& state, const Observation& observation, const CheckFigures& figures) {
  state.counters.probes_sent += figures.sent;
  state.counters.probes_received += figures.received;
  state.counters.probes_duplicate += figures.duplicate;
  for (const double rtt_s : figures.rtt_s) add_rtt(state.rtt, rtt_s);
  if (!figures.address.empty()) state.address = figures.address;
  state.group = figures.group;
  if (observation.wall < state.last.at && !observation.live) return;
  state.last = LastResult{observation.wall, observation.state,   figures.sent,
                          figures.received, figures.round_trips, figures.reason};
}

}  // namespace pingtrail::history
