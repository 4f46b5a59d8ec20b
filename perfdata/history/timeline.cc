// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/timeline.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "perfdata/history/advance.h"

namespace pingtrail::history {
namespace {

// Until when a state holds that was last seen at `last`, when the next observation is at `next`.
WallTime held_until(WallTime last, WallTime next, Milliseconds interval) {
  if (next <= last) return last;
  return next - last > gap_limit(interval) ? last + interval : next;
}

}  // namespace

void TimelineBuilder::close_part(const Transition& transition) {
  if (!open_ || parts_.empty()) return;
  Part& part = parts_.back();
  part.last = std::max(part.first, transition.previous_at.value_or(part.first));
  part.interval = transition.interval;
  part.checks = transition.run_checks;
  open_ = false;
}

void TimelineBuilder::open_part(const Transition& transition) {
  Part part;
  part.state = transition.state;
  part.first = part.last = transition.at;
  part.interval = transition.interval;
  part.checks = 1;
  if (transition.kind == TransitionKind::down) part.reason = transition.text;
  parts_.push_back(std::move(part));
  open_ = true;
}

// What lies before an UP that ends an outage stays where it is, whatever the clock does later.
void TimelineBuilder::freeze(WallTime next_first) {
  for (std::size_t i = open_from_; i < parts_.size(); ++i) {
    const WallTime next = i + 1 < parts_.size() ? parts_[i + 1].first : next_first;
    parts_[i].next = next;
    parts_[i].until = held_until(parts_[i].last, next, parts_[i].interval);
  }
  open_from_ = parts_.size();
}

void TimelineBuilder::step(const Transition& transition) {
  if (parts_.empty()) return;
  const ClockStep& clock = transition.clock;
  if (open_ && transition.previous_at) {
    parts_.back().last = std::max(parts_.back().first, *transition.previous_at);
    parts_.back().interval = transition.interval;
  }
  if (clock.session_start && clock.session_previous) {
    for (std::size_t i = open_from_; i < parts_.size(); ++i) {
      if (parts_[i].first >= *clock.session_start || parts_[i].last < *clock.session_start)
        continue;
      Part newer = parts_[i];
      newer.first = *clock.session_start;
      newer.reason.clear();
      parts_[i].last = *clock.session_previous;
      parts_.insert(parts_.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(newer));
      break;
    }
  }
  for (std::size_t i = open_from_; i < parts_.size(); ++i) {
    const bool in_session = clock.session_start && parts_[i].first >= *clock.session_start;
    const Milliseconds by = in_session ? clock.step : clock.prior_step;
    parts_[i].first += by;
    parts_[i].last += by;
  }
}

void TimelineBuilder::add(const Transition& transition) {
  if (last_number_ && transition.number <= *last_number_ && transition.at <= last_at_) return;
  switch (transition.kind) {
    case TransitionKind::up:
    case TransitionKind::down:
      close_part(transition);
      if (transition.kind == TransitionKind::up && !parts_.empty() &&
          parts_.back().state == ObservedState::down) {
        freeze(transition.at);
      }
      open_part(transition);
      break;
    case TransitionKind::gap:
      close_part(transition);
      if (transition.state == transition.previous_state) open_part(transition);
      break;
    case TransitionKind::clock_step:
      step(transition);
      break;
    case TransitionKind::maintenance:
    case TransitionKind::amendment:
      return;
  }
  ++records_;
  last_number_ = transition.number;
  last_at_ = transition.at;
}

std::vector<Part> TimelineBuilder::finish(const HostState* state) && {
  if (state != nullptr) {
    for (const Transition& pending : state->pending) {
      if (!last_number_ || pending.number > *last_number_) add(pending);
    }
  }
  const bool current =
      state != nullptr && state->state && (parts_.empty() || state->last_at >= parts_.back().first);
  if (current) {
    // Transitions may be missing (journal removed, or never writable): the state still knows its
    // own run.
    if (parts_.empty() && state->outage && state->last_up) {
      parts_.push_back(
          Part{ObservedState::up, *state->last_up, *state->last_up, {}, {}, {}, 1, {}});
      parts_.back().interval = interval_in_force(*state);
    }
    if (parts_.empty() || parts_.back().state != *state->state) {
      if (!parts_.empty() && parts_.back().state == ObservedState::down) freeze(state->since);
      Part part{*state->state, state->since, state->since, {}, {}, {}, 1, {}};
      if (state->outage) part.reason = state->outage->reason;
      parts_.push_back(std::move(part));
    }
    Part& newest = parts_.back();
    newest.last = std::max(newest.last, state->last_at);
    newest.interval = interval_in_force(*state);
    newest.checks = state->run_checks;
  }
  if (!parts_.empty()) {
    const Part newest = parts_.back();
    parts_.pop_back();
    freeze(newest.first);
    parts_.push_back(newest);
  }
  return std::move(parts_);
}

std::vector<Part> TimelineBuilder::settle() {
  // Something always follows a frozen part: that which froze it.
  const auto open = parts_.begin() + static_cast<std::ptrdiff_t>(open_from_);
  std::vector<Part> rest(std::make_move_iterator(open), std::make_move_iterator(parts_.end()));
  parts_.erase(open, parts_.end());
  open_from_ = 0;
  return std::exchange(parts_, std::move(rest));
}

void TimelineBuilder::restore(std::span<const Part> settled) {
  parts_.insert(parts_.begin(), settled.begin(), settled.end());
  open_from_ += settled.size();
}

HostHistory build_history(std::span<const Transition> transitions, const HostState* state) {
  TimelineBuilder builder;
  for (const Transition& transition : transitions) builder.add(transition);
  HostHistory out;
  out.parts = std::move(builder).finish(state);
  if (state != nullptr) {
    out.key = state->key;
    out.group = state->group;
    out.state = *state;
  }
  return out;
}

HostHistory replay(const HostKey& key, std::span<const Observation> observations) {
  HostState state;
  state.key = key;
  TimelineBuilder builder;
  for (const Observation& observation : observations) {
    for (const Transition& transition : advance_in_place(state, observation).transitions) {
      builder.add(transition);
    }
  }
  HostHistory out;
  out.key = key;
  out.parts = std::move(builder).finish(&state);
  out.state = std::move(state);
  return out;
}

}  // namespace pingtrail::history
