// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cassert>
#include <cmath>

#include "perfdata/history/maintenance.h"
#include "perfdata/history/outages.h"

namespace pingtrail::history {
namespace {

using Spans = std::vector<TimeSpan>;

constexpr double kPercentScale = 1e6;  // six decimals

// [from, to) of a part as known at the end of the clipped window, or empty.
TimeSpan known_span(const Part& part, const TimeSpan& clip, WallTime asof) {
  WallTime until = part.until;
  if (!part.next) {
    const bool silent = asof - part.last > gap_limit(part.interval);
    until = silent ? part.last + part.interval : std::max(asof, part.last);
  }
  return {std::max(part.first, clip.from), std::min(until, clip.to)};
}

// Sorted and disjoint, whatever the order before.
void unite(Spans& spans) {
  std::sort(spans.begin(), spans.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.from < b.from; });
  Spans out;
  for (const TimeSpan& span : spans) {
    if (!out.empty() && span.from <= out.back().to) {
      out.back().to = std::max(out.back().to, span.to);
    } else {
      out.push_back(span);
    }
  }
  spans = std::move(out);
}

// What lies in `spans` but not in `others`; both sorted and disjoint.
Spans without(const Spans& spans, const Spans& others) {
  Spans out;
  auto other = others.begin();
  for (TimeSpan span : spans) {
    while (other != others.end() && other->to <= span.from) ++other;
    for (auto cut = other; cut != others.end() && cut->from < span.to; ++cut) {
      if (cut->from > span.from) out.push_back({span.from, cut->from});
      span.from = std::max(span.from, cut->to);
    }
    if (span.from < span.to) out.push_back(span);
  }
  return out;
}

void add_stretch(std::vector<StateSpan>& out, const TimeSpan& span,
                 std::optional<ObservedState> state) {
  if (span.from >= span.to) return;
  if (!out.empty() && out.back().state == state && out.back().span.to == span.from) {
    out.back().span.to = span.to;
  } else {
    out.push_back({span, state});
  }
}

Milliseconds total(const PlannedSplit& split) { return split.planned + split.unplanned; }

// The ratios that follow from the six parts.
void set_ratios(WindowFigures& figures) {
  const Milliseconds up = figures.up.unplanned;
  const Milliseconds known = up + figures.down.unplanned;
  const Milliseconds all = known + figures.unknown.unplanned;
  figures.availability_pct = percent(up, known);
  figures.availability_incl_planned_pct =
      percent(total(figures.up), total(figures.up) + total(figures.down));
  figures.availability_worst_pct = percent(up, all);
  figures.availability_best_pct = percent(up + figures.unknown.unplanned, all);
  figures.coverage_pct = percent(total(figures.up) + total(figures.down), figures.window);
}

void set_mtbf(WindowFigures& figures) {
  if (figures.outages_started == 0) return;
  const std::chrono::duration<double> up = total(figures.up);
  figures.mtbf_s = up.count() / figures.outages_started;
}

void add_to(PlannedSplit& sum, const PlannedSplit& part) {
  sum.planned += part.planned;
  sum.unplanned += part.unplanned;
}

void add_time(WindowFigures& figures, const TimeSpan& span, std::optional<ObservedState> state,
              std::span<const TimeSpan> planned) {
  if (span.from >= span.to) return;
  const Milliseconds length = span.to - span.from;
  const Milliseconds in_plan = covered(planned, span.from, span.to);
  PlannedSplit& split = !state                          ? figures.unknown
                        : *state == ObservedState::down ? figures.down
                                                        : figures.up;
  split.planned += in_plan;
  split.unplanned += length - in_plan;
  figures.window += length;
}

// The parts of the window found by halving: a long past costs nothing.
void add_in_order(WindowFigures& figures, std::span<const Part> parts, const TimeSpan& clip,
                  WallTime asof, std::span<const TimeSpan> planned) {
  if (clip.from >= clip.to) return;
  WallTime at = clip.from;
  if (!parts.empty()) {
    auto part =
        std::lower_bound(parts.begin(), parts.end() - 1, clip.from,
                         [](const Part& before, WallTime from) { return before.until <= from; });
    for (; part != parts.end() && part->first < clip.to; ++part) {
      const TimeSpan span = known_span(*part, clip, asof);
      if (span.from >= span.to) continue;
      add_time(figures, {at, span.from}, std::nullopt, planned);
      add_time(figures, span, part->state, planned);
      at = span.to;
    }
  }
  add_time(figures, {at, clip.to}, std::nullopt, planned);
}

void count_outages(WindowFigures& figures, std::span<const Outage> all, const TimeSpan& window,
                   WallTime asof) {
  Milliseconds repair{0};
  for (const Outage& outage : all) {
    const bool started = outage.start >= window.from && outage.start < window.to;
    if (started) ++(outage.blip ? figures.blips_started : figures.outages_started);
    if (outages_ended({&outage, 1}, window, asof) != 0) repair += outage.down;
  }
  const std::uint32_t ended = outages_ended(all, window, asof);
  if (ended == 0) return;
  figures.mttr_s = std::chrono::duration<double>(repair).count() / ended;
}

}  // namespace

std::optional<double> percent(Milliseconds part, Milliseconds whole) {
  if (whole <= Milliseconds{0}) return std::nullopt;
  if (part >= whole) return 100.0;
  const double exact =
      100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count());
  const double rounded = std::round(exact * kPercentScale) / kPercentScale;
  return rounded >= 100.0 ? 99.999999 : rounded;
}

std::vector<StateSpan> state_spans(const HostHistory& history, const TimeSpan& window,
                                   WallTime asof) {
  const TimeSpan clip{window.from, std::min(window.to, asof)};
  std::vector<StateSpan> out;
  if (clip.from >= clip.to) return out;
  // DOWN counts before UP and UP before unknown where a clock that went back, or a second machine,
  // makes two parts share an instant: downtime is never hidden.
  Spans down;
  Spans up;
  for (const Part& part : history.parts) {
    const TimeSpan span = known_span(part, clip, asof);
    if (span.from >= span.to) continue;
    (part.state == ObservedState::down ? down : up).push_back(span);
  }
  unite(down);
  unite(up);
  up = without(up, down);
  WallTime at = clip.from;
  auto next_down = down.begin();
  auto next_up = up.begin();
  while (next_down != down.end() || next_up != up.end()) {
    const bool take_up =
        next_down == down.end() || (next_up != up.end() && next_up->from < next_down->from);
    const TimeSpan span = take_up ? *next_up++ : *next_down++;
    add_stretch(out, {at, span.from}, std::nullopt);
    add_stretch(out, span, take_up ? ObservedState::up : ObservedState::down);
    at = span.to;
  }
  add_stretch(out, {at, clip.to}, std::nullopt);
  return out;
}

bool parts_in_order(std::span<const Part> parts) {
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    const Part& part = parts[i];
    const bool follows = part.next && part.first <= part.until && part.until <= *part.next &&
                         *part.next <= parts[i + 1].first;
    if (!follows) return false;
  }
  return parts.empty() || !parts.back().next || parts.back().first <= parts.back().until;
}

WindowFigures window_split(const HostHistory& history, const TimeSpan& window, WallTime asof,
                           std::span<const TimeSpan> planned, bool in_order) {
  WindowFigures out;
  if (in_order) {
    add_in_order(out, history.parts, {window.from, std::min(window.to, asof)}, asof, planned);
  } else {
    for (const StateSpan& stretch : state_spans(history, window, asof)) {
      add_time(out, stretch.span, stretch.state, planned);
    }
  }
  // The stretches tile the window: the six parts sum to it exactly.
  assert(out.window == std::max(Milliseconds{0}, std::min(window.to, asof) - window.from));
  set_ratios(out);
  return out;
}

WindowFigures window_figures(const HostHistory& history, const TimeSpan& window, WallTime asof,
                             std::span<const TimeSpan> planned, std::uint32_t confirm) {
  const bool in_order = parts_in_order(history.parts);
  WindowFigures out = window_split(history, window, asof, planned, in_order);
  count_outages(out,
                in_order ? outages_near(history, window, asof, planned, confirm)
                         : outages(history, asof, planned, confirm),
                window, asof);
  set_mtbf(out);
  return out;
}

WindowFigures group_figures(std::span<const GroupMember> members) {
  WindowFigures out;
  double repair_s = 0;
  std::uint32_t ended = 0;
  for (const GroupMember& member : members) {
    out.window += member.figures.window;
    add_to(out.up, member.figures.up);
    add_to(out.down, member.figures.down);
    add_to(out.unknown, member.figures.unknown);
    out.outages_started += member.figures.outages_started;
    out.blips_started += member.figures.blips_started;
    repair_s += member.figures.mttr_s.value_or(0) * member.outages_ended;
    ended += member.outages_ended;
  }
  if (ended > 0) out.mttr_s = repair_s / ended;
  set_ratios(out);
  set_mtbf(out);
  return out;
}

}  // namespace pingtrail::history
