// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/answers.h"

#include <utility>

#include "exporter/report/json.h"
#include "exporter/report/words.h"
#include "exporter/site/query.h"

namespace pingtrail::site {
namespace {

constexpr const char* kType = "Content-Type";

http::Response typed(int status, const char* type, std::string body) {
  http::Response out;
  out.status = status;
  out.headers.emplace_back(kType, type);
  out.body = std::move(body);
  return out;
}

}  // namespace

http::Response html(std::string body) {
  return typed(200, "text/html; charset=utf-8", std::move(body));
}

http::Response json(std::string body, int status) {
  return typed(status, "application/json; charset=utf-8", std::move(body));
}

http::Response plain(int status, const std::string& line) {
  return typed(status, "text/plain; charset=utf-8", report::printable(line) + "\n");
}

int status_of(const base::Error& error) {
  switch (error.kind) {
    case base::ErrorKind::not_found:
      return 404;
    case base::ErrorKind::invalid_input:
      return 400;
    default:
      return 503;
  }
}

http::Response json_error(const base::Error& error) {
  return json(report::error_json(said(error)), status_of(error));
}

http::Response plain_error(const base::Error& error) {
  return plain(status_of(error), said(error));
}

}  // namespace pingtrail::site
