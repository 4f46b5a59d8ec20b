// SPDX-License-Identifier: GPL-3.0-or-later
// The request target of RFC 9112 section 3.2.1, read strictly. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/http/message.h"
#include "perfdata/base/expected.h"

namespace pingtrail::http {

struct Target {
  std::vector<std::string> segments;  // decoded one by one, so that %2F stays inside its segment
  QueryItems query;                   // '+' is a blank
  bool operator==(const Target&) const = default;
};

constexpr std::size_t kMostQueryItems = 64;

// "/a/b%20c?x=1&y=", with or without "http://host" before it. Refused: what does not begin with
// '/', a '%' without two hexadecimal digits, a NUL or other control character, bytes that are no
// UTF-8, segments "." and ".." (also between slashes written as %2F), empty segments (but a last
// one), more query items than kMostQueryItems. The error is one line for the client.
base::Expected<Target> parse_target(std::string_view raw);

// Whether the bytes are UTF-8 as RFC 3629 has it (no surrogates, nothing overlong).
bool is_utf8(std::string_view text);

}  // namespace pingtrail::http
