// SPDX-License-Identifier: GPL-3.0-or-later
// The worked cases of tests/golden as values, for tests only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "perfdata/history/outages.h"

namespace pingtrail::history {

struct ExpectedOutage {
  WallTime start{};
  std::optional<WallTime> end;
  Milliseconds down{0};
  Milliseconds unknown{0};
  Milliseconds lower_bound{0};
  std::optional<Milliseconds> upper_bound;
};

struct GoldenCase {
  std::string name;
  std::vector<Observation> observations;  // in order of arrival
  TimeSpan window;
  WallTime asof{};
  std::uint32_t confirm = 1;
  std::vector<TimeSpan> planned;
  std::vector<ExpectedOutage> outages;
  WindowFigures figures;
};

// Reads a file of cases below the directory that the build names; throws on a broken file.
std::vector<GoldenCase> read_golden(const std::string& file);

// "2026-03-10T00:10:00.000Z"
WallTime iso(const std::string& text);

}  // namespace pingtrail::history
