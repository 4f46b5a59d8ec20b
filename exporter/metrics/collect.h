// SPDX-License-Identifier: GPL-3.0-or-later
// What the metrics need from outside: this process in /proc, and the RRD writer's counters. An
// edge.
#pragma once

#include <optional>
#include <string>

#include "exporter/metrics/process.h"
#include "perfdata/rrd/counters.h"

namespace pingtrail::metrics {

ProcessFigures read_process_figures();

// RRD_DIR/.pingtrail/counters; absent when there is none or it cannot be read.
std::optional<rrd::Counters> read_writer_counters(const std::string& rrd_dir);

}  // namespace pingtrail::metrics
