// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/calendar.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>

#include "perfdata/base/number.h"
#include "perfdata/history/instant_text.h"

namespace pingtrail::history {
namespace {

using LocalTime = date::local_time<Milliseconds>;
using SysTime = date::sys_time<Milliseconds>;

base::Error unknown_zone(std::string_view zone) {
  return base::invalid_input(std::string(zone), "no such time zone");
}

// The library throws for a name it does not know, or when the machine has no zone data.
const date::time_zone* find_zone(std::string_view zone) {
  try {
    return date::locate_zone(zone.empty() ? std::string_view("UTC") : zone);
  } catch (const std::exception&) {
    return nullptr;
  }
}

// A local time that happens twice is the first, one that is skipped the instant of the jump.
WallTime to_instant(const date::time_zone& zone, LocalTime local) {
  const SysTime at = zone.to_sys(local, date::choose::earliest);
  return WallTime(at.time_since_epoch());
}

LocalTime to_local(const date::time_zone& zone, WallTime at) {
  return zone.to_local(SysTime(at.time_since_epoch()));
}

TimeSpan month_span(const date::time_zone& zone, date::year_month month) {
  const auto first = [&zone](date::year_month m) {
    return to_instant(zone, LocalTime(date::local_days(m / date::day(1))));
  };
  return {first(month), first(month + date::months(1))};
}

std::string two_digits(std::int64_t value) {
  return (value < 10 ? "0" : "") + std::to_string(value);
}

std::string date_text(LocalTime local) {
  const date::year_month_day day(date::floor<date::days>(local));
  return std::to_string(static_cast<int>(day.year())) + "-" +
         two_digits(static_cast<unsigned>(day.month())) + "-" +
         two_digits(static_cast<unsigned>(day.day()));
}

// Epoch milliseconds (12 digits or more) or seconds.
std::optional<WallTime> parse_epoch(std::string_view text) {
  constexpr std::size_t kFewestMsDigits = 12;
  if (text.size() > 15) return std::nullopt;
  const auto value = base::parse_integer(text);
  if (!value || *value < 0) return std::nullopt;
  return WallTime(Milliseconds(text.size() >= kFewestMsDigits ? *value : *value * 1000));
}

// "2026-03" and nothing else.
std::optional<date::year_month> parse_month(std::string_view text) {
  if (text.size() != 7) return std::nullopt;
  const auto written = parse_written_instant(std::string(text) + "-01");
  if (!written) return std::nullopt;
  const date::sys_days days = date::floor<date::days>(SysTime(written->as_utc.time_since_epoch()));
  const date::year_month_day day(days);
  return day.year() / day.month();
}

}  // namespace

base::Expected<base::Done> check_zone(std::string_view zone) {
  if (find_zone(zone) == nullptr) return unknown_zone(zone);
  return base::ok();
}

base::Expected<TimeSpan> month_window(std::string_view month, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return unknown_zone(zone);
  const auto parsed = parse_month(month);
  if (!parsed) return base::invalid_input(std::string(month), "not a month as 2026-03");
  return month_span(*found, *parsed);
}

base::Expected<TimeSpan> month_of(WallTime at, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return unknown_zone(zone);
  const date::year_month_day day(date::floor<date::days>(to_local(*found, at)));
  return month_span(*found, day.year() / day.month());
}

base::Expected<std::vector<TimeSpan>> local_days(const TimeSpan& window, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return unknown_zone(zone);
  std::vector<TimeSpan> out;
  auto day = date::floor<date::days>(to_local(*found, window.from));
  WallTime from = window.from;
  while (from < window.to) {
    day += date::days(1);
    const WallTime to = std::min(window.to, to_instant(*found, LocalTime(day)));
    // Where a zone skipped a whole day there is nothing between two midnights.
    if (to > from) out.push_back({from, to});
    from = std::max(from, to);
  }
  return out;
}

base::Expected<WallTime> parse_instant(std::string_view text, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return unknown_zone(zone);
  if (const auto epoch = parse_epoch(text)) return *epoch;
  if (const auto month = parse_month(text)) return month_span(*found, *month).from;
  const auto written = parse_written_instant(text);
  if (!written) {
    return base::invalid_input(std::string(text), "not a time as 2026-03-10T12:00:00+01:00");
  }
  if (written->offset) return written->as_utc - *written->offset;
  return to_instant(*found, LocalTime(written->as_utc.time_since_epoch()));
}

base::Expected<std::string> format_instant(WallTime at, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return unknown_zone(zone);
  const LocalTime local = to_local(*found, at);
  const auto of_day = date::floor<std::chrono::seconds>(local - date::floor<date::days>(local));
  const std::int64_t second = of_day.count();
  const std::int64_t offset = found->get_info(SysTime(at.time_since_epoch())).offset.count() / 60;
  const std::int64_t ahead = offset < 0 ? -offset : offset;
  return date_text(local) + "T" + two_digits(second / 3600) + ":" + two_digits(second / 60 % 60) +
         ":" + two_digits(second % 60) + (offset < 0 ? "-" : "+") + two_digits(ahead / 60) + ":" +
         two_digits(ahead % 60);
}

base::Expected<std::string> format_date(WallTime at, std::string_view zone) {
  const date::time_zone* found = find_zone(zone);
  if (found == nullptr) return unknown_zone(zone);
  return date_text(to_local(*found, at));
}

std::string local_zone() {
  try {
    return date::current_zone()->name();
  } catch (const std::exception&) {
    return "UTC";
  }
}

}  // namespace pingtrail::history
