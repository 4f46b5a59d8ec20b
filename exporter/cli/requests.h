// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of history in words, whoever asks: the subcommands and the exporter's API. Pure.
#pragma once

#include <string>

#include "exporter/cli/options.h"
#include "exporter/report/report.h"
#include "exporter/report/status.h"
#include "perfdata/base/expected.h"

namespace pingtrail::cli {

// month, window, from, to, group, target, confirm. Without days. Errors name the option.
base::Expected<report::ReportRequest> report_request(const Words& words, const std::string& zone,
                                                     base::WallTime asof);

// host, from, to, min, confirm. Errors name the option.
base::Expected<report::OutageQuery> outage_query(const Words& words, const std::string& zone,
                                                 base::WallTime asof);

}  // namespace pingtrail::cli
