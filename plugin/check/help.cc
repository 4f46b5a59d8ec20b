// SPDX-License-Identifier: GPL-3.0-or-later
#include <string>

#include "plugin/check/dialect.h"

#ifndef PINGTRAIL_VERSION
#error "the build defines PINGTRAIL_VERSION"
#endif

namespace pingtrail::check {
namespace {

bool hidden(const OptionSpec& spec) { return spec.help.empty(); }

// " -n, -p, --number-of-packets=N": all spellings of the option, the value behind the last.
std::string spellings(std::span<const OptionSpec> options, const OptionSpec& spec) {
  std::string letters;
  std::string names;
  for (const OptionSpec& row : options) {
    if (row.id != spec.id || (&row != &spec && !hidden(row))) {
      continue;
    }
    if (row.letter != '\0') {
      letters += std::string(letters.empty() ? "-" : ", -") + row.letter;
    }
    if (!row.name.empty()) {
      names += (names.empty() ? "--" : ", --") + std::string(row.name);
    }
  }
  std::string text = letters + (letters.empty() || names.empty() ? "" : ", ") + names;
  if (spec.takes == Takes::value) {
    text += (names.empty() ? " " : "=") + std::string(spec.value);
  } else if (spec.takes == Takes::optional_value) {
    text += "=" + std::string(spec.value);
  }
  return text;
}

void append_group(std::string& text, std::string_view title, std::span<const OptionSpec> options,
                  std::span<const OptionSpec> hidden_by) {
  text += "\n" + std::string(title) + ":\n";
  for (const OptionSpec& spec : options) {
    bool taken = hidden(spec);
    for (const OptionSpec& other : hidden_by) {
      taken = taken || other.name == spec.name;
    }
    if (!taken) {
      text += " " + spellings(options, spec) + "\n    " + std::string(spec.help) + "\n";
    }
  }
}

}  // namespace

std::string version_text(Dialect dialect) {
  if (dialect == Dialect::native) {
    return "check_pingtrail " PINGTRAIL_VERSION "\n";
  }
  return std::string(dialect_name(dialect)) + " (pingtrail " PINGTRAIL_VERSION ")\n";
}

std::string help_text(Dialect dialect, const DialectRules& rules) {
  std::string text = version_text(dialect);
  text += "Probes hosts by ICMP echo and judges round trip time and packet loss.\n\n";
  text += "Usage:\n " + std::string(dialect_name(dialect)) + " " + std::string(rules.usage) + "\n";
  append_group(text, "Options", rules.options, {});
  append_group(text, "History and performance data", history_options(), rules.options);
  text += "\n" + std::string(rules.notes);
  return text;
}

}  // namespace pingtrail::check
