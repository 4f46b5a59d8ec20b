// SPDX-License-Identifier: GPL-3.0-or-later
// What a new archive keeps, and for how long: PNP4Nagios' rra.cfg.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::rrd {

struct Rra {
  std::string function;        // AVERAGE, MAX, MIN or LAST
  double unknown_share = 0.5;  // rrdtool's xff, 0 or more and below 1
  std::int64_t steps_per_row = 1;
  std::int64_t rows = 0;

  bool operator==(const Rra&) const = default;
};

struct RraConfig {
  std::int64_t step_s = 60;
  std::int64_t heartbeat_s = 8460;
  std::vector<Rra> archives;

  bool operator==(const RraConfig&) const = default;
};

// PNP4Nagios' own: a minute for 2 days, 5 for 10, 30 for 90, 6 hours for 4 years, each as average,
// maximum and minimum.
RraConfig default_rra_config();

// Lines "RRA_STEP=60", "RRD_HEARTBEAT=8460" and "RRA:AVERAGE:0.5:1:2880"; '#' begins a comment.
// Errors: "line 3: ...", among them a configuration without any RRA.
base::Expected<RraConfig> parse_rra_config(std::string_view text);

// "RRA:AVERAGE:0.5:1:2880", as rrdtool takes it.
std::string rra_definition(const Rra& rra);

// What one archive of that many sources takes on disk (rrdtool's format 0003 with 64 bits).
std::uint64_t archive_bytes(const RraConfig& config, std::uint64_t sources);

}  // namespace pingtrail::rrd
