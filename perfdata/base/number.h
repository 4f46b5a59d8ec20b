// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers from and to text. Always the C locale, always the whole string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pingtrail::base {

// Decimal digits with an optional leading '-', nothing else: no '+', no blanks, no 0x. Absent when
// the text is anything else or does not fit.
std::optional<std::int64_t> parse_integer(std::string_view text);

// Digits with an optional '-' and at most one decimal point ("200", "0.05", ".5", "5."). No
// exponent, no inf, no nan. Absent when the text is anything else.
std::optional<double> parse_decimal(std::string_view text);

// Fixed notation with exactly `decimals` digits behind the point: format_fixed(0.8333, 3) is
// "0.833". `value` must be finite.
std::string format_fixed(double value, int decimals);

// Fixed notation with at most `decimals` digits behind the point, trailing zeros left out:
// format_short(40.0, 2) is "40", format_short(33.3333, 2) is "33.33". `value` must be finite.
std::string format_short(double value, int decimals);

}  // namespace pingtrail::base
