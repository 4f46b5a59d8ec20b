// SPDX-License-Identifier: GPL-3.0-or-later
// The command line and the configuration file of pingtrail-rrd.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <variant>

#include "perfdata/base/expected.h"
#include "perfdata/base/log.h"

namespace pingtrail::rrd_options {

struct Settings {
  std::string spool;
  std::string rrd_dir;
  std::string rra_cfg;    // "": the defaults
  std::string rrdcached;  // "": librrd in the process
  std::string only_command;
  std::chrono::seconds group{0};
  int threads = 0;  // 0: as many as help
  bool once = false;
  bool dry_run = false;
  base::LogLevel log_level = base::LogLevel::info;

  bool operator==(const Settings&) const = default;
};

// A text to print instead of doing anything.
struct HelpRequested {
  std::string text;
};

// `arguments` as main() gets them, without the program's name. Options of the command line beat
// those of the file --config names. Errors name the option.
base::Expected<std::variant<Settings, HelpRequested>> parse(std::span<const char* const> arguments);

}  // namespace pingtrail::rrd_options
