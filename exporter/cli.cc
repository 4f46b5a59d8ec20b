// SPDX-License-Identifier: GPL-3.0-or-later
// pingtrail: wires subcommands; the only place that turns an Error into words and an exit code.
#include <exception>
#include <string>
#include <vector>

#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/report/health.h"

namespace {

namespace cli = pingtrail::cli;
namespace base = pingtrail::base;

constexpr int kNotDone = 2;

int answered(const std::string& text) {
  const auto done = cli::emit(text);
  if (done) return 0;
  cli::complain(done.error().message);
  return kNotDone;
}

// `health` speaks the plugin protocol even when it fails.
int failed(const cli::Command* command, const base::Error& error) {
  if (command == nullptr || command->name != "health") {
    cli::complain(error.message);
    return kNotDone;
  }
  const auto health = pingtrail::report::unknown_health(error.message);
  const auto done = cli::emit(health.line + "\n");
  return done ? health.exit_code : kNotDone;
}

base::Error operand_error(const cli::Command& command, const std::vector<std::string>& operands) {
  const std::string name(command.name);
  if (operands.size() > command.operand_count) {
    return base::invalid_input(name, "'" + operands[command.operand_count] + "' is one too many");
  }
  return base::invalid_input(name, "needs " + std::string(command.operands));
}

bool asks_for_help(const std::string& word) { return word == "-h" || word == "--help"; }

// The "maintenance" of "maintenance list", alone or with a word that is none of its own.
int half_a_command(const std::vector<std::string>& words) {
  std::string text = "Usage: pingtrail maintenance add|list|import [options]\n";
  if (words.size() > 1 && asks_for_help(words[1])) {
    for (const cli::Command& command : cli::commands()) {
      if (command.name.starts_with("maintenance ")) text += "\n" + cli::command_help(command);
    }
    return answered(text);
  }
  cli::complain("maintenance: needs add, list or import");
  return kNotDone;
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) {
    cli::complain("no command; see pingtrail --help");
    return kNotDone;
  }
  if (asks_for_help(words[0]) || words[0] == "help") return answered(cli::general_help());
  if (words[0] == "-V" || words[0] == "--version") return answered(cli::version_text());
  std::size_t taken = 0;
  const cli::Command* command = cli::find_command(words, taken);
  if (command == nullptr) {
    if (words[0] == "maintenance") return half_a_command(words);
    cli::complain(words[0] + ": no such command; see pingtrail --help");
    return kNotDone;
  }
  const auto parsed = cli::parse_words(command->options, std::span(words).subspan(taken));
  if (!parsed) return failed(command, parsed.error());
  if (parsed->has("help")) return answered(cli::command_help(*command));
  if (parsed->has("version")) return answered(cli::version_text());
  if (parsed->operands().size() != command->operand_count) {
    return failed(command, operand_error(*command, parsed->operands()));
  }
  const auto code = command->run(*parsed);
  return code ? *code : failed(command, code.error());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    cli::complain(std::string("pingtrail: ") + error.what());
    return kNotDone;
  }
}
