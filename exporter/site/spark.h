// SPDX-License-Identifier: GPL-3.0-or-later
// The last day's round-trip times of a host out of its archive, for the line on the status page.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exporter/graph/archive_index.h"
#include "exporter/reconstruct/rows.h"
#include "perfdata/base/time.h"

namespace pingtrail::site {

constexpr std::size_t kSparkPoints = 96;  // a quarter of an hour each

// The means of the day up to `now`, oldest first, in the unit of the rows: each row counts where
// its end lies, and only those of the finest stretch that reaches a day back, else of the one that
// reaches furthest. Absent where no row has data; empty when none has. Pure.
std::vector<std::optional<double>> day_means(std::span<const reconstruct::Stretch> stretches,
                                             base::WallTime now);

// The same of the host's own archive, in seconds; empty when it has none that can be read.
std::vector<std::optional<double>> day_of(graph::ArchiveIndex& archives, const std::string& host,
                                          base::WallTime now);

}  // namespace pingtrail::site
