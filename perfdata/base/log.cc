// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "perfdata/base/posix_clock.h"

namespace pingtrail::base {
namespace {

struct LevelName {
  LogLevel level;
  std::string_view name;
  std::string_view priority;
};
constexpr std::array<LevelName, 4> kLevels = {{{LogLevel::error, "error", "<3>"},
                                               {LogLevel::warning, "warning", "<4>"},
                                               {LogLevel::info, "info", "<6>"},
                                               {LogLevel::debug, "debug", "<7>"}}};

void append_padded(std::string& out, long long number, std::size_t digits) {
  const std::string text = std::to_string(number);
  if (text.size() < digits) out.append(digits - text.size(), '0');
  out += text;
}

std::string time_stamp(WallTime now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss time(seconds - days);
  std::string out = std::to_string(static_cast<int>(date.year()));
  const std::array<std::pair<char, long long>, 5> parts = {
      {{'-', static_cast<unsigned>(date.month())},
       {'-', static_cast<unsigned>(date.day())},
       {'T', time.hours().count()},
       {':', time.minutes().count()},
       {':', time.seconds().count()}}};
  for (const auto& [separator, number] : parts) {
    out += separator;
    append_padded(out, number, 2);
  }
  return out + "Z";
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view text) {
  for (const LevelName& level : kLevels) {
    if (level.name == text) return level.level;
  }
  return std::nullopt;
}

std::string log_line(LogLevel level, std::string_view text, WallTime now, bool for_journal) {
  const LevelName& named = kLevels[static_cast<std::size_t>(level)];
  std::string out;
  if (for_journal) {
    out = named.priority;
  } else {
    out = time_stamp(now) + " " + std::string(named.name) + ": ";
  }
  for (const char c : text) out += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
  return out + "\n";
}

Log::Log(LogLevel most) : most_(most), for_journal_(std::getenv("JOURNAL_STREAM") != nullptr) {}

void Log::operator()(LogLevel level, std::string_view text) const {
  if (level > most_) return;
  const std::string line = log_line(level, text, wall_now(), for_journal_);
  // Nobody to tell when standard error is gone.
  [[maybe_unused]] const ssize_t count = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace pingtrail::base
