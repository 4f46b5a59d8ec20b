// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/url.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pingtrail::http {
namespace {

using base::Expected;

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

base::Error bad(const char* fact) { return base::invalid_input("request target", fact); }

Expected<std::string> decoded(std::string_view raw, bool plus_is_blank) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (raw[i] != '%') {
      out += raw[i];
    } else {
      const auto high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : std::nullopt;
      const auto low = i + 2 < raw.size() ? hex_value(raw[i + 2]) : std::nullopt;
      if (!high || !low) return bad("'%' without two hexadecimal digits");
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    }
  }
  const bool control = std::any_of(out.begin(), out.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
  });
  if (control) return bad("a control character");
  if (!is_utf8(out)) return bad("not UTF-8");
  return out;
}

// Whether "." or ".." stands between the slashes that %2F made: no name is like that, and whoever
// made a path of it would be led elsewhere.
bool has_dots(std::string_view segment) {
  while (true) {
    const std::size_t end = std::min(segment.find('/'), segment.size());
    const std::string_view part = segment.substr(0, end);
    if (part == "." || part == "..") return true;
    if (end == segment.size()) return false;
    segment.remove_prefix(end + 1);
  }
}

// "http://host/path" is "/path" (RFC 9112 section 3.2.2); everything else stays.
std::string_view without_origin(std::string_view raw) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!raw.starts_with(scheme)) continue;
    const std::size_t path = raw.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : raw.substr(path);
  }
  return raw;
}

Expected<std::vector<std::string>> segments_of(std::string_view path) {
  std::vector<std::string> out;
  path.remove_prefix(1);
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    auto segment = decoded(path.substr(0, end), false);
    if (!segment) return segment.error();
    if (segment->empty()) return bad("an empty segment");
    if (has_dots(*segment)) return bad("a segment of dots");
    out.push_back(*std::move(segment));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

Expected<QueryItems> items_of(std::string_view query) {
  QueryItems out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view item = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (item.empty()) continue;
    if (out.size() == kMostQueryItems) return bad("too many query items");
    const std::size_t equals = std::min(item.find('='), item.size());
    auto name = decoded(item.substr(0, equals), true);
    if (!name) return name.error();
    auto value = decoded(item.substr(std::min(equals + 1, item.size())), true);
    if (!value) return value.error();
    out.emplace_back(*std::move(name), *std::move(value));
  }
  return out;
}

// How many bytes the character that begins here has; 0 for none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&byte](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool beyond = first == 0xf4 && byte(1) > 0x8f;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Expected<Target> parse_target(std::string_view raw) {
  raw = without_origin(raw);
  if (raw.empty() || raw.front() != '/') return bad("does not begin with '/'");
  const std::size_t mark = std::min(raw.find('?'), raw.size());
  auto segments = segments_of(raw.substr(0, mark));
  if (!segments) return segments.error();
  auto query = items_of(raw.substr(std::min(mark + 1, raw.size())));
  if (!query) return query.error();
  return Target{*std::move(segments), *std::move(query)};
}

}  // namespace pingtrail::http
