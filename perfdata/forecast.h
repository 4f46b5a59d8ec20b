// SPDX-License-Identifier: GPL-3.0-or-later
// What draining a spool would make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/drain.h"

namespace pingtrail::drain {

struct Forecast {
  std::size_t files = 0;
  std::size_t samples = 0;
  std::size_t rejected = 0;  // lines
  std::size_t archives = 0;
  std::size_t new_archives = 0;
  std::uint64_t new_bytes = 0;  // of the new archives

  bool operator==(const Forecast&) const = default;
};

// Reads all waiting files of a spool without taking or changing anything. Of the configuration, rra
// and only_command count.
base::Expected<Forecast> forecast(const std::string& spool_directory,
                                  const std::string& rrd_directory, const DrainConfig& config);

// "12 files, 345 samples, 0 lines to reject, 10 archives, 4 of them new, taking 1.5 MiB"
std::string forecast_text(const Forecast& forecast);

}  // namespace pingtrail::drain
