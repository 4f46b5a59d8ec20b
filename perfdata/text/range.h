// SPDX-License-Identifier: GPL-3.0-or-later
// Ranges as the Monitoring Plugins write their limits.
#pragma once

#include <optional>
#include <string_view>

namespace pingtrail::text {

// From start to end, both included. Format: the threshold page of the Monitoring Plugins'
// development guidelines.
struct Range {
  std::optional<double> start = 0.0;  // absent: no lower bound
  std::optional<double> end;          // absent: no upper bound
  bool inside = false;                // alert inside the range instead of outside

  bool operator==(const Range&) const = default;
};

// "[@][start:][end]" where start is a number or "~" (no lower bound) and defaults to 0, and end is
// a number or nothing behind a colon. "10", "10:", "~:10", "10:20", "@10:20". Numbers as
// number_prefix() takes them, each with an optional unit behind it ("10ms"), which is dropped.
// Absent: not a range, or its start lies above its end.
std::optional<Range> parse_range(std::string_view text);

// Whether a value inside or outside the range calls for an alert.
bool alerts(const Range& range, double value);

}  // namespace pingtrail::text
