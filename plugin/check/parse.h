// SPDX-License-Identifier: GPL-3.0-or-later
// From the words of the command line (and of an ini file) to a CheckConfig.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "perfdata/base/expected.h"
#include "plugin/check/config.h"

namespace pingtrail::check {

// -h or -V was given: print the text, exit 3.
struct HelpRequested {
  std::string text;  // ends with a newline

  bool operator==(const HelpRequested&) const = default;
};

// An ini file as found: where it was and what it holds.
struct IniText {
  std::string path;
  std::string text;
};

// Finds and reads the ini file of --extra-opts; `path` is empty when none was named. Called only
// when --extra-opts is given. ini_file.h has the one that reads real files.
using IniReader = std::function<base::Expected<IniText>(const std::string& path)>;

// The dialect that belongs to argv[0]; any directory in front is ignored, unknown names are native.
Dialect dialect_of(std::string_view program);

// Parses argv, argv[0] included, in the dialect of argv[0]. A refusal is one line "object: fact".
base::Expected<std::variant<CheckConfig, HelpRequested>> parse_command_line(
    std::span<const char* const> argv, const IniReader& read_ini);

}  // namespace pingtrail::check
