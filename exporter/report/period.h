// SPDX-License-Identifier: GPL-3.0-or-later
// From what people write to a window: months, rolling windows, instants, durations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "perfdata/base/expected.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::report {

// "90", "90s", "15m", "24h", "7d", "2w": whole numbers, seconds without a unit. The error names the
// text.
base::Expected<base::Milliseconds> parse_duration(std::string_view text);

// The options that choose a window, as written.
struct PeriodWords {
  std::optional<std::string> month;   // "2026-03"
  std::optional<std::string> window;  // "24h"
  std::optional<std::string> from, to;
};

struct Period {
  history::TimeSpan window;
  std::string label;  // "2026-03", "last 24h" or ""
  bool operator==(const Period&) const = default;
};

// Exactly one of a month, a rolling window that ends at `asof`, or from (and to; `asof` without
// one). Refused: none, several, an end that is not after its start, a start after `asof`.
base::Expected<Period> choose_period(const PeriodWords& words, std::string_view zone,
                                     base::WallTime asof);

// From and to, each or both left out: everything up to `asof`.
base::Expected<history::TimeSpan> choose_span(const std::optional<std::string>& from,
                                              const std::optional<std::string>& to,
                                              std::string_view zone, base::WallTime asof);

}  // namespace pingtrail::report
