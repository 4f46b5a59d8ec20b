// SPDX-License-Identifier: GPL-3.0-or-later
// Comma-separated values by RFC 4180: CRLF behind every record, a heading first, fields quoted when
// they hold a comma, a quote or a line break. Absent values are empty fields.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exporter/report/report.h"
#include "exporter/report/status.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::report {

// A field as RFC 4180 section 2 wants it.
std::string csv_field(std::string_view text);

std::string status_csv(const Status& status);
std::string outages_csv(const OutageList& list);

// One record a host, series and group, and one for all; the column `kind` tells which.
std::string report_csv(const Report& report);

std::string maintenance_csv(std::span<const history::MaintenanceWindow> windows);

}  // namespace pingtrail::report
