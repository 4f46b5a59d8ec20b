// SPDX-License-Identifier: GPL-3.0-or-later
// Outages and the figures of a window, by definitions that are worked out in tests/golden.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/history/timeline.h"

namespace pingtrail::history {

// From the first DOWN to the first UP after it.
struct Outage {
  WallTime start{};
  std::optional<WallTime> end;              // absent: ongoing
  Milliseconds down{0};                     // D, observed
  Milliseconds unknown{0};                  // unknown inside
  Milliseconds lower_bound{0};              // L, certain
  std::optional<Milliseconds> upper_bound;  // U, possible; absent without an UP before it
  Milliseconds planned{0};                  // of D, inside maintenance
  std::uint32_t checks = 0;                 // failed checks
  bool blip = false;                        // fewer checks than the confirmation asked for
  bool reconstructed = false;
  // Reconstructed only: the longest step of the rows it was read from; start and end are known to
  // within it.
  std::optional<Milliseconds> resolution;
  std::string reason;  // of the first failed check
  bool operator==(const Outage&) const = default;
};

// All outages that began before `asof`, oldest first, blips marked. `planned` as from
// planned_spans().
std::vector<Outage> outages(const HostHistory& history, WallTime asof,
                            std::span<const TimeSpan> planned = {}, std::uint32_t confirm = 1);

// Of outages(), those that overlap the window or end where it begins, and perhaps one before them:
// all that a window counts. The parts must be in order (parts_in_order()); then it looks only at
// those near the window.
std::vector<Outage> outages_near(const HostHistory& history, const TimeSpan& window, WallTime asof,
                                 std::span<const TimeSpan> planned, std::uint32_t confirm);

// Those that overlap the window, whole.
std::vector<Outage> overlapping(std::span<const Outage> all, const TimeSpan& window, WallTime asof);

// A window's time in six parts that sum to it exactly, and what follows from them.
struct WindowFigures {
  Milliseconds window{0};  // clipped at as-of
  PlannedSplit up, down, unknown;
  std::uint32_t outages_started = 0;  // without blips
  std::uint32_t blips_started = 0;
  std::optional<double> mttr_s;  // mean D of the outages that ended in the window
  std::optional<double> mtbf_s;  // up seconds / outages started
  // Percent, six decimals, never rounded up to 100; absent when the denominator is zero.
  std::optional<double> availability_pct;
  std::optional<double> availability_incl_planned_pct;
  std::optional<double> availability_worst_pct;
  std::optional<double> availability_best_pct;
  std::optional<double> coverage_pct;
  bool operator==(const WindowFigures&) const = default;
};

WindowFigures window_figures(const HostHistory& history, const TimeSpan& window, WallTime asof,
                             std::span<const TimeSpan> planned = {}, std::uint32_t confirm = 1);

// The six parts and the ratios alone, without outages, MTTR and MTBF: equal to window_figures() in
// what it has. With `in_order` (as from parts_in_order(), which costs a look at every part) it
// looks only at the parts of the window.
WindowFigures window_split(const HostHistory& history, const TimeSpan& window, WallTime asof,
                           std::span<const TimeSpan> planned, bool in_order);

// Whether the parts follow each other in time without overlapping, as they do unless a clock went
// back or several machines were merged.
bool parts_in_order(std::span<const Part> parts);

// Several hosts as one: the parts add up, ratios are taken of the sums, MTTR and MTBF over all
// their outages. `ended` counts the outages behind each mttr_s and has the same length.
struct GroupMember {
  WindowFigures figures;
  std::uint32_t outages_ended = 0;
};
WindowFigures group_figures(std::span<const GroupMember> members);

// How many outages (no blips) ended in the window: the weight of mttr_s.
std::uint32_t outages_ended(std::span<const Outage> all, const TimeSpan& window, WallTime asof);

// One stretch of a state; absent is unknown.
struct StateSpan {
  TimeSpan span;
  std::optional<ObservedState> state;
  bool operator==(const StateSpan&) const = default;
};

// The window, clipped at as-of, as disjoint stretches in order that cover it without a hole: what
// the six parts are summed from, and what a strip per day is drawn from.
std::vector<StateSpan> state_spans(const HostHistory& history, const TimeSpan& window,
                                   WallTime asof);

// 100 x part / whole to six decimals; at most 99.999999 while part < whole; absent for whole = 0.
std::optional<double> percent(Milliseconds part, Milliseconds whole);

// "0 days 00:03:22"
std::string duration_text(Milliseconds duration);

// When nearly all hosts became unknown together, it was the monitor that was off.
struct MonitoringOutage {
  TimeSpan span;
  std::uint32_t hosts = 0;     // that became unknown
  std::uint32_t observed = 0;  // that were being observed
  bool operator==(const MonitoringOutage&) const = default;
};

// Stretches in the window where 90 % or more of the hosts (at least two) that were being observed
// were unknown together. Several series of one host count as one each.
std::vector<MonitoringOutage> monitoring_outages(
    std::span<const std::shared_ptr<const HostHistory>> hosts, const TimeSpan& window,
    WallTime asof);

// Of the indexes of one host's series: its plain series, else the first by label. `series` is not
// empty; returns an index into it.
std::size_t leading_series(std::span<const HostKey> series);

}  // namespace pingtrail::history
