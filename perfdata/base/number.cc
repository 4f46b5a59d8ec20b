// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace pingtrail::base {
namespace {

// Room for the longest double in fixed notation: 309 digits, sign, point and decimals.
constexpr std::size_t kLongestFixed = 400;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<double> parse_decimal(std::string_view text) {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  // from_chars alone would also take "inf" and "nan".
  if (std::none_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return is_digit(c) || c == '.'; })) {
    return std::nullopt;
  }
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string format_fixed(double value, int decimals) {
  std::array<char, kLongestFixed> buffer{};
  const auto [stop, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                             std::chars_format::fixed, decimals);
  if (failure != std::errc()) return "0";
  std::string text(buffer.data(), stop);
  // A tiny negative value must not print as "-0.000".
  if (text.starts_with('-') && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
  return text;
}

std::string format_short(double value, int decimals) {
  std::string text = format_fixed(value, decimals);
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace pingtrail::base
