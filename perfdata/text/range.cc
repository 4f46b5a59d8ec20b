// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/text/range.h"

#include "perfdata/text/number_prefix.h"

namespace pingtrail::text {
namespace {

std::optional<double> bound(std::string_view text) {
  const std::optional<NumberPrefix> number = number_prefix(text);
  if (!number || !is_unit(text.substr(number->length))) return std::nullopt;
  return number->value;
}

}  // namespace

std::optional<Range> parse_range(std::string_view text) {
  Range range;
  if (text.starts_with('@')) {
    range.inside = true;
    text.remove_prefix(1);
  }
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view start = text.substr(0, colon);
    const std::optional<double> number = bound(start);
    if (start != "~" && !number) return std::nullopt;
    range.start = number;
    text.remove_prefix(colon + 1);
    if (text.empty()) return range;
  }
  range.end = bound(text);
  if (!range.end || (range.start && *range.start > *range.end)) return std::nullopt;
  return range;
}

bool alerts(const Range& range, double value) {
  const bool below = range.start && value < *range.start;
  const bool above = range.end && value > *range.end;
  return (below || above) != range.inside;
}

}  // namespace pingtrail::text
