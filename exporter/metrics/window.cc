// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <limits>
#include <utility>

#include "exporter/metrics/snapshot.h"
#include "perfdata/base/number.h"

namespace pingtrail::metrics {
namespace {

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::int64_t kMostSeconds = std::int64_t{100} * 366 * kDaySeconds;

// "24h": a whole number and its unit; absent when it is none, or longer than a century.
std::optional<Milliseconds> length_of(std::string_view text) {
  constexpr auto kUnits = std::to_array<std::pair<char, std::int64_t>>(
      {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', kDaySeconds}, {'w', 7 * kDaySeconds}});
  if (text.empty()) return std::nullopt;
  const auto* const unit =
      std::find_if(kUnits.begin(), kUnits.end(),
                   [last = text.back()](const auto& known) { return known.first == last; });
  const auto number = base::parse_integer(text.substr(0, text.size() - 1));
  if (unit == kUnits.end() || !number || *number <= 0) return std::nullopt;
  if (*number > kMostSeconds / unit->second) return std::nullopt;
  return Milliseconds(*number * unit->second * 1000);
}

}  // namespace

base::Expected<std::vector<WindowSpec>> parse_windows(std::span<const std::string> texts) {
  std::vector<WindowSpec> out;
  for (const std::string& text : texts) {
    const WindowSpec spec{text, text == "month" ? std::nullopt : length_of(text)};
    if (!spec.length && text != "month") {
      return base::invalid_input(text, "not a window such as 24h, 30d or month");
    }
    if (std::any_of(out.begin(), out.end(),
                    [&text](const WindowSpec& other) { return other.label == text; })) {
      return base::invalid_input(text, "this window is given twice");
    }
    out.push_back(spec);
    if (out.size() > kMaxWindows) {
      return base::invalid_input(text, "more than " + std::to_string(kMaxWindows) + " windows");
    }
  }
  return out;
}

std::vector<WindowSpec> default_windows() {
  const std::vector<std::string> texts{"24h", "30d", "month"};
  return *parse_windows(texts);
}

}  // namespace pingtrail::metrics
