// SPDX-License-Identifier: GPL-3.0-or-later
// The report as one page: no script, nothing loaded from elsewhere, light and dark, printable on
// A4.
#pragma once

#include <string>

#include "exporter/report/report.h"

namespace pingtrail::report {

// The whole document. The strip per host and day is there when the request asked for days.
std::string report_html(const Report& report);

}  // namespace pingtrail::report
