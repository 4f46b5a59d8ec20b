// SPDX-License-Identifier: GPL-3.0-or-later
// What the writer counts, for its own log and for the exporter. Kept in the file
// ROOT/.pingtrail/counters, one "name value" a line; unknown names are passed over by readers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pingtrail::rrd {

struct Counters {
  // Since ever: restarts go on counting.
  std::int64_t samples_written_total = 0;
  std::int64_t samples_duplicate_total = 0;  // already archived, or two of one second that agree
  std::int64_t samples_filtered_total = 0;   // not --only-command
  std::int64_t rejects_total = 0;  // lines of rejected/: bad lines, bad items, late samples
  std::int64_t files_released_total = 0;
  std::int64_t archives_created_total = 0;
  std::int64_t archives_set_aside_total = 0;
  std::int64_t sources_added_total = 0;
  std::int64_t lock_waits_total = 0;
  std::int64_t store_failures_total = 0;  // tries that failed and are made again
  // As of updated_ms.
  std::int64_t updated_ms = 0;  // wall clock, since 1970
  std::int64_t pending_files = 0;
  std::int64_t pending_bytes = 0;
  std::int64_t oldest_pending_ms = 0;  // last change of the oldest waiting file; 0 when none waits
  std::int64_t newest_sample_s = 0;    // TIMET of the newest sample written

  bool operator==(const Counters&) const = default;
};

std::string format_counters(const Counters& counters);

// Missing and unreadable values are 0.
Counters parse_counters(std::string_view text);

// The totals of `more` added to those of `sum`; newest_sample_s becomes the greater one.
void add_totals(Counters& sum, const Counters& more);

}  // namespace pingtrail::rrd
