// SPDX-License-Identifier: GPL-3.0-or-later
// What librrd is told to draw: its words as a list, decided without it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/graph/graph.h"

namespace pingtrail::graph {

// The words of `rrdtool graph`, from "graph" on; the picture goes to memory ("-"). `path`: what
// librrd opens, without ':' and '\'.
std::vector<std::string> graph_words(const GraphRequest& request, const ReadableArchive& archive,
                                     const std::string& path);

// Text of somebody else's as part of a legend or comment: printable, ':' escaped, '\' (which
// rrdtool takes for the beginning of a control word) replaced by the character U+2216 that looks
// like it; at most `columns` characters, the last one then being "…".
std::string legend_text(std::string_view text, std::size_t columns);

// The first `columns` characters, "…" being the last one where there are more.
std::string shortened(std::string_view text, std::size_t columns);

// Figures of the legend that a drawing had no value for: their words, GPRINTs, become comments with
// a dash. `legends` are the texts of that drawing, in order. False when every figure had a value,
// and nothing was changed.
bool dash_missing(std::vector<std::string>& words, std::span<const std::string> legends);

// Spans as rrdtool's arithmetic: 1 in every step that touches one of them, else 0. Clipped to the
// picture; those closer together than `gap_s` are one. "" when none is left.
std::string spans_expression(std::span<const history::TimeSpan> spans,
                             const history::TimeSpan& picture, std::int64_t gap_s);

// The step, in seconds, of the rows from which rrdtool draws a picture of that range and width.
std::int64_t drawn_step_s(const ReadableArchive& archive, std::int64_t range_s, int width_px,
                          std::int64_t now_s);

}  // namespace pingtrail::graph
