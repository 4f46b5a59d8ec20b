// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/aliases.h"

#include <algorithm>
#include <utility>

namespace pingtrail::site {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

// Takes the first word off the text.
std::string_view next_word(std::string_view& text) {
  text = trimmed(text);
  const std::string_view word = text.substr(0, text.find_first_of(kBlank));
  text.remove_prefix(word.size());
  return word;
}

// Calls `each(line, number)` for every line, counted from 1, without its end.
template <typename Each>
void each_line(std::string_view text, const Each& each) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    each(trimmed(text.substr(0, end)), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool is_block_start(std::string_view line) {
  return next_word(line) == "define" && line.find('{') != std::string_view::npos;
}

bool is_object_file(std::string_view text) {
  bool found = false;
  each_line(text, [&found](std::string_view line, std::size_t) {
    found = found || is_block_start(line);
  });
  return found;
}

// One `define host` block as it is read.
struct Block {
  bool is_host = false;
  HostNames names;
  std::string display_name;
  std::string address;
};

void take_directive(Block& block, std::string_view line) {
  const std::string_view key = next_word(line);
  const std::string value(trimmed(line));
  if (key == "host_name") block.names.name = value;
  if (key == "alias") block.names.alias = value;
  if (key == "display_name") block.display_name = value;
  if (key == "address") block.address = value;
}

void end_block(Block& block, Aliases& out) {
  // Templates have no host_name.
  if (block.is_host && !block.names.name.empty()) {
    if (!block.display_name.empty()) block.names.alias = block.display_name;
    if (!block.address.empty()) block.names.others.push_back(block.address);
    out.add(std::move(block.names));
  }
  block = Block{};
}

Aliases parse_objects(std::string_view text) {
  Aliases out;
  Block block;
  each_line(text, [&](std::string_view line, std::size_t) {
    if (line.starts_with('#') || line.starts_with(';')) return;
    if (is_block_start(line)) {
      block = Block{};
      next_word(line);
      block.is_host = trimmed(line.substr(0, line.find('{'))) == "host";
    } else if (line == "}") {
      end_block(block, out);
    } else if (block.is_host) {
      take_directive(block, line);
    }
  });
  return out;
}

base::Expected<Aliases> parse_lines(std::string_view text) {
  constexpr std::string_view kAlias = "alias=";
  Aliases out;
  std::string fault;
  each_line(text, [&](std::string_view line, std::size_t number) {
    if (line.empty() || line.starts_with('#') || !fault.empty()) return;
    HostNames names;
    while (!(line = trimmed(line)).empty()) {
      if (line.starts_with(kAlias)) {
        names.alias = trimmed(line.substr(kAlias.size()));
        break;
      }
      const std::string word(next_word(line));
      if (names.name.empty()) {
        names.name = word;
      } else {
        names.others.push_back(word);
      }
    }
    if (names.name.empty()) fault = "line " + std::to_string(number) + ": no host name";
    out.add(std::move(names));
  });
  if (!fault.empty()) return base::Error{base::ErrorKind::invalid_input, fault};
  return out;
}

}  // namespace

void Aliases::add(HostNames names) {
  const auto [place, fresh] = by_name_.try_emplace(names.name, entries_.size());
  if (!fresh) {
    // The same host once more: its further names count, too.
    HostNames& known = entries_[place->second];
    known.others.insert(known.others.end(), names.others.begin(), names.others.end());
    if (known.alias.empty()) known.alias = names.alias;
    for (const std::string& other : names.others) by_other_.try_emplace(other, place->second);
    return;
  }
  for (const std::string& other : names.others) by_other_.try_emplace(other, entries_.size());
  entries_.push_back(std::move(names));
}

const HostNames* Aliases::find(std::string_view any_name) const {
  if (const auto at = by_name_.find(any_name); at != by_name_.end()) return &entries_[at->second];
  if (const auto at = by_other_.find(any_name); at != by_other_.end()) return &entries_[at->second];
  return nullptr;
}

std::vector<std::string> Aliases::same_as(std::string_view any_name) const {
  std::vector<std::string> out{std::string(any_name)};
  const HostNames* names = find(any_name);
  if (names == nullptr) return out;
  const auto add = [&out](const std::string& name) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  add(names->name);
  for (const std::string& other : names->others) add(other);
  return out;
}

base::Expected<Aliases> parse_aliases(std::string_view text) {
  if (is_object_file(text)) return parse_objects(text);
  return parse_lines(text);
}

}  // namespace pingtrail::site
