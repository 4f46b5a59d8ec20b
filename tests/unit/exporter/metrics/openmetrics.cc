// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/exporter/metrics/openmetrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace pingtrail::metrics::test {
namespace {

using Labels = std::map<std::string, std::string>;

bool name_char(char c, bool first, bool colon) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (colon && c == ':') || (!first && c >= '0' && c <= '9');
}

std::string take_name(std::string_view& text, bool colon) {
  std::size_t i = 0;
  while (i < text.size() && name_char(text[i], i == 0, colon)) ++i;
  std::string out(text.substr(0, i));
  text.remove_prefix(i);
  return out;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// Decodes by the bit patterns, apart from the writer's own table.
bool valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t more = first < 0x80        ? 0
                             : first >> 5U == 6  ? 1
                             : first >> 4U == 14 ? 2
                             : first >> 3U == 30 ? 3
                                                 : 9;
    if (more == 9 || i + more >= text.size()) return false;
    unsigned code = more == 0 ? first : first & (0x3FU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if (byte >> 6U != 2) return false;
      code = code << 6U | (byte & 63U);
    }
    constexpr std::array<unsigned, 4> kLeast = {0, 0x80, 0x800, 0x10000};
    if (code < kLeast[more] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return false;
    i += more + 1;
  }
  return true;
}

struct Family {
  std::string name;
  std::string type;
  std::string unit;
  bool help = false;
  std::set<std::pair<std::string, Labels>> samples;
  std::string last_set;          // of a histogram: labels without le
  std::set<std::string> closed;  // sets that are over
  std::optional<double> bucket, count, bound;
};

class Reader {
 public:
  std::string read(std::string_view text) {
    if (text.empty() || text.back() != '\n') return "the last line has no newline";
    if (!valid_utf8(text)) return "not UTF-8";
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      ++line_;
      std::string fault = ended_ ? "something after EOF" : read_line(text.substr(0, end));
      if (!fault.empty()) return "line " + std::to_string(line_) + ": " + fault;
      text.remove_prefix(end + 1);
    }
    return ended_ ? "" : "no EOF";
  }

 private:
  std::string read_line(std::string_view line) {
    if (line == "# EOF") {
      ended_ = true;
      return close();
    }
    return line.starts_with("# ") ? read_metadata(line.substr(2)) : read_sample(line);
  }

  std::string read_metadata(std::string_view line) {
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) return "a comment";
    const std::string what(line.substr(0, blank));
    line.remove_prefix(blank + 1);
    const std::string name = take_name(line, true);
    if (name.empty() || !take_char(line, ' ')) return "no name";
    if (name != family_.name) {
      if (std::string fault = close(); !fault.empty()) return fault;
      if (!names_.insert(name).second) return "family " + name + " twice";
      family_ = {};
      family_.name = name;
    }
    if (!family_.samples.empty()) return "metadata after samples";
    if (what == "HELP") {
      if (std::exchange(family_.help, true)) return "HELP twice";
      return "";
    }
    std::string& into = what == "TYPE" ? family_.type : family_.unit;
    if (what != "TYPE" && what != "UNIT") return "unknown " + what;
    if (!into.empty()) return what + " twice";
    into = std::string(line);
    if (what == "UNIT" && !name.ends_with("_" + into)) return "the name does not end with the unit";
    const std::array<const char*, 4> types = {"gauge", "counter", "histogram", "info"};
    const bool known = what == "UNIT" || std::find(types.begin(), types.end(), into) != types.end();
    return known ? "" : "unknown type " + into;
  }

  static std::string read_labels(std::string_view& line, Labels& labels) {
    while (!take_char(line, '}')) {
      if (!labels.empty() && !take_char(line, ',')) return "no comma";
      const std::string name = take_name(line, false);
      if (name.empty() || !take_char(line, '=') || !take_char(line, '"')) return "no label";
      std::string value;
      while (!take_char(line, '"')) {
        if (line.empty()) return "a label does not end";
        char c = line.front();
        line.remove_prefix(1);
        if (c == '\\') {
          if (line.empty()) return "a label does not end";
          c = line.front();
          line.remove_prefix(1);
          if (c != '\\' && c != '"' && c != 'n') return "unknown escape";
          if (c == 'n') c = '\n';
        }
        value += c;
      }
      if (!labels.emplace(name, value).second) return "label " + name + " twice";
    }
    return "";
  }

  std::string read_sample(std::string_view line) {
    const std::string name = take_name(line, true);
    Labels labels;
    if (take_char(line, '{')) {
      if (std::string fault = read_labels(line, labels); !fault.empty()) return fault;
    }
    if (!take_char(line, ' ')) return "no blank before the value";
    double value = 0;
    const auto [stop, failure] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (failure != std::errc() || stop != line.data() + line.size()) return "no number";
    if (!std::isfinite(value)) return "not finite";
    if (family_.name.empty() || !name.starts_with(family_.name)) return name + " has no metadata";
    const std::string suffix = name.substr(family_.name.size());
    if (!family_.samples.emplace(suffix, labels).second) return "this series twice";
    return judge(suffix, labels, value);
  }

  std::string judge(const std::string& suffix, const Labels& labels, double value) {
    if (family_.type == "gauge") return suffix.empty() ? "" : "a gauge with " + suffix;
    if (family_.type == "info") {
      return suffix == "_info" && value == 1 ? "" : "an info is _info and 1";
    }
    if (family_.type == "counter") {
      return suffix == "_total" && value >= 0 ? "" : "a counter is _total and not negative";
    }
    return family_.type == "histogram" ? bucket(suffix, labels, value) : "no type";
  }

  std::string bucket(const std::string& suffix, Labels labels, double value) {
    const auto le = labels.extract("le");
    std::string set;
    for (const auto& [name, text] : labels) set += name + "=" + text + "\n";
    if (set != family_.last_set) {
      if (std::string fault = close_histogram(); !fault.empty()) return fault;
      if (!family_.closed.insert(set).second) return "a histogram in two places";
      family_.last_set = set;
    }
    if (value < 0) return "negative";
    if (suffix == "_bucket") {
      if (le.empty()) return "no le";
      const bool infinite = le.mapped() == "+Inf";
      double bound = HUGE_VAL;
      if (!infinite)
        std::from_chars(le.mapped().data(), le.mapped().data() + le.mapped().size(), bound);
      if (family_.bound && bound <= *family_.bound) return "bounds do not rise";
      if (family_.bucket && value < *family_.bucket) return "buckets are not cumulative";
      family_.bound = bound;
      family_.bucket = value;
      return "";
    }
    if (!le.empty()) return "le outside a bucket";
    if (suffix == "_count") family_.count = value;
    return suffix == "_count" || suffix == "_sum" ? "" : "a histogram with " + suffix;
  }

  std::string close_histogram() {
    const bool good = family_.last_set.empty() || (family_.bound == HUGE_VAL && family_.count &&
                                                   family_.bucket == family_.count);
    family_.bound.reset();
    family_.bucket.reset();
    family_.count.reset();
    return good ? "" : "a histogram whose last bucket is not +Inf, or not its count";
  }

  std::string close() {
    if (!family_.name.empty() && family_.type.empty()) return family_.name + " has no type";
    return close_histogram();
  }

  std::size_t line_ = 0;
  bool ended_ = false;
  std::set<std::string> names_;
  Family family_;
};

}  // namespace

std::string openmetrics_fault(std::string_view text) { return Reader().read(text); }

}  // namespace pingtrail::metrics::test
