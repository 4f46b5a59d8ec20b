// SPDX-License-Identifier: GPL-3.0-or-later
// Command line syntax: which words are options and which values belong to them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::check {

// What an option means, whatever a dialect calls it.
enum class Opt : std::uint8_t {
  help,
  version,
  verbose,
  extra_opts,
  host,
  ipv4_only,
  ipv6_only,
  all_addresses,
  warning,
  critical,
  rta_limits,
  loss_limits,
  jitter_limits,
  mos_limits,
  score_limits,
  order,
  probes,
  packet_interval,
  target_interval,
  rate,
  min_alive,
  ttl,
  size,
  source,
  tos,
  dscp,
  dont_fragment,
  fwmark,
  timeout,
  reply_timeout,
  early,
  alive,
  html_link,
  html_off,
  output_format,
  ignored,
  state_dir,
  no_history,
  name,
  series,
  group,
  interval,
  down_warning,
  down_critical,
  perfdata,
  spool,
  positional,  // a word that is no option; in no table
};

enum class Takes : std::uint8_t { nothing, value, optional_value };

// One row of a dialect's table. Rows with an empty `help` are other spellings of a row above them.
struct OptionSpec {
  Opt id = Opt::ignored;
  char letter = '\0';     // 0: none
  std::string_view name;  // long name; empty: none
  Takes takes = Takes::nothing;
  std::string_view value;  // placeholder in --help
  std::string_view help;   // with default and unit
};

// One option as it was met, in order. `spelling` is how messages call it ("-n",
// "--number-of-packets").
struct GivenOption {
  Opt id = Opt::positional;
  std::string spelling;
  std::string value;
  std::string origin;  // "FILE: line N: " for what an ini file said; empty for the command line

  bool operator==(const GivenOption&) const = default;
};

// Splits `words` (without the program's name) by the table, as getopt_long does: letters may be
// joined (-vv, -w200,40%), long names may be shortened while only one option fits, options and
// other words may be mixed, "--" ends the options.
base::Expected<std::vector<GivenOption>> scan_options(std::span<const OptionSpec> table,
                                                      std::span<const std::string> words);

}  // namespace pingtrail::check
