// SPDX-License-Identifier: GPL-3.0-or-later
// The availability report as values; text, JSON, CSV and HTML are made from it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/outages.h"

namespace pingtrail::report {

using base::Milliseconds;
using base::WallTime;
using history::TimeSpan;

// What is asked for. `window` may reach beyond `asof`; it is clipped there.
struct ReportRequest {
  TimeSpan window;
  WallTime asof{};
  std::string zone = "UTC";
  std::string label;                 // "2026-03" or "last 7d"; "" when only the window says it
  std::vector<std::string> groups;   // empty: every host
  std::optional<double> target_pct;  // 0..100
  std::uint32_t confirm = 1;         // failed checks that make an outage
  bool days = false;                 // also each host's days, for the strip
};

// How much downtime the target allows in the time that counts for availability (up and down,
// unplanned), and how much of it is used. It is met exactly when the availability reaches the
// target.
struct ErrorBudget {
  Milliseconds allowed{0};
  Milliseconds used{0};
  std::optional<double> used_pct;  // absent when nothing is allowed
  std::optional<bool> met;         // absent when nothing is known
  bool operator==(const ErrorBudget&) const = default;
};
ErrorBudget error_budget(const history::WindowFigures& figures, double target_pct);

// One host's time in one local day, clipped at as-of; all zero for a day still to come.
struct DayParts {
  Milliseconds up{0};            // planned or not
  Milliseconds down{0};          // unplanned
  Milliseconds down_planned{0};  // in maintenance
  Milliseconds unknown{0};       // planned or not
  Milliseconds planned{0};       // maintenance, whatever the state
  bool operator==(const DayParts&) const = default;
};

struct Day {
  TimeSpan span;
  std::string date;  // local, "2026-03-10"
  bool operator==(const Day&) const = default;
};

// A host, or one series of it.
struct HostReport {
  std::string name;
  std::string series;  // "" is the plain one
  std::string group;
  bool reconstructed = false;  // from an RRD, not from the journal
  history::WindowFigures figures;
  std::vector<history::Outage> outages;  // whole, all that overlap the window; blips are marked
  std::uint32_t outages_ended = 0;
  std::optional<ErrorBudget> budget;
  std::vector<DayParts> days;  // as many as Report::days
};

// The hosts of a group as one.
struct GroupReport {
  std::string name;                // "" holds the hosts without a group
  std::vector<std::size_t> hosts;  // places in Report::hosts
  history::WindowFigures figures;
  std::optional<ErrorBudget> budget;
};

struct Report {
  ReportRequest request;
  TimeSpan window;                  // clipped at as-of
  std::vector<HostReport> hosts;    // by name; the figures of each host's leading series
  std::vector<HostReport> series;   // every series that has a label, by name and label
  std::vector<GroupReport> groups;  // by name
  GroupReport total;                // all hosts as one
  std::vector<std::size_t> worst;   // places in `hosts`, most unplanned downtime first, at most ten
  std::vector<history::MonitoringOutage> monitoring;
  std::vector<Day> days;           // of the whole window when asked for
  std::vector<std::string> notes;  // what could not be read
  bool verified = true;            // the journal's chain is intact
};

// Hosts done, hosts in all; called at most once a host.
using Progress = std::function<void(std::size_t, std::size_t)>;

// Computes the report. Errors: the zone is unknown, or no host is in one of the groups asked for.
base::Expected<Report> build_report(const history::Archive& archive, const ReportRequest& request,
                                    const Progress& progress = {});

// Time per day of stretches in order (as from history::state_spans()).
std::vector<DayParts> parts_by_day(const std::vector<history::StateSpan>& spans,
                                   const std::vector<TimeSpan>& planned,
                                   const std::vector<Day>& days);

}  // namespace pingtrail::report
