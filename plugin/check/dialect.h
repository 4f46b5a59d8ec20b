// SPDX-License-Identifier: GPL-3.0-or-later
// What a name of the program stands for: its options, defaults and words of its own.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "plugin/check/config.h"
#include "plugin/check/options.h"

namespace pingtrail::check {

struct DialectRules {
  std::span<const OptionSpec> options;  // the dialect's own
  std::string_view usage;               // behind the program's name
  std::string_view notes;               // last paragraph of --help
  CheckConfig defaults;
};

DialectRules native_rules();
DialectRules icmp_rules(Dialect dialect);  // check_icmp, check_host, check_rta_multi
DialectRules ping_rules();
DialectRules fping_rules();

DialectRules rules_of(Dialect dialect);

// Options of history, which every dialect takes beside its own.
std::span<const OptionSpec> history_options();

// The dialect's options, then those of history. An own option hides one of history with that name.
std::vector<OptionSpec> option_table(const DialectRules& rules);

// "check_icmp" for Dialect::check_icmp; "check_pingtrail" for native.
std::string_view dialect_name(Dialect dialect);

// check_ping's old form HOST WPL CPL WRTA CRTA [PACKETS]: turns the words behind the host into
// options. Words that cannot be that are refused.
base::Expected<std::vector<GivenOption>> ping_positionals(std::vector<GivenOption> given);

// The text of --help.
std::string help_text(Dialect dialect, const DialectRules& rules);

// The text of --version.
std::string version_text(Dialect dialect);

}  // namespace pingtrail::check
