// SPDX-License-Identifier: GPL-3.0-or-later
// A small estate with one of everything a metric can say, as of one instant.
#pragma once

#include <string>

#include "exporter/metrics/exposition.h"

namespace pingtrail::metrics::test {

// 2026-11-20T12:00:00Z plus so many seconds: the as-of instant of the estate is noon(0).
WallTime noon(std::int64_t seconds);

// core-sw (up, and a second series), down-6 (down, planned), stale, odd names, journal-only (no
// state file), never (INDETERMINATE only), and old-rrd from an RRD.
SnapshotInputs estate();

SnapshotOptions options();

std::shared_ptr<const Snapshot> snapshot();

// Figures that do not depend on this process.
ScrapeFigures figures();

// Text of golden/NAME beside the tests; with PINGTRAIL_UPDATE_GOLDEN set it is first written.
std::string golden(const std::string& name, const std::string& now);

}  // namespace pingtrail::metrics::test
