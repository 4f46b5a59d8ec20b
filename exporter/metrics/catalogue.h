// SPDX-License-Identifier: GPL-3.0-or-later
// Every metric by name: what an exposition's HELP, TYPE and UNIT lines, and METRICS.md, are made
// of. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/sample.h"

namespace pingtrail::metrics {

enum class Type : std::uint8_t { gauge, counter, histogram, info };

// Where a family's samples come from, and with which switch it is there.
enum class Section : std::uint8_t { host, smokeping, ping, blackbox, writer, exporter };

struct Family {
  std::string_view name;  // as Prometheus text has it: a counter with _total, an info with _info
  Type type = Type::gauge;
  std::string_view unit;  // the name's last word ("seconds"), or ""
  std::string_view help;
  std::string_view labels;  // "host, address, window", for people
  std::string_view absent;  // when a series of it is absent; "" never
  Section section = Section::host;
};

// In the order of the exposition.
std::span<const Family> catalogue();

const Family& family(std::string_view name);

// The name of the family in OpenMetrics: without _total or _info.
std::string_view openmetrics_name(const Family& family);

// One value a host that is kept in a snapshot. Those of windows follow the fixed ones, three a
// window: availability, coverage, downtime.
enum class Column : std::size_t {
  up,
  last_check,
  last_up,
  state_change,
  outage_duration,
  outage_start,
  outages,
  up_unplanned,
  up_planned,
  down_unplanned,
  down_planned,
  unknown_unplanned,
  unknown_planned,
  sent,
  received,
  duplicate,
  rtt_min,
  rtt_avg,
  rtt_max,
  rtt_median,
  loss,
  in_maintenance,
  flapping,
  fixed_count,  // how many these are
};
constexpr std::size_t kFixedColumns = static_cast<std::size_t>(Column::fixed_count);
constexpr std::size_t kWindowColumns = 3;

// A series of a family: which column, and the label that tells it from the others.
struct Series {
  std::size_t column = 0;
  std::string label;  // `window="24h"`, or ""
  Unit unit = Unit::count;
};

// The series of a host family; empty for those that are made otherwise (histograms, info).
std::vector<Series> series_of(std::string_view family_name, std::span<const std::string> windows);

// The table of METRICS.md: one line a family of the section.
std::string catalogue_table(Section section);

}  // namespace pingtrail::metrics
