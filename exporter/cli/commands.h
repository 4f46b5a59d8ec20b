// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommands. Each takes its words and answers with the exit code; an Error is a usage error
// or something that cannot be read (exit 2, health: 3).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exporter/cli/options.h"
#include "perfdata/base/expected.h"

namespace pingtrail::cli {

base::Expected<int> run_status(const Words& words);
base::Expected<int> run_outages(const Words& words);
base::Expected<int> run_report(const Words& words);
base::Expected<int> run_import(const Words& words);
base::Expected<int> run_maintenance_add(const Words& words);
base::Expected<int> run_maintenance_list(const Words& words);
base::Expected<int> run_maintenance_import(const Words& words);
base::Expected<int> run_rename(const Words& words);
base::Expected<int> run_forget(const Words& words);
base::Expected<int> run_verify(const Words& words);
base::Expected<int> run_health(const Words& words);

struct Command {
  std::string_view name;      // "report", "maintenance add"
  std::string_view operands;  // "OLD NEW"
  std::string_view summary;
  std::span<const OptionSpec> options;
  std::size_t operand_count = 0;
  base::Expected<int> (*run)(const Words&) = nullptr;
};

std::span<const Command> commands();

// The command that the first one or two words name; null for none. `taken` is how many.
const Command* find_command(std::span<const std::string> words, std::size_t& taken);

std::string general_help();
std::string command_help(const Command& command);
std::string version_text();

// What --state-dir is when nobody says.
std::string_view default_state_dir();

}  // namespace pingtrail::cli
