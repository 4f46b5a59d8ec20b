// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of packet loss, and what they say of a host.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "perfdata/history/observation.h"

namespace pingtrail::reconstruct {

// The rows of one RRA, oldest first. A row is labelled with its end: it tells of the time from
// label - step, not included, to label.
struct Stretch {
  std::int64_t step_s = 60;
  std::int64_t first_s = 0;                 // label of the first row, since 1970
  std::vector<std::optional<double>> loss;  // percent; absent: a row without data

  bool operator==(const Stretch&) const = default;
};

// One observation a row, oldest first: 100 % is DOWN, a row without data INDETERMINATE, anything
// else UP; the interval stated is the row's step. Newer time is told by the finest rows there are,
// older by coarser ones, from the finest stretch's first row with data back; a coarse row that
// reaches into finer ones is left out.
//
// The instant is that of the first primary row (of `base_step_s`) in it, label - step +
// base_step_s: for the finest rows the check that filled them, and for a coarse row that is DOWN
// the earliest instant it vouches for. So start and end of an outage are right within a step.
//
// The newest observation states 300 s at least: how often a host is checked cannot be told from
// rows, and until the next check the newest state is to hold.
std::vector<history::Observation> observations_of(std::span<const Stretch> stretches,
                                                  std::int64_t base_step_s);

}  // namespace pingtrail::reconstruct
