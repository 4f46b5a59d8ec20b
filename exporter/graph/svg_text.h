// SPDX-License-Identifier: GPL-3.0-or-later
// Cairo writes text into SVG as outlines. This puts the words back, for screen readers and search.
#pragma once

#include <span>
#include <string>

#include "exporter/graph/graph.h"

namespace pingtrail::graph {

// The picture with <title> and <desc> as the first children of its <svg> element, and its size in
// pixels.
std::string with_text(const std::string& svg, const GraphRequest& request,
                      std::span<const std::string> legends);

}  // namespace pingtrail::graph
