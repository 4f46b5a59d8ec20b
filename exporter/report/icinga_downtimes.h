// SPDX-License-Identifier: GPL-3.0-or-later
// Planned time from the downtimes of Icinga 2, as its API lists them. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::report {

struct IcingaDowntimes {
  std::vector<history::MaintenanceWindow> windows;
  std::vector<std::string> bad;  // "downtime NAME: fact" of those that could not be read
};

// The body of GET /v1/objects/downtimes (icinga.com, Icinga 2 API, "Config Objects"; type
// Downtime): {"results": [{"name": ..., "attrs": {...}}]}. Of hosts only; those of services are
// skipped. Fixed ones run from start_time to end_time, flexible ones that have been triggered from
// trigger_time for their duration; others are left out (nothing is planned before they begin). A
// cancelled one ends when it was removed, and one that had not begun is none. The origin is
// "icinga:NAME", blanks as %20. A bad downtime is named, the good ones count; the error tells why
// the whole is no such list.
base::Expected<IcingaDowntimes> parse_icinga_downtimes(std::string_view text, base::WallTime now);

}  // namespace pingtrail::report
