// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/maintenance.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "perfdata/base/number.h"

namespace pingtrail::history {
namespace {

constexpr std::size_t kFields = 7;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\t':
        out += "%09";
        break;
      case '\n':
        out += "%0A";
        break;
      case '\r':
        out += "%0D";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view code = text.substr(i, 3);
    const char* plain = code == "%25"   ? "%"
                        : code == "%09" ? "\t"
                        : code == "%0A" ? "\n"
                        : code == "%0D" ? "\r"
                                        : nullptr;
    if (plain == nullptr) {
      out += text[i];
    } else {
      out += *plain;
      i += 2;
    }
  }
  return out;
}

std::optional<WallTime> instant(std::string_view text) {
  const auto ms = base::parse_integer(text);
  if (!ms) return std::nullopt;
  return WallTime(Milliseconds(*ms));
}

// The fact that is wrong with a line, or "".
std::string read_line(std::string_view line, MaintenanceWindow& out) {
  std::array<std::string_view, kFields> field;
  std::size_t count = 0;
  while (count + 1 < kFields) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) break;
    field[count++] = line.substr(0, tab);
    line.remove_prefix(tab + 1);
  }
  field[count++] = line;
  if (count != kFields) return "not seven fields apart by TAB";
  if (line.find('\t') != std::string_view::npos) return "more than seven fields";
  if (field[0] != "window") return "does not begin with `window`";
  const auto from = instant(field[1]);
  const auto to = instant(field[2]);
  const auto added = instant(field[3]);
  if (!from || !to || !added) return "an instant is not in whole milliseconds";
  if (*to <= *from) return "the end is not after the start";
  out = {unescaped(field[5]), {*from, *to}, *added, unescaped(field[4]), unescaped(field[6])};
  return out.host_glob.empty() ? "no host" : "";
}

// Matches one [...] at glob[at]; `at` moves behind it. A bracket that is not closed is itself.
bool class_matches(std::string_view glob, std::size_t& at, char c) {
  std::size_t i = at + 1;
  const bool negated = i < glob.size() && (glob[i] == '!' || glob[i] == '^');
  if (negated) ++i;
  bool found = false;
  bool first = true;
  for (; i < glob.size() && (first || glob[i] != ']'); ++i, first = false) {
    const bool range = i + 2 < glob.size() && glob[i + 1] == '-' && glob[i + 2] != ']';
    if (range) {
      found = found || (glob[i] <= c && c <= glob[i + 2]);
      i += 2;
    } else {
      found = found || glob[i] == c;
    }
  }
  if (i >= glob.size()) {
    ++at;
    return c == '[';
  }
  at = i + 1;
  return found != negated;
}

}  // namespace

MaintenanceFile parse_maintenance(std::string_view text) {
  MaintenanceFile out;
  std::set<std::tuple<std::string, WallTime, WallTime, std::string>> seen;
  std::size_t number = 0;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;  // a last line that was cut is not there yet
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    MaintenanceWindow window;
    std::string fact = read_line(line, window);
    if (!fact.empty()) {
      out.bad.push_back({number, std::move(fact)});
    } else if (seen.emplace(window.host_glob, window.span.from, window.span.to, window.origin)
                   .second) {
      out.windows.push_back(std::move(window));
    }
  }
  return out;
}

std::string format_maintenance(const MaintenanceWindow& window) {
  const auto ms = [](WallTime at) { return std::to_string(at.time_since_epoch().count()); };
  return "window\t" + ms(window.span.from) + "\t" + ms(window.span.to) + "\t" + ms(window.added) +
         "\t" + escaped(window.origin) + "\t" + escaped(window.host_glob) + "\t" +
         escaped(window.comment) + "\n";
}

bool glob_matches(std::string_view glob, std::string_view name) {
  // Back to the newest star on a mismatch: linear for one star, never exponential.
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_n = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_n = n;
      continue;
    }
    std::size_t after = g;
    bool matches = false;
    if (g < glob.size()) {
      if (glob[g] == '[') {
        matches = class_matches(glob, after, name[n]);
      } else {
        matches = glob[g] == '?' || glob[g] == name[n];
        ++after;
      }
    }
    if (matches) {
      g = after;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++star_n;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::string glob_of(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool special = c == '*' || c == '?' || c == '[';
    out += special ? "[" + std::string(1, c) + "]" : std::string(1, c);
  }
  return out;
}

std::vector<TimeSpan> planned_spans(std::span<const MaintenanceWindow> windows,
                                    std::string_view host_name) {
  std::vector<TimeSpan> spans;
  for (const MaintenanceWindow& window : windows) {
    if (window.span.from < window.span.to && glob_matches(window.host_glob, host_name)) {
      spans.push_back(window.span);
    }
  }
  std::sort(spans.begin(), spans.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.from < b.from; });
  std::vector<TimeSpan> out;
  for (const TimeSpan& span : spans) {
    if (!out.empty() && span.from <= out.back().to) {
      out.back().to = std::max(out.back().to, span.to);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

Milliseconds covered(std::span<const TimeSpan> planned, WallTime from, WallTime to) {
  Milliseconds sum{0};
  auto span = std::lower_bound(planned.begin(), planned.end(), from,
                               [](const TimeSpan& s, WallTime t) { return s.to <= t; });
  for (; span != planned.end() && span->from < to; ++span) {
    sum += std::min(span->to, to) - std::max(span->from, from);
  }
  return sum;
}

}  // namespace pingtrail::history
