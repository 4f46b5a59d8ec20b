// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/protocol.h"

#include "perfdata/base/number.h"

namespace pingtrail::rrd {
namespace {

constexpr std::string_view kDefaultPort = "42217";
constexpr std::size_t kCompactAbove = 65'536;

std::string command(std::string_view name, std::string_view path) {
  std::string line(name);
  line += ' ';
  for (const char c : path) {
    if (c == ' ' || c == '\\') line += '\\';
    line += c;
  }
  return line;
}

}  // namespace

std::string update_commands(std::string_view path, std::span<const std::string> rows) {
  const std::string begin = command("UPDATE", path);
  std::string lines;
  std::size_t length =
      kLongestCommand;  // of the line at hand; full, so that the first row begins one
  for (const std::string& row : rows) {
    if (begin.size() + row.size() + 2 > kLongestCommand) return {};
    if (length + row.size() + 2 > kLongestCommand) {
      if (!lines.empty()) lines += '\n';
      lines += begin;
      length = begin.size();
    }
    lines += ' ';
    lines += row;
    length += row.size() + 1;
  }
  return lines + "\n";
}

std::string flush_command(std::string_view path) { return command("FLUSH", path) + "\n"; }
std::string forget_command(std::string_view path) { return command("FORGET", path) + "\n"; }

std::optional<Status> parse_status(std::string_view line) {
  const std::size_t blank = line.find(' ');
  const auto number = base::parse_integer(line.substr(0, blank));
  if (!number) return std::nullopt;
  if (blank == std::string_view::npos) return Status{*number, {}};
  return Status{*number, std::string(line.substr(blank + 1))};
}

std::optional<std::string> LineBuffer::next() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string::npos) return std::nullopt;
  std::string line = bytes_.substr(at_, end - at_);
  at_ = end + 1;
  if (at_ > kCompactAbove) {
    bytes_.erase(0, at_);
    at_ = 0;
  }
  return line;
}

void LineBuffer::clear() {
  bytes_.clear();
  at_ = 0;
}

std::optional<CacheAddress> parse_cache_address(std::string_view text) {
  if (text.starts_with("unix:")) text.remove_prefix(5);
  if (text.starts_with('/')) return CacheAddress{std::string(text), {}, {}};
  std::string_view host = text;
  std::string_view port = kDefaultPort;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
  } else if (const std::size_t colon = text.find(':');
             colon != std::string_view::npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto number = base::parse_integer(port);
  if (host.empty() || !number || *number < 1 || *number > 65535) return std::nullopt;
  return CacheAddress{{}, std::string(host), std::string(port)};
}

}  // namespace pingtrail::rrd
