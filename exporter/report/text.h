// SPDX-License-Identifier: GPL-3.0-or-later
// What people read on a terminal: aligned, with colour when asked for.
#pragma once

#include <span>
#include <string>

#include "exporter/report/report.h"
#include "exporter/report/status.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::report {

std::string status_text(const Status& status, bool colour);
std::string outages_text(const OutageList& list, bool colour);
std::string report_text(const Report& report, bool colour);
std::string maintenance_text(std::span<const history::MaintenanceWindow> windows,
                             std::string_view zone, WallTime now, bool colour);

}  // namespace pingtrail::report
