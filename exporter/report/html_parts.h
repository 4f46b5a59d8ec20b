// SPDX-License-Identifier: GPL-3.0-or-later
// The pieces of the page; html.cc puts them together.
#pragma once

#include <string>
#include <string_view>

#include "exporter/report/report.h"

namespace pingtrail::report {

// The style sheet's text.
std::string_view html_style();

// & < > " ' as entities; the text is made printable first.
std::string html_text(std::string_view text);

// `<time>` in local time of the zone, the offset in a fainter hand.
std::string html_instant(WallTime at, std::string_view zone);

// Sections with their headings; "" when there is nothing to show.
void add_figures_section(std::string& out, const Report& report);
void add_budget_section(std::string& out, const Report& report);
void add_worst_section(std::string& out, const Report& report);
void add_strip_section(std::string& out, const Report& report);
void add_outage_section(std::string& out, const Report& report);

}  // namespace pingtrail::report
