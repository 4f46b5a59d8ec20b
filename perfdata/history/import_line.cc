// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/import_line.h"

#include <cmath>

#include "perfdata/base/number.h"
#include "perfdata/history/instant_text.h"

namespace pingtrail::history {
namespace {

constexpr double kLongestIntervalS = 31536000;       // a year
constexpr std::int64_t kLatestMs = 253402300799999;  // end of the year 9999

// Takes one field off the front; false when a quote is wrong. `more` tells whether a comma
// followed.
bool take_field(std::string_view& rest, std::string_view& field, std::string& unquoted,
                bool& more) {
  if (!rest.empty() && rest.front() == '"') {
    unquoted.clear();
    std::size_t i = 1;
    for (;; ++i) {
      if (i >= rest.size()) return false;
      if (rest[i] != '"') {
        unquoted += rest[i];
      } else if (i + 1 < rest.size() && rest[i + 1] == '"') {
        unquoted += rest[i++];
      } else {
        break;
      }
    }
    field = unquoted;
    rest.remove_prefix(i + 1);
    more = !rest.empty();
    if (more && rest.front() != ',') return false;
    if (more) rest.remove_prefix(1);
    return true;
  }
  const std::size_t comma = rest.find(',');
  field = rest.substr(0, comma);
  more = comma != std::string_view::npos;
  rest.remove_prefix(more ? comma + 1 : rest.size());
  return field.find('"') == std::string_view::npos;
}

std::optional<WallTime> time_of(std::string_view text) {
  if (text.size() > 4 && text[4] == '-') {
    const auto written = parse_written_instant(text);
    if (!written) return std::nullopt;
    return written->as_utc - written->offset.value_or(Milliseconds{0});
  }
  const auto ms = base::parse_integer(text);
  if (!ms || *ms < 0 || *ms > kLatestMs) return std::nullopt;
  return WallTime(Milliseconds(*ms));
}

std::optional<ObservedState> state_of(std::string_view text) {
  if (text == "up") return ObservedState::up;
  if (text == "down") return ObservedState::down;
  if (text == "indeterminate") return ObservedState::indeterminate;
  return std::nullopt;
}

std::string quoted(std::string_view text) {
  std::string out = "`";
  for (const char c : text.substr(0, 60)) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  }
  return out + "`";
}

std::string take_time(std::string_view field, ImportLine& out) {
  const auto at = time_of(field);
  if (!at) return quoted(field) + " is no time (ISO 8601 or epoch milliseconds)";
  out.at = *at;
  return "";
}

std::string take_host(std::string_view field, ImportLine& out) {
  const HostKey key{std::string(field), ""};
  if (const auto fault = key_fault(key)) return *fault;
  out.host = field;
  return "";
}

std::string take_state(std::string_view field, ImportLine& out) {
  const auto state = state_of(field);
  if (!state) return quoted(field) + " is none of up, down, indeterminate";
  out.state = *state;
  return "";
}

std::string take_interval(std::string_view field, ImportLine& out) {
  if (field.empty()) return "";
  const auto seconds = base::parse_decimal(field);
  if (!seconds || *seconds < 0.001 || *seconds > kLongestIntervalS) {
    return quoted(field) + " is no interval in seconds";
  }
  out.interval = Milliseconds(std::llround(*seconds * 1000));
  return "";
}

std::string take_boot(std::string_view field, ImportLine& out) {
  if (field.empty()) return "";
  const auto ms = base::parse_integer(field);
  if (!ms || *ms < 0 || *ms > kLatestMs) return quoted(field) + " is no boot time in milliseconds";
  out.boot = BootTime(Milliseconds(*ms));
  return "";
}

std::string take_column(ImportColumn column, std::string_view field, ImportLine& out) {
  switch (column) {
    case ImportColumn::time:
      return take_time(field, out);
    case ImportColumn::host:
      return take_host(field, out);
    case ImportColumn::state:
      return take_state(field, out);
    case ImportColumn::interval_s:
      return take_interval(field, out);
    case ImportColumn::boot_ms:
      return take_boot(field, out);
    case ImportColumn::other:
      break;
  }
  return "";
}

}  // namespace

std::string parse_import_header(std::string_view line, ImportColumns& out) {
  constexpr std::array<std::string_view, 5> kNames{"time", "host", "state", "interval_s",
                                                   "boot_ms"};
  ImportColumns columns;
  columns.size = 0;
  columns.fewest = 0;
  std::size_t needed = 0;
  std::string unquoted;
  for (bool more = true; more;) {
    std::string_view field;
    if (!take_field(line, field, unquoted, more)) return "a quote that is not closed in the header";
    if (columns.size == columns.at.size()) return "more than 16 columns";
    auto column = ImportColumn::other;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (field == kNames[i]) column = static_cast<ImportColumn>(i);
    }
    columns.at[columns.size++] = column;
    if (column <= ImportColumn::state) {
      ++needed;
      columns.fewest = columns.size;
    }
  }
  if (needed != 3) return "the header does not name time, host and state once each";
  out = columns;
  return "";
}

std::string parse_import_line(std::string_view line, const ImportColumns& columns,
                              ImportLine& out) {
  out.interval.reset();
  out.boot.reset();
  std::string unquoted;
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    std::string_view field;
    const bool quote = !line.empty() && line.front() == '"';
    if (!take_field(line, field, unquoted, more)) return "a quote in the wrong place";
    if (count == columns.size) return "more fields than columns";
    const ImportColumn column = columns.at[count];
    if (quote && column == ImportColumn::host) {
      out.unquoted = unquoted;
      field = out.unquoted;
    }
    std::string fact = take_column(column, field, out);
    if (!fact.empty()) return fact;
  }
  if (count < columns.fewest) return "fewer than " + std::to_string(columns.fewest) + " fields";
  return "";
}

}  // namespace pingtrail::history
