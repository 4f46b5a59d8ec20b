// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>

#include "perfdata/base/number.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::history {
namespace {

using Keys = std::map<std::string, std::string, std::less<>>;

constexpr Milliseconds kSecond{1000};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<std::int64_t> number(const Keys& keys, std::string_view key) {
  const auto found = keys.find(key);
  return found == keys.end() ? std::nullopt : base::parse_integer(found->second);
}

// Seconds since 1970 that are later than never (0) and fit an instant in ms.
std::optional<WallTime> instant(const Keys& keys, std::string_view key) {
  constexpr std::int64_t kLatest = 253402300799;  // end of the year 9999
  const auto seconds = number(keys, key);
  if (!seconds || *seconds <= 0 || *seconds > kLatest) return std::nullopt;
  return WallTime(*seconds * kSecond);
}

std::string text_of(const Keys& keys, std::string_view key) {
  const auto found = keys.find(key);
  return found == keys.end() ? "" : found->second;
}

// A glob that matches this name only.
std::string literal_glob(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '*' || c == '?' || c == '[') {
      out += '[';
      out += c;
      out += ']';
    } else {
      out += c;
    }
  }
  return out;
}

// Adds the block's window, or what is wrong with it.
void take_block(const Keys& keys, std::size_t line, WallTime now, MaintenanceFile& out) {
  const std::string host = text_of(keys, "host_name");
  const auto from = instant(keys, "start_time");
  const auto to = instant(keys, "end_time");
  const auto fixed = number(keys, "fixed");
  const auto bad = [&](const char* fact) { out.bad.push_back({line, fact}); };
  if (host.empty()) return bad("hostdowntime without host_name");
  if (!from) return bad("hostdowntime without a valid start_time");
  if (!to) return bad("hostdowntime without a valid end_time");
  if (*to <= *from) return bad("hostdowntime ends before it starts");
  MaintenanceWindow window{
      literal_glob(host), {*from, *to}, now, "nagios", text_of(keys, "comment")};
  if (const auto id = number(keys, "downtime_id")) window.origin += ":" + std::to_string(*id);
  if (fixed.value_or(1) == 0) {
    // Flexible: the start and end times only bound when it may begin; it lasts its duration.
    const auto duration = number(keys, "duration");
    if (!duration || *duration <= 0 || *duration > 1000000000) {
      return bad("flexible hostdowntime without a valid duration");
    }
    auto began = instant(keys, "flex_downtime_start");
    if (!began && number(keys, "is_in_effect").value_or(0) == 1) began = from;
    if (!began) return;
    window.span = {*began, *began + *duration * kSecond};
  }
  out.windows.push_back(std::move(window));
}

}  // namespace

MaintenanceFile parse_nagios_downtimes(std::string_view text, WallTime now) {
  MaintenanceFile out;
  Keys keys;
  bool inside = false;
  std::size_t block_line = 0;
  std::size_t number_of_line = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number_of_line;
    if (!line.empty() && line.back() == '{' && line.find('=') == std::string_view::npos) {
      if (inside) out.bad.push_back({block_line, "hostdowntime is not closed"});
      inside = trimmed(line.substr(0, line.size() - 1)) == "hostdowntime";
      block_line = number_of_line;
      keys.clear();
    } else if (inside && line == "}") {
      take_block(keys, block_line, now, out);
      inside = false;
    } else if (inside) {
      const std::size_t equals = line.find('=');
      if (equals == std::string_view::npos) continue;
      keys.insert_or_assign(std::string(line.substr(0, equals)),
                            std::string(line.substr(equals + 1)));
    }
  }
  if (inside) out.bad.push_back({block_line, "hostdowntime is not closed"});
  return out;
}

}  // namespace pingtrail::history
