// SPDX-License-Identifier: GPL-3.0-or-later
// Planned time: the grammar of the maintenance file, and of the cores' downtime blocks.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::history {

// A window for every host whose name matches the glob (`*`, `?`, `[...]`).
struct MaintenanceWindow {
  std::string host_glob;
  TimeSpan span;
  WallTime added{};    // when it was written down
  std::string origin;  // "manual", "nagios:downtime_id", ...: one word, no blank
  std::string comment;
  bool operator==(const MaintenanceWindow&) const = default;
};

// A line that could not be read, for people: "line 3: no end".
struct BadLine {
  std::size_t line = 0;  // from 1
  std::string fact;
  bool operator==(const BadLine&) const = default;
};

struct MaintenanceFile {
  std::vector<MaintenanceWindow> windows;
  std::vector<BadLine> bad;
};

// The maintenance file: one window a line, fields apart by TAB:
//   window TAB from_ms TAB to_ms TAB added_ms TAB origin TAB host_glob TAB comment
// '%', TAB, CR and LF in a field are %25 %09 %0D %0A. Lines starting with '#' and empty ones are
// ignored, so is a last line without its newline (a write that was cut). A window that is written
// twice (same glob, span and origin) is read once.
MaintenanceFile parse_maintenance(std::string_view text);

// One line with its newline.
std::string format_maintenance(const MaintenanceWindow& window);

// Shell pattern over the whole name, bytes compared as they are.
bool glob_matches(std::string_view glob, std::string_view name);

// The pattern that fits this name and no other.
std::string glob_of(std::string_view name);

// The union of the windows that match the name: sorted, disjoint, empty ones left out.
std::vector<TimeSpan> planned_spans(std::span<const MaintenanceWindow> windows,
                                    std::string_view host_name);

// How much of [from, to) the spans cover.
Milliseconds covered(std::span<const TimeSpan> planned, WallTime from, WallTime to);

// The `hostdowntime` blocks of Nagios' status.dat and retention.dat. Fixed ones run from start_time
// to end_time; flexible ones that have started from their real start for their duration, others are
// left out (nothing is planned before they start). Other blocks are skipped; a bad block is named
// by the line it begins at, the good ones count.
MaintenanceFile parse_nagios_downtimes(std::string_view text, WallTime now);

}  // namespace pingtrail::history
