// SPDX-License-Identifier: GPL-3.0-or-later
// How values are written, for people and for machines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "perfdata/base/time.h"
#include "perfdata/history/outages.h"

namespace pingtrail::report {

// "2026-03-10T00:10:00.000Z": instants of JSON and CSV.
std::string utc_text(base::WallTime at);

// "2026-03-10T01:10:00+01:00": local time of the zone; in UTC where the zone is not known.
std::string local_text(base::WallTime at, std::string_view zone);

// "99.986111 %", "-" for none.
std::string percent_text(std::optional<double> percent);

// "0 days 00:03:22"; "-" for none.
std::string span_text(std::optional<double> seconds);
std::string span_text(std::optional<base::Milliseconds> span);

// 10000 is "10,000".
std::string grouped(std::uint64_t value);

// Seconds as a decimal: 202.5 s is "202.5".
std::string seconds_text(base::Milliseconds span);
std::string decimal_text(double value);

// "1 host", "2 hosts"
std::string counted(std::uint64_t count, std::string_view noun);

// The text on one line and without anything a terminal would obey: control characters (C0, DEL and
// the C1 of UTF-8) become '?'.
std::string printable(std::string_view text);

// "name" or "name (series)"; hosts known from an RRD alone have " (reconstructed)" behind it.
std::string shown_name(std::string_view name, std::string_view series, bool reconstructed = false);

// "(reconstructed, within 60 s)" for an outage that was read from an RRD's rows, else "".
std::string reconstructed_mark(const history::Outage& outage);

// The group, or "(no group)".
std::string shown_group(std::string_view group);

}  // namespace pingtrail::report
