// SPDX-License-Identifier: GPL-3.0-or-later
// The landing page: every host, those that are down first. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/report/status.h"

namespace pingtrail::site {

// A host on the page.
struct StatusLine {
  report::StatusRow row;
  std::string alias;  // for people; "" when there is none
  bool reconstructed = false;
  std::optional<double> availability_24h_pct, availability_30d_pct;
  std::vector<history::StateSpan> day;       // the last 24 h
  std::vector<std::optional<double>> rtt_s;  // over the same time, evenly; empty: not known
};

// What the reader chose, as it came.
struct StatusFilter {
  std::string state;  // "up", "down", "unknown", "maintenance"; "" for all
  std::string group;
  std::string text;  // part of the host's name, alias or address
  std::size_t page = 1;
};

struct StatusCounts {
  std::size_t hosts = 0, up = 0, down = 0, unknown = 0, maintenance = 0;
};

struct StatusPage {
  history::WallTime asof{};
  std::string zone;
  std::string month;  // the current one, "2026-03"
  StatusFilter filter;
  StatusCounts counts;              // of all hosts
  std::size_t matching = 0;         // hosts that the filter lets through
  std::vector<StatusLine> lines;    // those of this page
  std::vector<std::string> groups;  // all there are, sorted
  std::vector<std::string> notes;
  bool verified = true;
};

constexpr std::size_t kLinesPerPage = 200;

// Whether the filter lets the row through.
bool passes(const StatusFilter& filter, const report::StatusRow& row, std::string_view alias);

// Down first, then unknown, then up; by name and series among equals.
bool goes_before(const report::StatusRow& a, const report::StatusRow& b);

std::string status_html(const StatusPage& page);

}  // namespace pingtrail::site
