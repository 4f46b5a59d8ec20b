// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/cli/terminal_progress.h"

#include <stdio.h>

#include <chrono>
#include <utility>

#include "exporter/cli/context.h"
#include "exporter/report/progress.h"
#include "perfdata/base/posix_clock.h"

namespace pingtrail::cli {
namespace {

constexpr std::chrono::milliseconds kFirst{500};
constexpr std::chrono::milliseconds kEvery{100};

}  // namespace

TerminalProgress::TerminalProgress(std::string task, std::string unit)
    : task_(std::move(task)),
      unit_(std::move(unit)),
      enabled_(progress_wanted()),
      begun_(base::mono_now()),
      next_(begun_ + kFirst) {}

void TerminalProgress::update(std::uint64_t done, std::uint64_t total) {
  if (!enabled_) return;
  const base::MonoTime now = base::mono_now();
  if (now < next_) return;
  next_ = now + kEvery;
  const double elapsed = std::chrono::duration<double>(now - begun_).count();
  const std::string line =
      "\r" + report::progress_line(task_, done, total, unit_, elapsed) + "\x1b[K";
  fputs(line.c_str(), stderr);
  shown_ = true;
}

void TerminalProgress::clear() {
  if (shown_) fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace pingtrail::cli
