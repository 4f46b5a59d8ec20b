// SPDX-License-Identifier: GPL-3.0-or-later
// What the daemons have to say: one line an event on standard error, with the journal's priority
// prefix under systemd and a time stamp elsewhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "perfdata/base/time.h"

namespace pingtrail::base {

enum class LogLevel { error, warning, info, debug };

// "error", "warning", "info" or "debug"; absent for anything else.
std::optional<LogLevel> parse_log_level(std::string_view text);

// The line with its newline: "<4>text" for the journal (sd-daemon(3)), else
// "2026-11-21T06:44:04Z warning: text". Control characters of the text become '?'.
std::string log_line(LogLevel level, std::string_view text, WallTime now, bool for_journal);

// Writes events up to a level. Any thread may call it: a line is one write(2).
class Log {
 public:
  explicit Log(LogLevel most);

  void operator()(LogLevel level, std::string_view text) const;

 private:
  LogLevel most_;
  bool for_journal_;
};

}  // namespace pingtrail::base
