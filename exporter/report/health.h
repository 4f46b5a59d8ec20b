// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the recording itself works, by the plugin protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exporter/report/status.h"
#include "perfdata/base/time.h"

namespace pingtrail::report {

// The perfdata that waits to be archived, in all spools that are watched.
struct SpoolFacts {
  std::uint64_t files = 0;                       // waiting, or taken and not finished
  std::uint64_t bytes = 0;                       // of them
  std::optional<base::Milliseconds> oldest_age;  // absent: nothing waits
  std::string oldest;                            // path of that file
  std::uint64_t rejected_lines = 0;              // listed in rejected/ and not cleared away
  bool operator==(const SpoolFacts&) const = default;
};

// What the writers of archives tell of themselves. Of several, the greatest ages and the sums.
struct WriterFacts {
  base::Milliseconds age{0};  // of what they tell
  std::string oldest;         // the root of the archives whose writer has been silent longest
  std::optional<base::Milliseconds> newest_sample_age;   // absent: none was ever written
  std::optional<base::Milliseconds> oldest_pending_age;  // absent: nothing waited for them
  std::int64_t rejects = 0;                              // since ever
  std::int64_t store_failures = 0;                       // since ever; each was tried again
  bool operator==(const WriterFacts&) const = default;
};

// What was found in the state directories, spools and archives.
struct HealthFacts {
  std::uint64_t hosts = 0;
  std::optional<base::Milliseconds> newest_check_age;  // absent: no check at all
  std::uint64_t unreadable = 0;                        // state files
  std::uint64_t pending = 0;                           // transitions that wait for the journal
  std::uint64_t lost = 0;                              // transitions for which there was no room
  std::uint64_t records = 0;                           // of the journals
  std::vector<std::string> broken;    // one fact a journal that is broken or cannot be read
  std::vector<std::string> torn;      // one fact a journal with a torn end
  double free_pct = 100;              // of the fullest file system
  std::uint64_t free_bytes = 0;       // there
  std::optional<SpoolFacts> spool;    // absent: not asked for
  std::optional<WriterFacts> writer;  // absent: not asked for, or nothing to be read
  std::vector<std::string> unknown;   // "object: fact" of what could not be looked at
};

// At or above an age or a number, at or below a share that is free, it alerts.
struct HealthLimits {
  base::Milliseconds age_warning{600000};
  base::Milliseconds age_critical{1800000};
  double free_warning_pct = 10;
  double free_critical_pct = 5;
  base::Milliseconds spool_age_warning{300000};
  base::Milliseconds spool_age_critical{1800000};
  std::int64_t spool_files_warning = 100;
  std::int64_t spool_files_critical = 1000;
  base::Milliseconds writer_age_warning{120000};
  base::Milliseconds writer_age_critical{600000};
};

struct Health {
  int exit_code = 0;  // 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
  std::string line;   // "OK - text | perfdata", without a newline
  bool operator==(const Health&) const = default;
};

// What is wrong comes worst first. Without spool and writer the line is as if there were no such
// thing. A spool's age is judged by what lies there, else by what its writer last saw waiting.
Health judge_health(const HealthFacts& facts, const HealthLimits& limits);

// "UNKNOWN - object: fact", exit 3.
Health unknown_health(const std::string& message);

}  // namespace pingtrail::report
