// SPDX-License-Identifier: GPL-3.0-or-later
// Months, days and local times of a named zone. A target of its own (pingtrail_calendar): it needs
// the zone library, which the plugin must not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::history {

// Whether the zone is known; the error names it.
base::Expected<base::Done> check_zone(std::string_view zone);

// "2026-03" in "Europe/Berlin": local midnight to local midnight (2,674,800 s).
base::Expected<TimeSpan> month_window(std::string_view month, std::string_view zone);

// The local days that overlap the window, clipped to it, in order.
base::Expected<std::vector<TimeSpan>> local_days(const TimeSpan& window, std::string_view zone);

// The whole local month in which `at` lies.
base::Expected<TimeSpan> month_of(WallTime at, std::string_view zone);

// "2026-03", "2026-03-10", "2026-03-10T12:00[:30[.250]]" local time of the zone, the same with 'Z'
// or an offset (+01:00), a blank instead of 'T', or epoch milliseconds (12 digits or more) or
// seconds. A local time that happens twice is the first; one that is skipped is the instant of the
// jump.
base::Expected<WallTime> parse_instant(std::string_view text, std::string_view zone);

// "2026-11-20T17:29:04+01:00"
base::Expected<std::string> format_instant(WallTime at, std::string_view zone);

// "2026-11-20": the local date.
base::Expected<std::string> format_date(WallTime at, std::string_view zone);

// The machine's own zone by name ("UTC" when it cannot be told).
std::string local_zone();

}  // namespace pingtrail::history
