// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/query.h"

#include <optional>

#include "perfdata/base/number.h"

namespace pingtrail::graph {
namespace {

using base::Expected;
using base::invalid_input;
using base::Milliseconds;

constexpr std::chrono::hours kShortest{4};
constexpr std::chrono::hours kLongest{24 * 366};
constexpr std::int64_t kMostUnits = 100'000;

std::optional<std::chrono::hours> unit_of(char letter) {
  constexpr int kDay = 24;
  switch (letter) {
    case 'h':
      return std::chrono::hours{1};
    case 'd':
      return std::chrono::hours{kDay};
    case 'w':
      return std::chrono::hours{kDay * 7};
    case 'y':
      return std::chrono::hours{kDay * 365};
    default:
      return std::nullopt;
  }
}

Expected<int> pixels(const std::string& key, const std::string& text, int least, int most) {
  const auto value = base::parse_integer(text);
  if (value && *value >= least && *value <= most) return static_cast<int>(*value);
  return invalid_input(key + ": " + text, "not a number from " + std::to_string(least) + " to " +
                                              std::to_string(most));
}

Expected<base::Done> take(GraphQuery& out, const std::string& key, const std::string& value) {
  if (key == "service") {
    if (value.empty()) return invalid_input(key, "empty");
    out.service = value;
  } else if (key == "range") {
    const auto range = parse_range(value);
    if (!range) return range.error();
    out.range = *range;
  } else if (key == "w") {
    const auto width = pixels(key, value, kLeastWidth, kMostWidth);
    if (!width) return width.error();
    out.width_px = *width;
  } else if (key == "h") {
    const auto height = pixels(key, value, kLeastHeight, kMostHeight);
    if (!height) return height.error();
    out.height_px = *height;
  } else if (key == "theme") {
    if (value != "light" && value != "dark") {
      return invalid_input("theme: " + value, "not one of light, dark");
    }
    out.dark = value == "dark";
  }
  return base::ok();
}

}  // namespace

Expected<Milliseconds> parse_range(std::string_view text) {
  const auto refused = [text] {
    return invalid_input("range: " + std::string(text), "not a range from 4h to 1y, as 4h, 2d, 1w");
  };
  if (text.empty()) return refused();
  const auto unit = unit_of(text.back());
  const auto count = base::parse_integer(text.substr(0, text.size() - 1));
  if (!unit || !count || *count < 1 || *count > kMostUnits) return refused();
  const Milliseconds range = *count * *unit;
  if (range < kShortest || range > kLongest) return refused();
  return range;
}

Expected<GraphQuery> parse_graph_query(std::span<const std::pair<std::string, std::string>> query) {
  GraphQuery out;
  for (const auto& [key, value] : query) {
    if (const auto taken = take(out, key, value); !taken) return taken.error();
  }
  return out;
}

}  // namespace pingtrail::graph
