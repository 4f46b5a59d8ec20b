// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces that the served pages share. Everything from outside goes through report::html_text() or
// url_part().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "perfdata/history/outages.h"

namespace pingtrail::site {

// A path segment or a query value, percent-encoded (all but the unreserved of RFC 3986).
std::string url_part(std::string_view text);

// "?a=1&b=2" ready for an attribute; "" without any. Empty values are left out.
std::string query_html(const std::vector<std::pair<std::string, std::string>>& query);

// The document up to and with <main>: title, style, and the links between the pages (`here` is the
// one that is shown: "/", ...).
std::string page_head(std::string_view title, std::string_view here, std::string_view month);

// </main>, footer and the end; `as_of` is shown in it.
std::string page_foot(history::WallTime asof, std::string_view zone);

// A state as sign and word in its colour: "▲ UP", "▼ DOWN", "? UNKNOWN".
std::string state_html(const std::optional<history::ObservedState>& state);

// The states of a window as a picture of its own (inline SVG): down red and full height, unknown a
// grey middle, up a low green; over it the round-trip times as a line, scaled to their greatest
// (evenly spaced over the window, absent ones leave holes; none at all is fine). `label` says the
// same in words to those who do not see it.
std::string spark_svg(const std::vector<history::StateSpan>& spans,
                      const std::vector<std::optional<double>>& rtt_s, std::string_view label);

}  // namespace pingtrail::site
