// SPDX-License-Identifier: GPL-3.0-or-later
// The number at the front of a text, as plugins write numbers.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace pingtrail::text {

struct NumberPrefix {
  std::optional<double> value;  // absent: a number by its looks, but beyond what a double holds
  std::size_t length = 0;       // bytes the number took

  bool operator==(const NumberPrefix&) const = default;
};

// [+-] digits [(. or ,) digits] [e [+-] digits] at the front of `text`; what follows is left alone.
// "5." and ".5" are numbers; an `e` without digits behind it belongs to what follows ("5eur"); a
// comma counts only between digits. Absent when no number stands there.
std::optional<NumberPrefix> number_prefix(std::string_view text);

// True for what may stand as a unit: no digits, quotes, '=' or ';', no blank or control byte, and
// not the first byte of something that wants to be a number or a range (+ - . , : @ ~).
// The empty text is a unit, too. At most 32 bytes.
bool is_unit(std::string_view text);

}  // namespace pingtrail::text
