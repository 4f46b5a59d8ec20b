// SPDX-License-Identifier: GPL-3.0-or-later
// What pingtrail-exporter is told: command line and configuration file.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "exporter/metrics/exposition.h"
#include "exporter/metrics/snapshot.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/log.h"

namespace pingtrail::site {

struct Settings {
  std::vector<std::string> state_dirs;
  std::string rrd_dir;  // "" for none
  std::string aliases;  // file, "" for none
  std::vector<std::string> listen{"127.0.0.1:19428"};
  std::string web_config;  // file, "" for none
  metrics::Compat compat;  // exporters whose metric names are given as well
  std::vector<metrics::WindowSpec> windows = metrics::default_windows();
  std::optional<bool> histogram;  // absent: by the number of hosts
  std::string zone;               // IANA name
  std::string frame_ancestors;    // who may embed the pages: a Content-Security-Policy source list
  base::LogLevel log_level = base::LogLevel::info;
  bool operator==(const Settings&) const = default;
};

struct HelpRequested {
  std::string text;
};

// Reads the words and the file that `--config` names (one `name = value` a line, the names of the
// long options; the command line wins). Errors name the option or the file's line.
base::Expected<std::variant<Settings, HelpRequested>> parse_settings(
    std::span<const std::string> words);

}  // namespace pingtrail::site
