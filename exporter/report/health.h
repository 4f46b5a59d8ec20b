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

// What was found in the state directories.
struct HealthFacts {
  std::uint64_t hosts = 0;
  std::optional<base::Milliseconds> newest_check_age;  // absent: no check at all
  std::uint64_t unreadable = 0;                        // state files
  std::uint64_t pending = 0;                           // transitions that wait for the journal
  std::uint64_t lost = 0;                              // transitions for which there was no room
  std::uint64_t records = 0;                           // of the journals
  std::vector<std::string> broken;  // one fact a journal that is broken or cannot be read
  std::vector<std::string> torn;    // one fact a journal with a torn end
  double free_pct = 100;            // of the fullest file system
  std::uint64_t free_bytes = 0;     // there
};

// At or above an age, at or below a share that is free, it alerts.
struct HealthLimits {
  base::Milliseconds age_warning{600000};
  base::Milliseconds age_critical{1800000};
  double free_warning_pct = 10;
  double free_critical_pct = 5;
};

struct Health {
  int exit_code = 0;  // 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
  std::string line;   // "OK - text | perfdata", without a newline
  bool operator==(const Health&) const = default;
};

Health judge_health(const HealthFacts& facts, const HealthLimits& limits);

// "UNKNOWN - object: fact", exit 3.
Health unknown_health(const std::string& message);

}  // namespace pingtrail::report
