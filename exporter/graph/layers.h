// SPDX-License-Identifier: GPL-3.0-or-later
// The data of a picture, from the ground up: shaded time, then lines, and what the legend says of
// them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "exporter/graph/colours.h"
#include "exporter/graph/graph.h"

namespace pingtrail::graph {

struct Canvas {
  std::int64_t from_s = 0;  // since 1970
  std::int64_t to_s = 0;
  std::int64_t step_s = 60;  // of the rows drawn
  std::int64_t pixel_s = 1;  // what a pixel stands for
  std::size_t columns = 80;  // of text
  bool legend = true;
};

// A ping: round-trip times with their band, loss as coloured ground.
void add_ping_layers(std::vector<std::string>& words, const GraphRequest& request,
                     const ReadableArchive& archive, const PingSources& ping,
                     const std::string& path, const Canvas& canvas, const Colours& colours);

// Anything else: a line a source, and the limits.
void add_service_layers(std::vector<std::string>& words, const GraphRequest& request,
                        const ReadableArchive& archive, const std::string& path,
                        const Canvas& canvas, const Colours& colours);

}  // namespace pingtrail::graph
