// SPDX-License-Identifier: GPL-3.0-or-later
// Option values, read strictly: the whole text must mean something, or it is refused. The message
// of a refusal is the fact alone ("'abc' is not ..."); the caller puts the option in front.
#pragma once

#include <cstdint>
#include <string_view>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "plugin/check/config.h"

namespace pingtrail::check {

// An integer of min..max in plain decimal digits.
base::Expected<std::int64_t> parse_count(std::string_view text, std::int64_t min, std::int64_t max);

// A time like "200.25", "0.5s", "50us"; units us, ms, s, default ms. Not negative, at most a day.
base::Expected<Nanoseconds> parse_time(std::string_view text);

// A time in seconds, "10" or "0.5"; above 0, at most a day. An "s" may follow.
base::Expected<Nanoseconds> parse_seconds(std::string_view text);

// A duration like "90", "5m", "1.5h", "2d"; units s (default), m, h, d. At most ten years.
base::Expected<Milliseconds> parse_duration(std::string_view text);

// A loss in percent, 0..100; a "%" may follow.
base::Expected<double> parse_loss(std::string_view text);

// A decimal of min..max.
base::Expected<double> parse_number(std::string_view text, double min, double max);

// A DSCP as number 0..63 or by name (RFC 2474 CS0-CS7, RFC 2597 AF11-AF43, RFC 3246 EF, RFC 5865
// VA, RFC 8622 LE, and the old BE, DF). The answer is the whole TOS byte.
base::Expected<std::uint8_t> parse_dscp(std::string_view text);

// A firewall mark: 32 bits, decimal or 0x hexadecimal.
base::Expected<std::uint32_t> parse_mark(std::string_view text);

// One side of -w and -c: "RTA,PL%", "RTA,PL", or "RTA" alone.
struct RtaLoss {
  std::optional<Nanoseconds> rta;
  std::optional<double> loss;

  bool operator==(const RtaLoss&) const = default;
};
base::Expected<RtaLoss> parse_rta_loss(std::string_view text);

// check_ping's and check_fping's form: a comma or colon between, in either order as the "%" tells;
// check_fping takes one alone, too.
base::Expected<RtaLoss> parse_rta_loss_any_order(std::string_view text);

// "WARN,CRIT" where each side is read by `parse`; both must be there.
template <typename T>
base::Expected<Limits<T>> parse_pair(std::string_view text,
                                     base::Expected<T> (*parse)(std::string_view)) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return base::Error{base::ErrorKind::invalid_input,
                       "'" + std::string(text) + "' is not a pair WARN,CRIT"};
  }
  base::Expected<T> warning = parse(text.substr(0, comma));
  if (!warning) {
    return warning.error();
  }
  base::Expected<T> critical = parse(text.substr(comma + 1));
  if (!critical) {
    return critical.error();
  }
  return Limits<T>{*warning, *critical};
}

base::Expected<double> parse_mos(std::string_view text);    // 0..5
base::Expected<double> parse_score(std::string_view text);  // 0..100

}  // namespace pingtrail::check
