// SPDX-License-Identifier: GPL-3.0-or-later
// From the query of a URL to the words that the subcommands read. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/cli/options.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"

namespace pingtrail::site {

using QueryItems = std::vector<std::pair<std::string, std::string>>;

// Refuses every name that is not known; the error names it.
base::Expected<cli::Words> words_of(const QueryItems& query,
                                    std::initializer_list<std::string_view> known);

// `tz` and `asof` as in `pingtrail`.
struct Moment {
  std::string zone;
  base::WallTime asof{};
};
base::Expected<Moment> moment_of(const cli::Words& words, const std::string& zone,
                                 base::WallTime now);

// The first value of that name; "" when there is none.
std::string value_of(const QueryItems& query, std::string_view name);

// An error of the subcommands as the API says it: without the dashes of options.
std::string said(const base::Error& error);

}  // namespace pingtrail::site
