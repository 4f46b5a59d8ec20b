// SPDX-License-Identifier: GPL-3.0-or-later
// The metrics that belong to no host. Pure.
#pragma once

#include <string>

#include "exporter/metrics/catalogue.h"
#include "exporter/metrics/exposition.h"

namespace pingtrail::metrics {

// HELP, TYPE and UNIT of a family, as the format has them.
std::string family_header(const Family& family, Format format);

// Whole families, one after the other.
std::string global_metrics(const Snapshot& snapshot, const ScrapeFigures& figures, Format format);

}  // namespace pingtrail::metrics
