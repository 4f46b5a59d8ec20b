// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/text/number_prefix.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

namespace pingtrail::text {
namespace {

constexpr std::size_t kLongestUnit = 32;
// Longer digit strings than this are no measurement; the copy below stays on the stack.
constexpr std::size_t kLongestCommaNumber = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

std::size_t skip_exponent(std::string_view text, std::size_t at) {
  if (at >= text.size() || (text[at] != 'e' && text[at] != 'E')) return at;
  std::size_t digits = at + 1;
  if (digits < text.size() && (text[digits] == '+' || text[digits] == '-')) ++digits;
  const std::size_t end = skip_digits(text, digits);
  return end == digits ? at : end;
}

std::optional<double> converted(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);  // from_chars knows no plus
  double value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> with_comma_replaced(std::string_view text) {
  std::array<char, kLongestCommaNumber> copy{};
  if (text.size() > copy.size()) return std::nullopt;
  std::replace_copy(text.begin(), text.end(), copy.begin(), ',', '.');
  return converted(std::string_view(copy.data(), text.size()));
}

}  // namespace

std::optional<NumberPrefix> number_prefix(std::string_view text) {
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) at = 1;
  const std::size_t first = at;
  at = skip_digits(text, at);
  const std::size_t whole = at - first;
  bool comma = false;
  std::size_t fraction = 0;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
    const std::size_t end = skip_digits(text, at + 1);
    fraction = end - at - 1;
    const bool point = text[at] == '.' && whole + fraction > 0;
    comma = text[at] == ',' && whole > 0 && fraction > 0;
    if (point || comma) at = end;
  }
  if (whole + fraction == 0) return std::nullopt;
  const std::size_t length = skip_exponent(text, at);
  const std::string_view number = text.substr(0, length);
  return NumberPrefix{comma ? with_comma_replaced(number) : converted(number), length};
}

bool is_unit(std::string_view text) {
  constexpr std::string_view kNeverFirst = "+-.,:@~";
  if (text.empty()) return true;
  if (text.size() > kLongestUnit || kNeverFirst.find(text[0]) != std::string_view::npos)
    return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    const bool control = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    return control || is_digit(c) || c == '\'' || c == '"' || c == '=' || c == ';';
  });
}

}  // namespace pingtrail::text
