// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/period.h"

#include <utility>

#include "perfdata/base/number.h"
#include "perfdata/history/calendar.h"

namespace pingtrail::report {
namespace {

using base::Expected;
using base::invalid_input;
using base::Milliseconds;
using base::WallTime;
using history::TimeSpan;

// Seconds of a unit; 0 for none that is known.
std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    case 'w':
      return 604800;
    default:
      return 0;
  }
}

// A hundred years: beyond it the arithmetic of instants is not safe.
constexpr std::int64_t kLongestSeconds = 100LL * 366 * 86400;

Expected<WallTime> instant(const std::string& option, const std::string& text,
                           std::string_view zone) {
  auto at = history::parse_instant(text, zone);
  if (!at) return base::Error{at.error().kind, option + ": " + at.error().message};
  return at;
}

Expected<TimeSpan> ordered(const TimeSpan& span) {
  if (span.from >= span.to) return invalid_input("--to", "not after --from");
  return span;
}

Expected<Period> not_ahead(Period period, const std::string& option, WallTime asof) {
  if (period.window.from >= asof) {
    return invalid_input(option, "begins after the as-of instant, there is nothing to report");
  }
  return period;
}

Expected<Period> rolling(const std::string& text, WallTime asof) {
  const auto length = parse_duration(text);
  if (!length) return base::Error{length.error().kind, "--window: " + length.error().message};
  if (*length <= Milliseconds{0}) return invalid_input("--window: " + text, "not above 0");
  return Period{{asof - *length, asof}, "last " + text};
}

}  // namespace

Expected<Milliseconds> parse_duration(std::string_view text) {
  std::string_view digits = text;
  std::int64_t unit = 1;
  if (!text.empty() && (text.back() < '0' || text.back() > '9')) {
    unit = unit_seconds(text.back());
    digits.remove_suffix(1);
  }
  const auto value = base::parse_integer(digits);
  if (unit == 0 || !value || *value < 0) {
    return invalid_input(std::string(text), "not a duration as 90s, 15m, 24h or 7d");
  }
  if (*value > kLongestSeconds / unit) return invalid_input(std::string(text), "too long");
  return Milliseconds(*value * unit * 1000);
}

Expected<TimeSpan> choose_span(const std::optional<std::string>& from,
                               const std::optional<std::string>& to, std::string_view zone,
                               WallTime asof) {
  TimeSpan span{WallTime{}, asof};
  if (from) {
    const auto at = instant("--from", *from, zone);
    if (!at) return at.error();
    span.from = *at;
  }
  if (to) {
    const auto at = instant("--to", *to, zone);
    if (!at) return at.error();
    span.to = *at;
  }
  return ordered(span);
}

Expected<Period> choose_period(const PeriodWords& words, std::string_view zone, WallTime asof) {
  const int ways = (words.month ? 1 : 0) + (words.window ? 1 : 0) + (words.from ? 1 : 0);
  if (ways == 0) return invalid_input("period", "needs --month, --window, or --from and --to");
  if (ways > 1) return invalid_input("period", "only one of --month, --window and --from");
  if (words.to && !words.from) return invalid_input("--to", "needs --from");
  if (words.month) {
    const auto span = history::month_window(*words.month, zone);
    if (!span) return base::Error{span.error().kind, "--month: " + span.error().message};
    return not_ahead({*span, *words.month}, "--month", asof);
  }
  if (words.window) return rolling(*words.window, asof);
  if (!words.to) {
    const auto at = instant("--from", *words.from, zone);
    if (!at) return at.error();
    return not_ahead({{*at, asof}, ""}, "--from", asof);
  }
  const auto span = choose_span(words.from, words.to, zone, asof);
  if (!span) return span.error();
  return not_ahead({*span, ""}, "--from", asof);
}

}  // namespace pingtrail::report
