// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/instant_text.h"

#include <chrono>

namespace pingtrail::history {
namespace {

using base::Milliseconds;

// Takes exactly `digits` digits off the front; -1 when they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Milliseconds> take_date(std::string_view& text) {
  using namespace std::chrono;
  const int y = take_number(text, 4);
  if (y < 1970 || !take(text, '-')) return std::nullopt;
  const int m = take_number(text, 2);
  if (m < 1 || !take(text, '-')) return std::nullopt;
  const int d = take_number(text, 2);
  if (d < 1) return std::nullopt;
  const year_month_day date{year(y), month(static_cast<unsigned>(m)),
                            day(static_cast<unsigned>(d))};
  if (!date.ok()) return std::nullopt;
  return Milliseconds(sys_days(date).time_since_epoch());
}

// At most milliseconds; further digits are read and dropped.
std::optional<Milliseconds> take_fraction(std::string_view& text) {
  int value = 0;
  int weight = 100;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += (text.front() - '0') * weight;
    weight /= 10;
    any = true;
    text.remove_prefix(1);
  }
  if (!any) return std::nullopt;
  return Milliseconds(value);
}

std::optional<Milliseconds> take_time(std::string_view& text) {
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23 || !take(text, ':')) return std::nullopt;
  const int minute = take_number(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  Milliseconds out = std::chrono::hours(hour) + std::chrono::minutes(minute);
  if (!take(text, ':')) return out;
  const int second = take_number(text, 2);
  if (second < 0 || second > 59) return std::nullopt;
  out += std::chrono::seconds(second);
  if (!take(text, '.')) return out;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return out + *fraction;
}

std::optional<Milliseconds> take_offset(std::string_view& text) {
  if (take(text, 'Z')) return Milliseconds{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const int hour = take_number(text, 2);
  if (hour < 0 || hour > 23) return std::nullopt;
  take(text, ':');
  const int minute = text.empty() ? 0 : take_number(text, 2);
  if (minute < 0 || minute > 59) return std::nullopt;
  const Milliseconds offset = std::chrono::hours(hour) + std::chrono::minutes(minute);
  return west ? -offset : offset;
}

}  // namespace

std::optional<WrittenInstant> parse_written_instant(std::string_view text) {
  WrittenInstant out;
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  out.as_utc = base::WallTime(*date);
  if (text.empty()) return out;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  out.as_utc += *time;
  if (text.empty()) return out;
  out.offset = take_offset(text);
  if (!out.offset || !text.empty()) return std::nullopt;
  return out;
}

}  // namespace pingtrail::history
