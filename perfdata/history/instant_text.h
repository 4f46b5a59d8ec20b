// SPDX-License-Identifier: GPL-3.0-or-later
// ISO 8601 instants without any zone but an offset.
#pragma once

#include <optional>
#include <string_view>

#include "perfdata/base/time.h"

namespace pingtrail::history {

// A date and a time of day as written, as if it were UTC, and the offset that was written.
struct WrittenInstant {
  base::WallTime as_utc{};
  std::optional<base::Milliseconds> offset;  // +01:00 is 3,600 s; 'Z' is 0; absent: none written
};

// "2026-03-10", "2026-03-10T12:00[:30[.250]]" or with a blank instead of 'T', behind a time also
// 'Z', "+01:00", "+0100" or "+01". Years 1970 to 9999, no leap seconds. Absent for anything else.
std::optional<WrittenInstant> parse_written_instant(std::string_view text);

}  // namespace pingtrail::history
