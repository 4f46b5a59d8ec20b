// SPDX-License-Identifier: GPL-3.0-or-later
// Small pieces of text that several places print.
#pragma once

#include <string>
#include <string_view>

#include "perfdata/base/time.h"

namespace pingtrail::check {

// The text with '?' for every byte that would break the plugin's output or the core's parsing of
// it: control characters, newlines and '|'.
std::string printable(std::string_view text);

// A time as a decimal number of milliseconds.
double milliseconds(base::Nanoseconds time);

// "0.833", three decimals of milliseconds, rounded. `time` is not negative.
std::string fixed_ms(base::Nanoseconds time);

// "0 days 00:03:22".
std::string duration_text(base::Milliseconds duration);

// "2026-11-20T17:29:04+01:00": local time by `utc_offset`, ISO 8601, whole seconds.
std::string iso_time(base::WallTime instant, std::chrono::seconds utc_offset);

}  // namespace pingtrail::check
