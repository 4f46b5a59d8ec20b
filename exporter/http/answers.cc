// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/answers.h"

#include <algorithm>

#include "exporter/http/gzip.h"
#include "exporter/http/route.h"

namespace pingtrail::http {
namespace {

constexpr std::size_t kWorthPacking = 1024;
constexpr const char* kComeBackSeconds = "5";

bool is_text(const Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& one) {
    return one.first == "Content-Type" && !one.second.starts_with("image/png");
  });
}

}  // namespace

Response unauthorized() {
  Response out = text_response(401, "user and password are needed");
  out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"pingtrail\", charset=\"UTF-8\"");
  return out;
}

Response busy() {
  Response out = text_response(503, "too much to do at the moment");
  out.headers.emplace_back("Retry-After", kComeBackSeconds);
  return out;
}

Response too_many() {
  Response out = text_response(429, "too many requests");
  out.headers.emplace_back("Retry-After", "1");
  return out;
}

void pack(Response& response, const std::string& accept_encoding) {
  if (!is_text(response)) return;
  if (response.source == nullptr && response.body.size() < kWorthPacking) return;
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (!accepts_gzip(accept_encoding)) return;
  response.headers.emplace_back("Content-Encoding", "gzip");
  if (response.source) {
    response.source = compressed(std::move(response.source));
    return;
  }
  const auto packed = compressed(whole(std::move(response.body)));
  response.body.clear();
  while (packed->next(response.body)) {
  }
}

Response finished(Response answer, const std::vector<std::pair<std::string, std::string>>& headers,
                  const std::string& frame_ancestors) {
  for (const auto& [name, value] : headers) {
    const auto same = [&name = name](const auto& one) { return one.first == name; };
    answer.headers.erase(std::remove_if(answer.headers.begin(), answer.headers.end(), same),
                         answer.headers.end());
    answer.headers.emplace_back(name, value);
  }
  add_security_headers(answer, frame_ancestors);
  return answer;
}

}  // namespace pingtrail::http
