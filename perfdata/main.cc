// SPDX-License-Identifier: GPL-3.0-or-later
// pingtrail-rrd: perfdata of Nagios and Icinga into RRD archives.
#include <systemd/sd-daemon.h>

#include <cstdlib>
#include <iostream>
#include <span>
#include <string>
#include <variant>

#include "perfdata/daemon.h"
#include "perfdata/rrd_options.h"

namespace {

using pingtrail::rrd_options::HelpRequested;
using pingtrail::rrd_options::Settings;

int refuse(const std::string& message) {
  std::cerr << "pingtrail-rrd: " << message << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<const char* const> arguments(argv + 1,
                                               static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
  auto parsed = pingtrail::rrd_options::parse(arguments);
  if (!parsed) return refuse(parsed.error().message);
  if (const auto* help = std::get_if<HelpRequested>(&*parsed)) {
    std::cout << help->text;
    return 0;
  }
  const auto& settings = std::get<Settings>(*parsed);
  // librrd would send everything to the daemon this names, and every path it is given as well.
  ::unsetenv("RRDCACHED_ADDRESS");
  const pingtrail::base::Log log(settings.log_level);
  if (settings.dry_run) return pingtrail::daemon::tell_forecast(settings, log);
  const auto notify = [](const std::string& state) { ::sd_notify(0, state.c_str()); };
  const auto reload = [&]() -> pingtrail::base::Expected<Settings> {
    auto again = pingtrail::rrd_options::parse(arguments);
    if (!again) return again.error();
    return std::get<Settings>(*again);
  };
  return pingtrail::daemon::run(settings, log, notify, reload);
}
