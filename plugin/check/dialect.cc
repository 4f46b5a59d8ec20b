// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/dialect.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "plugin/check/parse.h"

namespace pingtrail::check {
namespace {

using enum Takes;

constexpr std::array<std::string_view, 6> kNames = {"check_pingtrail", "check_icmp", "check_host",
                                                    "check_rta_multi", "check_ping", "check_fping"};

constexpr std::array kHistoryOptions = std::to_array<OptionSpec>({
    {Opt::state_dir, '\0', "state-dir", value, "DIR",
     "where the history of hosts is kept (default: the packaged directory)"},
    {Opt::no_history, '\0', "no-history", nothing, "", "keep no history"},
    {Opt::name, '\0', "name", value, "NAME",
     "the name under which the host is recorded (default: NAGIOS_HOSTNAME, else HOST)"},
    {Opt::series, '\0', "series", value, "LABEL",
     "a history of its own beside the host's plain one"},
    {Opt::group, '\0', "group", value, "GROUP", "the group recorded for reports"},
    {Opt::interval, '\0', "interval", value, "S", "the expected time between checks, in seconds"},
    {Opt::down_warning, '\0', "down-warning", value, "DUR",
     "WARNING while the host is down, however long; units s, m, h, d"},
    {Opt::down_critical, '\0', "down-critical", value, "DUR",
     "CRITICAL once the host has been down so long, WARNING before"},
    {Opt::perfdata, '\0', "perfdata", value, "STYLE", "compat or full (default: compat)"},
    {Opt::spool, '\0', "spool", value, "DIR",
     "also leave the performance data there for pingtrail-rrd"},
});

}  // namespace

std::string_view dialect_name(Dialect dialect) { return kNames[static_cast<std::size_t>(dialect)]; }

Dialect dialect_of(std::string_view program) {
  const std::size_t slash = program.rfind('/');
  const std::string_view name =
      slash == std::string_view::npos ? program : program.substr(slash + 1);
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  return found == kNames.end() ? Dialect::native : static_cast<Dialect>(found - kNames.begin());
}

DialectRules rules_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::native:
      return native_rules();
    case Dialect::check_ping:
      return ping_rules();
    case Dialect::check_fping:
      return fping_rules();
    case Dialect::check_icmp:
    case Dialect::check_host:
    case Dialect::check_rta_multi:
      break;
  }
  return icmp_rules(dialect);
}

std::span<const OptionSpec> history_options() { return kHistoryOptions; }

std::vector<OptionSpec> option_table(const DialectRules& rules) {
  std::vector<OptionSpec> table(rules.options.begin(), rules.options.end());
  for (const OptionSpec& spec : kHistoryOptions) {
    const bool taken = std::any_of(rules.options.begin(), rules.options.end(),
                                   [&](const OptionSpec& own) { return own.name == spec.name; });
    if (!taken) {
      table.push_back(spec);
    }
  }
  return table;
}

}  // namespace pingtrail::check
