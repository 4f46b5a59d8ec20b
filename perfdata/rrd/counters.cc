// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/counters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "perfdata/base/number.h"

namespace pingtrail::rrd {
namespace {

using Member = std::int64_t Counters::*;
using Entry = std::pair<std::string_view, Member>;

constexpr std::array<Entry, 10> kTotals = {{
    {"samples_written_total", &Counters::samples_written_total},
    {"samples_duplicate_total", &Counters::samples_duplicate_total},
    {"samples_filtered_total", &Counters::samples_filtered_total},
    {"rejects_total", &Counters::rejects_total},
    {"files_released_total", &Counters::files_released_total},
    {"archives_created_total", &Counters::archives_created_total},
    {"archives_set_aside_total", &Counters::archives_set_aside_total},
    {"sources_added_total", &Counters::sources_added_total},
    {"lock_waits_total", &Counters::lock_waits_total},
    {"store_failures_total", &Counters::store_failures_total},
}};
constexpr std::array<Entry, 5> kStates = {{
    {"updated_ms", &Counters::updated_ms},
    {"pending_files", &Counters::pending_files},
    {"pending_bytes", &Counters::pending_bytes},
    {"oldest_pending_ms", &Counters::oldest_pending_ms},
    {"newest_sample_s", &Counters::newest_sample_s},
}};

template <typename Entries>
void read_into(Counters& counters, const Entries& entries, std::string_view name,
               std::int64_t value) {
  for (const auto& [known, member] : entries) {
    if (known == name) counters.*member = value;
  }
}

template <typename Entries>
void append(std::string& out, const Counters& counters, const Entries& entries) {
  for (const auto& [name, member] : entries) {
    out += name;
    out += ' ' + std::to_string(counters.*member) + '\n';
  }
}

}  // namespace

std::string format_counters(const Counters& counters) {
  std::string out;
  append(out, counters, kTotals);
  append(out, counters, kStates);
  return out;
}

Counters parse_counters(std::string_view text) {
  Counters counters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    const auto value = base::parse_integer(line.substr(blank + 1));
    if (!value) continue;
    read_into(counters, kTotals, line.substr(0, blank), *value);
    read_into(counters, kStates, line.substr(0, blank), *value);
  }
  return counters;
}

void add_totals(Counters& sum, const Counters& more) {
  for (const auto& [name, member] : kTotals) sum.*member += more.*member;
  sum.newest_sample_s = std::max(sum.newest_sample_s, more.newest_sample_s);
}

}  // namespace pingtrail::rrd
