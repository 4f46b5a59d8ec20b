// SPDX-License-Identifier: GPL-3.0-or-later
// The line protocol of rrdcached (rrdcached(1), PROTOCOL): a command a line; the answer begins with
// a number, below 0 for an error, else the number of lines that follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pingtrail::rrd {

// rrdcached closes the connection on a longer line (RRD_CMD_MAX of 1.7.2, newline included).
inline constexpr std::size_t kLongestCommand = 4095;

// "UPDATE path row row ...\n", "FLUSH path\n", "FORGET path\n". Blanks and backslashes of the path
// are escaped. Rows are spread over as many UPDATE lines as they need; "" when one of them is too
// long for any.
std::string update_commands(std::string_view path, std::span<const std::string> rows);
std::string flush_command(std::string_view path);
std::string forget_command(std::string_view path);

// A status line.
struct Status {
  std::int64_t number = 0;  // below 0: an error
  std::string text;

  bool operator==(const Status&) const = default;
};
std::optional<Status> parse_status(std::string_view line);

// Puts lines together from what a socket delivers.
class LineBuffer {
 public:
  void add(std::string_view bytes) { bytes_ += bytes; }
  // The next whole line without its newline; absent when more bytes are needed.
  std::optional<std::string> next();
  void clear();

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

// "unix:/path", "/path", "host", "host:port", "[v6]:port"; the port is 42217 when none is given.
struct CacheAddress {
  std::string unix_path;  // or else
  std::string host, port;

  bool operator==(const CacheAddress&) const = default;
};
std::optional<CacheAddress> parse_cache_address(std::string_view text);

}  // namespace pingtrail::rrd
