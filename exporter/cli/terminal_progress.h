// SPDX-License-Identifier: GPL-3.0-or-later
// A progress bar on standard error, when that is a terminal.
#pragma once

#include <cstdint>
#include <string>

#include "perfdata/base/time.h"

namespace pingtrail::cli {

// Draws at most ten times a second, and nothing in the first half second: what is done at once
// needs no bar. Gone from the screen when it goes out of scope.
class TerminalProgress {
 public:
  TerminalProgress(std::string task, std::string unit);
  ~TerminalProgress() { clear(); }
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void update(std::uint64_t done, std::uint64_t total);
  // Takes the bar off the screen, for other lines to be written.
  void clear();

 private:
  std::string task_;
  std::string unit_;
  bool enabled_ = false;
  bool shown_ = false;
  base::MonoTime begun_{};
  base::MonoTime next_{};
};

}  // namespace pingtrail::cli
