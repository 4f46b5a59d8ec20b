// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/parse.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "plugin/check/apply.h"
#include "plugin/check/dialect.h"
#include "plugin/check/ini.h"
#include "plugin/check/options.h"
#include "plugin/check/text.h"

namespace pingtrail::check {
namespace {

using base::Error;
using base::Expected;
using Given = std::vector<GivenOption>;

// The options of one ini entry, read as if "--key=value" (or "-k value") stood on the command line.
Expected<Given> scan_entry(std::span<const OptionSpec> table, const IniEntry& entry,
                           const std::string& path) {
  const std::string origin = path + ": line " + std::to_string(entry.line) + ": ";
  std::vector<std::string> words;
  if (entry.key.size() == 1) {
    words.push_back("-" + entry.key);
    if (entry.value) {
      words.push_back(*entry.value);
    }
  } else {
    words.push_back("--" + entry.key + (entry.value ? "=" + *entry.value : ""));
  }
  Expected<Given> given = scan_options(table, words);
  if (!given) {
    return Error{given.error().kind, origin + given.error().message};
  }
  if (given->size() != 1 || given->front().id == Opt::extra_opts) {
    return base::invalid_input(origin + entry.key, "does not belong in an ini file");
  }
  given->front().origin = origin;
  return given;
}

// What one --extra-opts=[SECTION][@FILE] stands for.
Expected<Given> read_extra(std::span<const OptionSpec> table, const std::string& where,
                           std::string_view program, const IniReader& read_ini) {
  const std::size_t at = where.find('@');
  std::string section = where.substr(0, at);
  if (section.empty()) {
    section = std::string(program);
  }
  const Expected<IniText> file =
      read_ini(at == std::string::npos ? std::string() : where.substr(at + 1));
  if (!file) {
    return file.error();
  }
  const auto entries = parse_ini(file->text, section, file->path);
  if (!entries) {
    return entries.error();
  }
  Given result;
  for (const IniEntry& entry : *entries) {
    Expected<Given> given = scan_entry(table, entry, file->path);
    if (!given) {
      return given;
    }
    result.push_back(std::move(given->front()));
  }
  return result;
}

bool names_host(const GivenOption& option) {
  return option.id == Opt::host || option.id == Opt::positional;
}

// The ini files' options come first, so that the command line's, being later, win. Hosts would add
// up instead: the command line's replace those of the files.
Expected<Given> with_extra(std::span<const OptionSpec> table, Given line, std::string_view program,
                           const IniReader& read_ini) {
  Given result;
  const bool hosts = std::any_of(line.begin(), line.end(), names_host);
  for (const GivenOption& option : line) {
    if (option.id != Opt::extra_opts) {
      continue;
    }
    Expected<Given> extra = read_extra(table, option.value, program, read_ini);
    if (!extra) {
      return extra;
    }
    for (GivenOption& one : *extra) {
      if (!hosts || !names_host(one)) {
        result.push_back(std::move(one));
      }
    }
  }
  std::erase_if(line, [](const GivenOption& option) { return option.id == Opt::extra_opts; });
  result.insert(result.end(), std::make_move_iterator(line.begin()),
                std::make_move_iterator(line.end()));
  return result;
}

std::optional<HelpRequested> find_help(const Given& given, Dialect dialect,
                                       const DialectRules& rules) {
  for (const GivenOption& option : given) {
    if (option.id == Opt::help) {
      return HelpRequested{help_text(dialect, rules)};
    }
    if (option.id == Opt::version) {
      return HelpRequested{version_text(dialect)};
    }
  }
  return std::nullopt;
}

std::string_view base_name(std::string_view program) {
  const std::size_t slash = program.rfind('/');
  return slash == std::string_view::npos ? program : program.substr(slash + 1);
}

}  // namespace

Expected<std::variant<CheckConfig, HelpRequested>> parse_command_line(
    std::span<const char* const> argv, const IniReader& read_ini) {
  const std::string_view program = argv.empty() ? std::string_view() : base_name(argv[0]);
  const Dialect dialect = dialect_of(program);
  const DialectRules rules = rules_of(dialect);
  const std::vector<OptionSpec> table = option_table(rules);
  const std::vector<std::string> words(argv.begin() + (argv.empty() ? 0 : 1), argv.end());
  Expected<Given> given = scan_options(table, words);
  if (!given) {
    return given.error();
  }
  if (std::optional<HelpRequested> help = find_help(*given, dialect, rules)) {
    return std::variant<CheckConfig, HelpRequested>(*std::move(help));
  }
  given = with_extra(table, std::move(given).value(), program, read_ini);
  if (given && dialect == Dialect::check_ping) {
    given = ping_positionals(std::move(given).value());
  }
  if (!given) {
    return given.error();
  }
  Expected<CheckConfig> config = apply_options(rules.defaults, *given);
  if (!config) {
    return config.error();
  }
  return std::variant<CheckConfig, HelpRequested>(std::move(config).value());
}

}  // namespace pingtrail::check
