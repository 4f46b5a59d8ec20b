// SPDX-License-Identifier: GPL-3.0-or-later
// A small estate with one of everything: groups, series, planned time, a monitor that was off, a
// host that is down now, one that never answered, names and reasons that want escaping.
#pragma once

#include "exporter/report/report.h"

namespace pingtrail::report::test {

// 2026-03-01T00:00 in Europe/Berlin plus so many seconds.
WallTime march(std::int64_t seconds);

history::Archive sample_archive();

// March 2026 in Berlin as of its 20th day at noon UTC, target 99.9 %, with days.
ReportRequest sample_request();

// Text of golden/NAME beside the tests; with PINGTRAIL_UPDATE_GOLDEN set it is first written.
std::string golden(const std::string& name, const std::string& now);

}  // namespace pingtrail::report::test
