// SPDX-License-Identifier: GPL-3.0-or-later
// One line of an import as an observation.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "perfdata/history/observation.h"

namespace pingtrail::history {

enum class ImportColumn : std::uint8_t { time, host, state, interval_s, boot_ms, other };

// Which column is where; `fewest` fields must be there.
struct ImportColumns {
  std::array<ImportColumn, 16> at{ImportColumn::time, ImportColumn::host, ImportColumn::state,
                                  ImportColumn::interval_s, ImportColumn::boot_ms};
  std::size_t size = 5;
  std::size_t fewest = 3;
};

// A header line, `time,...` with the columns in any order; the fact that is wrong with it, or "".
std::string parse_import_header(std::string_view line, ImportColumns& out);

// `host` points into the line, or into `unquoted` where the field was quoted.
struct ImportLine {
  std::string_view host;
  WallTime at{};
  ObservedState state = ObservedState::indeterminate;
  std::optional<Milliseconds> interval;
  std::optional<BootTime> boot;
  std::string unquoted;
};

// The fact that is wrong with the line (without its newline), or "". Fields by RFC 4180.
std::string parse_import_line(std::string_view line, const ImportColumns& columns, ImportLine& out);

}  // namespace pingtrail::history
