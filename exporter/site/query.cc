// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/query.h"

#include <algorithm>

#include "perfdata/history/calendar.h"

namespace pingtrail::site {

using base::Expected;
using base::invalid_input;

Expected<cli::Words> words_of(const QueryItems& query,
                              std::initializer_list<std::string_view> known) {
  cli::Words out;
  for (const auto& [name, value] : query) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return invalid_input(name, "no such parameter");
    }
    out.add(name, value);
  }
  return out;
}

Expected<Moment> moment_of(const cli::Words& words, const std::string& zone, base::WallTime now) {
  Moment out{words.last("tz").value_or(zone), now};
  if (out.zone.empty() || !history::check_zone(out.zone)) {
    return invalid_input("tz: " + out.zone, "no such time zone");
  }
  const auto asof = words.last("asof");
  if (!asof) return out;
  const auto at = history::parse_instant(*asof, out.zone);
  if (!at) return base::Error{at.error().kind, "asof: " + at.error().message};
  out.asof = *at;
  return out;
}

std::string value_of(const QueryItems& query, std::string_view name) {
  const auto at = std::find_if(query.begin(), query.end(),
                               [name](const auto& item) { return item.first == name; });
  return at == query.end() ? std::string() : at->second;
}

std::string said(const base::Error& error) {
  return error.message.starts_with("--") ? error.message.substr(2) : error.message;
}

}  // namespace pingtrail::site
