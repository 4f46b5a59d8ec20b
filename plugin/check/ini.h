// SPDX-License-Identifier: GPL-3.0-or-later
// The ini files of --extra-opts: "[section]" lines, "key=value" lines, comments from '#' or ';' at
// the start of a line. A key may stand alone (an option without a value) and may repeat. Blanks
// round keys and values do not count; a value in double or single quotes is taken as it stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::check {

struct IniEntry {
  std::string key;
  std::optional<std::string> value;
  int line = 0;  // from 1

  bool operator==(const IniEntry&) const = default;
};

// The entries of all sections called `section`, in order. Refused, naming `path` and line: a file
// without such a section, a line that is none of the above, a quote that does not close.
base::Expected<std::vector<IniEntry>> parse_ini(std::string_view text, std::string_view section,
                                                std::string_view path);

}  // namespace pingtrail::check
