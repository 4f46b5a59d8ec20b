// SPDX-License-Identifier: GPL-3.0-or-later
// Requests and answers as values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pingtrail::http {

// A body that is made piece by piece, so that many scrapes at once need little memory.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Appends the next piece (some 16 to 64 KB) to `out`; false when there is no more. Called by one
  // thread at a time, not always the same.
  virtual bool next(std::string& out) = 0;
};

using QueryItems = std::vector<std::pair<std::string, std::string>>;

// A request that has been read and found well-formed.
struct Request {
  std::string method;                 // "GET", "HEAD", "POST", ...
  std::vector<std::string> segments;  // of the path, decoded; "/a/b" is {"a", "b"}, "/" is {}
  QueryItems query;                   // decoded, in order
  std::string accept;                 // headers as sent, "" when absent
  std::string accept_encoding;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Type among them
  std::string body;
  std::shared_ptr<BodySource> source;  // instead of body
};

// One line of text, with its newline added.
Response text_response(int status, const std::string& line);

}  // namespace pingtrail::http
