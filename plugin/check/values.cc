// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "perfdata/base/number.h"

namespace pingtrail::check {
namespace {

using base::Error;
using base::Expected;

constexpr double kDaySeconds = 86400.0;

Error refusal(std::string_view text, std::string_view wanted) {
  return Error{base::ErrorKind::invalid_input,
               "'" + std::string(text) + "' is not " + std::string(wanted)};
}

struct Unit {
  std::string_view name;
  double factor;
};

// The number in front of the longest unit that fits, times its factor. A bare number takes the
// first unit. Absent when the text is anything else or negative.
template <std::size_t N>
std::optional<double> scaled(std::string_view text, const std::array<Unit, N>& units) {
  std::string_view number = text;
  double factor = units[0].factor;
  for (const Unit& unit : units) {
    if (text.ends_with(unit.name)) {
      number = text.substr(0, text.size() - unit.name.size());
      factor = unit.factor;
      break;
    }
  }
  const std::optional<double> value = base::parse_decimal(number);
  if (!value || *value < 0 || std::signbit(*value)) {
    return std::nullopt;
  }
  return *value * factor;
}

// To the nearest, halves up. `value` is not negative and fits. Not std::llround: nothing else of
// the plugin needs libm, and mapping it costs 40 us a check (2026-11-21).
std::int64_t rounded(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return value - static_cast<double>(whole) < 0.5 ? whole : whole + 1;
}

std::string limits_text(std::int64_t min, std::int64_t max) {
  return "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
}

}  // namespace

Expected<std::int64_t> parse_count(std::string_view text, std::int64_t min, std::int64_t max) {
  const std::optional<std::int64_t> value = base::parse_integer(text);
  if (!value || *value < min || *value > max) {
    return refusal(text, limits_text(min, max));
  }
  return *value;
}

Expected<Nanoseconds> parse_time(std::string_view text) {
  // "ms" first: it is the default, and longer than the "s" it ends with.
  constexpr std::array<Unit, 3> kUnits = {{{"ms", 1e6}, {"us", 1e3}, {"s", 1e9}}};
  const std::optional<double> value = scaled(text, kUnits);
  if (!value || *value > kDaySeconds * 1e9) {
    return refusal(text, "a time (a number, then us, ms or s; ms if none)");
  }
  return Nanoseconds(rounded(*value));
}

Expected<Nanoseconds> parse_seconds(std::string_view text) {
  constexpr std::array<Unit, 1> kUnits = {{{"s", 1e9}}};
  const std::optional<double> value = scaled(text, kUnits);
  if (!value || *value < 1 || *value > kDaySeconds * 1e9) {
    return refusal(text, "a number of seconds above 0 and at most 86400");
  }
  return Nanoseconds(rounded(*value));
}

Expected<Milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<Unit, 4> kUnits = {
      {{"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", kDaySeconds * 1e3}}};
  const std::optional<double> value = scaled(text, kUnits);
  if (!value || *value > kDaySeconds * 1e3 * 3653) {
    return refusal(text, "a duration (a number, then s, m, h or d; s if none)");
  }
  return Milliseconds(rounded(*value));
}

Expected<double> parse_loss(std::string_view text) {
  std::string_view number = text;
  if (number.ends_with('%')) {
    number.remove_suffix(1);
  }
  const std::optional<double> value = base::parse_decimal(number);
  if (!value || std::signbit(*value) || *value > 100) {
    return refusal(text, "a loss from 0% to 100%");
  }
  return *value;
}

Expected<double> parse_number(std::string_view text, double min, double max) {
  const std::optional<double> value = base::parse_decimal(text);
  if (!value || *value < min || *value > max) {
    return refusal(
        text, "a number from " + base::format_short(min, 3) + " to " + base::format_short(max, 3));
  }
  return *value;
}

Expected<double> parse_mos(std::string_view text) { return parse_number(text, 0, 5); }
Expected<double> parse_score(std::string_view text) { return parse_number(text, 0, 100); }

Expected<std::uint8_t> parse_dscp(std::string_view text) {
  using Name = std::pair<std::string_view, int>;
  constexpr std::array<Name, 25> kNames = {
      {{"CS0", 0},   {"CS1", 8},   {"CS2", 16},  {"CS3", 24},  {"CS4", 32},
       {"CS5", 40},  {"CS6", 48},  {"CS7", 56},  {"AF11", 10}, {"AF12", 12},
       {"AF13", 14}, {"AF21", 18}, {"AF22", 20}, {"AF23", 22}, {"AF31", 26},
       {"AF32", 28}, {"AF33", 30}, {"AF41", 34}, {"AF42", 36}, {"AF43", 38},
       {"EF", 46},   {"VA", 44},   {"LE", 1},    {"BE", 0},    {"DF", 0}}};
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    }
  }
  std::optional<std::int64_t> value = base::parse_integer(text);
  for (const auto& [name, number] : kNames) {
    if (upper == name) {
      value = number;
    }
  }
  if (!value || *value < 0 || *value > 63) {
    return refusal(text, "a DSCP (0 to 63, or a name like EF or AF41)");
  }
  return static_cast<std::uint8_t>(*value << 2);  // RFC 2474: the upper six bits of the byte
}

Expected<std::uint32_t> parse_mark(std::string_view text) {
  std::uint32_t value = 0;
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = hex ? text.substr(2) : text;
  const char* end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
  if (code != std::errc() || stop != end) {
    return refusal(text, "a mark from 0 to 4294967295 (or 0x...)");
  }
  return value;
}

Expected<RtaLoss> parse_rta_loss(std::string_view text) {
  const std::size_t comma = text.find(',');
  const Expected<Nanoseconds> rta = parse_time(text.substr(0, comma));
  if (!rta) {
    return rta.error();
  }
  RtaLoss result{*rta, std::nullopt};
  if (comma != std::string_view::npos) {
    const Expected<double> loss = parse_loss(text.substr(comma + 1));
    if (!loss) {
      return loss.error();
    }
    result.loss = *loss;
  }
  return result;
}

Expected<RtaLoss> parse_rta_loss_any_order(std::string_view text) {
  const std::size_t mark = text.find_first_of(",:");
  const std::string_view first = text.substr(0, mark);
  const bool pair = mark != std::string_view::npos;
  const std::string_view second = pair ? text.substr(mark + 1) : std::string_view();
  if (pair && first.ends_with('%') == second.ends_with('%')) {
    return refusal(text, "a pair RTA,PL% with one percentage");
  }
  RtaLoss result;
  for (const std::string_view part : {first, second}) {
    if (part.ends_with('%')) {
      const Expected<double> loss = parse_loss(part);
      if (!loss) {
        return loss.error();
      }
      result.loss = *loss;
    } else if (pair || part.data() == first.data()) {
      const Expected<Nanoseconds> rta = parse_time(part);
      if (!rta) {
        return rta.error();
      }
      result.rta = *rta;
    }
    if (!pair) {
      break;
    }
  }
  return result;
}

}  // namespace pingtrail::check
