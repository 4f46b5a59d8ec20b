// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of this process, by the names that Prometheus' client libraries gave them.
#pragma once

#include <cstdint>
#include <optional>

namespace pingtrail::metrics {

// Absent where /proc does not tell.
struct ProcessFigures {
  std::optional<double> cpu_seconds;
  std::optional<std::uint64_t> resident_bytes;
  std::optional<std::uint64_t> virtual_bytes;
  std::optional<std::uint64_t> open_fds;
  std::optional<std::uint64_t> max_fds;      // absent also where there is no limit
  std::optional<double> start_time_seconds;  // since 1970
  bool operator==(const ProcessFigures&) const = default;
};

}  // namespace pingtrail::metrics
