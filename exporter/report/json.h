// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's forms as JSON: REPORT_JSON.md. Every text ends with a newline; bytes that are no
// UTF-8 become U+FFFD.
#pragma once

#include <span>
#include <string>

#include "exporter/report/report.h"
#include "exporter/report/status.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::report {

std::string status_json(const Status& status);
std::string outages_json(const OutageList& list);
std::string report_json(const Report& report);
std::string maintenance_json(std::span<const history::MaintenanceWindow> windows);

}  // namespace pingtrail::report
