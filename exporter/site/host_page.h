// SPDX-License-Identifier: GPL-3.0-or-later
// One host: how it is, how it has been, its graphs and its outages. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/report/status.h"

namespace pingtrail::site {

// A window's figures and what the window is called.
struct NamedFigures {
  std::string name;  // "24 h"
  history::WindowFigures figures;
};

// One series of the host ("" is the plain one).
struct SeriesView {
  report::StatusRow row;
  bool reconstructed = false;
  std::vector<NamedFigures> windows;
  std::vector<history::StateSpan> day;   // the last 24 h
  std::vector<history::Outage> outages;  // newest first
  std::size_t outages_in_all = 0;        // of which those are the newest
};

struct HostPage {
  history::WallTime asof{};
  std::string zone;
  std::string month;  // the current one, "2026-03"
  std::string name;
  std::string alias;
  std::vector<SeriesView> series;     // may be empty for a host that has archives only
  std::vector<std::string> services;  // with archives; "_HOST_" is the host check's
  std::string service;                // whose graphs are shown; "" for none
  std::vector<std::string> notes;
};

constexpr std::size_t kOutagesShown = 100;

std::string host_html(const HostPage& page);

}  // namespace pingtrail::site
