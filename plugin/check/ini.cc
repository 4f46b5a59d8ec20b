// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/ini.h"

#include <utility>

namespace pingtrail::check {
namespace {

using base::Error;
using base::Expected;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\v\f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Error at_line(std::string_view path, int line, const std::string& fact) {
  return base::invalid_input(std::string(path) + ": line " + std::to_string(line), fact);
}

Expected<std::string> unquoted(std::string_view value, std::string_view path, int line) {
  if (value.empty() || (value.front() != '"' && value.front() != '\'')) {
    return std::string(value);
  }
  if (value.size() < 2 || value.back() != value.front()) {
    return at_line(path, line, "the quote does not close");
  }
  return std::string(value.substr(1, value.size() - 2));
}

Expected<IniEntry> parse_entry(std::string_view text, std::string_view path, int line) {
  const std::size_t equals = text.find('=');
  IniEntry entry{std::string(trimmed(text.substr(0, equals))), std::nullopt, line};
  if (entry.key.empty() || entry.key.find_first_of(" \t[]\"'") != std::string::npos) {
    return at_line(path, line, "neither [section] nor key=value");
  }
  if (equals != std::string_view::npos) {
    Expected<std::string> value = unquoted(trimmed(text.substr(equals + 1)), path, line);
    if (!value) {
      return value.error();
    }
    entry.value = std::move(value).value();
  }
  return entry;
}

}  // namespace

Expected<std::vector<IniEntry>> parse_ini(std::string_view text, std::string_view section,
                                          std::string_view path) {
  std::vector<IniEntry> entries;
  bool found = false;
  bool inside = false;
  int line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = text.find('\n');
    const std::string_view content = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (content.empty() || content.front() == '#' || content.front() == ';') {
      continue;
    }
    if (content.front() == '[') {
      if (content.back() != ']') {
        return at_line(path, line, "the section's name does not close with ]");
      }
      inside = trimmed(content.substr(1, content.size() - 2)) == section;
      found = found || inside;
    } else if (inside) {
      Expected<IniEntry> entry = parse_entry(content, path, line);
      if (!entry) {
        return entry.error();
      }
      entries.push_back(std::move(entry).value());
    }
  }
  if (!found) {
    return base::invalid_input(std::string(path), "no section [" + std::string(section) + "]");
  }
  return entries;
}

}  // namespace pingtrail::check
