// SPDX-License-Identifier: GPL-3.0-or-later
// What the subcommands share: the options that mean the same everywhere, and the way out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/cli/options.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "perfdata/history/archive.h"

namespace pingtrail::cli {

enum class Format { text, json, csv, html };

// Where and when, as every subcommand takes it.
struct Setting {
  std::vector<std::string> state_dirs;  // at least one
  std::vector<std::string> rrd_dirs;    // archives of hosts without a journal
  base::WallTime asof{};                // --asof, else now
  std::string zone;                     // --tz, else the system's
};
base::Expected<Setting> setting(const Words& words, std::string_view default_dir);

// The one directory of a command that writes.
base::Expected<std::string> single_dir(const Words& words, std::string_view default_dir);

// --format, --json, --csv; `html` tells whether the command has it.
base::Expected<Format> chosen_format(const Words& words, bool html);

// Whether standard output is a terminal that is to be coloured (NO_COLOR unset, TERM not dumb).
bool colour_wanted();

// Whether standard error is a terminal.
bool progress_wanted();

// To standard output; the error says why not all of it arrived.
base::Expected<base::Done> emit(std::string_view text);

// One line to standard error.
void complain(std::string_view text);

// All directories, with a word on the terminal while it lasts. What could not be read is in the
// archive's notes, and on standard error.
base::Expected<history::Archive> load(const Setting& setting);

}  // namespace pingtrail::cli
