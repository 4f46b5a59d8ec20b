// SPDX-License-Identifier: GPL-3.0-or-later
// What a picture's address asks for: ?service=&range=&w=&h=&theme=
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"

namespace pingtrail::graph {

inline constexpr int kLeastWidth = 100;
inline constexpr int kMostWidth = 4000;
inline constexpr int kLeastHeight = 50;
inline constexpr int kMostHeight = 2000;

// The archive of the host itself.
inline constexpr std::string_view kHostService = "_HOST_";

struct GraphQuery {
  std::string service{kHostService};
  base::Milliseconds range{std::chrono::hours{24}};
  int width_px = 900;  // of the whole picture
  int height_px = 320;
  bool dark = false;

  bool operator==(const GraphQuery&) const = default;
};

// "4h", "2d", "1w", "1y" (365 days): from 4 hours up to 366 days. The error names the text.
base::Expected<base::Milliseconds> parse_range(std::string_view text);

// Reads service, range, w, h and theme (light or dark) out of a decoded query. Of a key that is
// there twice the last counts; other keys are passed over, since pages add some against caches.
// The error names the key: "w: 99: not a number from 100 to 4000".
base::Expected<GraphQuery> parse_graph_query(
    std::span<const std::pair<std::string, std::string>> query);

}  // namespace pingtrail::graph
