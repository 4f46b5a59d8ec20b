// SPDX-License-Identifier: GPL-3.0-or-later
// The machine's forms as JSON: REPORT_JSON.md. Every text ends with a newline; bytes that are no
// UTF-8 become U+FFFD.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exporter/report/report.h"
#include "exporter/report/status.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::report {

std::string status_json(const Status& status);
std::string outages_json(const OutageList& list);
std::string report_json(const Report& report);
std::string maintenance_json(std::span<const history::MaintenanceWindow> windows);

// {"error": "object: fact"}
std::string error_json(std::string_view message);

// Target groups for Prometheus' http_sd, one a host and series: the probed address as target, and
// what is known of the host as __meta_pingtrail_host, _series, _group and _state.
std::string targets_json(const Status& status);

}  // namespace pingtrail::report
