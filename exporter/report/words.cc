// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/words.h"

#include <chrono>
#include <cmath>

#include "perfdata/base/number.h"
#include "perfdata/history/calendar.h"
#include "perfdata/history/outages.h"

namespace pingtrail::report {
namespace {

std::string padded(std::int64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

}  // namespace

std::string utc_text(base::WallTime at) {
  constexpr std::int64_t kDayMs = 86400000;
  const std::int64_t ms = at.time_since_epoch().count();
  const std::int64_t in_day = (ms % kDayMs + kDayMs) % kDayMs;
  const std::chrono::sys_days day{std::chrono::days((ms - in_day) / kDayMs)};
  const std::chrono::year_month_day date{day};
  return padded(static_cast<int>(date.year()), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2) + "T" + padded(in_day / 3600000, 2) + ":" +
         padded(in_day / 60000 % 60, 2) + ":" + padded(in_day / 1000 % 60, 2) + "." +
         padded(in_day % 1000, 3) + "Z";
}

std::string local_text(base::WallTime at, std::string_view zone) {
  const auto text = history::format_instant(at, zone);
  return text ? *text : utc_text(at);
}

std::string percent_text(std::optional<double> percent) {
  constexpr int kDecimals = 6;
  return percent ? base::format_fixed(*percent, kDecimals) + " %" : "-";
}

std::string span_text(std::optional<double> seconds) {
  if (!seconds) return "-";
  return history::duration_text(base::Milliseconds(std::llround(*seconds * 1000)));
}

std::string span_text(std::optional<base::Milliseconds> span) {
  return span ? history::duration_text(*span) : "-";
}

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string seconds_text(base::Milliseconds span) {
  return base::format_short(std::chrono::duration<double>(span).count(), 3);
}

std::string decimal_text(double value) { return base::format_short(value, 6); }

std::string counted(std::uint64_t count, std::string_view noun) {
  return grouped(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool c1 = byte == 0xc2 && i + 1 < text.size() &&
                    static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                    static_cast<unsigned char>(text[i + 1]) < 0xa0;
    const bool control = byte < 0x20 || byte == 0x7f || c1;
    out += control ? '?' : text[i];
    if (c1) ++i;
  }
  return out;
}

std::string shown_name(std::string_view name, std::string_view series, bool reconstructed) {
  std::string out(name);
  if (!series.empty()) out += " (" + std::string(series) + ")";
  if (reconstructed) out += " (reconstructed)";
  return out;
}

std::string reconstructed_mark(const history::Outage& outage) {
  if (!outage.reconstructed) return {};
  if (!outage.resolution) return "(reconstructed)";
  const auto step = std::chrono::ceil<std::chrono::seconds>(*outage.resolution);
  return "(reconstructed, within " + grouped(static_cast<std::uint64_t>(step.count())) + " s)";
}

std::string shown_group(std::string_view group) {
  return group.empty() ? "(no group)" : std::string(group);
}

}  // namespace pingtrail::report
