// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/route.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace pingtrail::http {
namespace {

Response not_allowed(std::string_view allow) {
  Response out = text_response(405, "method not allowed here; allowed: " + std::string(allow));
  out.headers.emplace_back("Allow", allow);
  return out;
}

Response health(bool good, const char* line) { return text_response(good ? 200 : 503, line); }

// "H.png" without its end; absent when it has another.
std::optional<std::string> without(const std::string& name, std::string_view end) {
  if (name.size() <= end.size() || !name.ends_with(end)) return std::nullopt;
  return name.substr(0, name.size() - end.size());
}

// "2026-03" of "2026-03.html"; absent for everything of another shape.
std::optional<std::string> month_of(const std::string& name) {
  auto month = without(name, ".html");
  if (!month || month->size() != 7) return std::nullopt;
  for (std::size_t i = 0; i < month->size(); ++i) {
    const char c = (*month)[i];
    if (i == 4 ? c != '-' : c < '0' || c > '9') return std::nullopt;
  }
  return month;
}

std::optional<Response> own(const Request& request, Pages& pages) {
  if (request.segments.size() != 2 || request.segments[0] != "-") return std::nullopt;
  const std::string& name = request.segments[1];
  if (name == "reload") {
    if (request.method != "POST") return not_allowed("POST");
    const auto done = pages.reload();
    if (done) return text_response(200, "configuration read again");
    return text_response(500, done.error().message);
  }
  const bool reading = request.method == "GET" || request.method == "HEAD";
  if (name == "healthy") return reading ? health(true, "healthy") : not_allowed("GET, HEAD");
  if (name == "ready") {
    if (!reading) return not_allowed("GET, HEAD");
    return pages.ready() ? health(true, "ready") : health(false, "no state directory can be read");
  }
  return std::nullopt;
}

// GET of one segment; absent for paths that are none.
std::optional<Response> one_segment(const Request& request, Pages& pages) {
  if (request.segments[0] == "metrics") return pages.metrics(request);
  if (request.segments[0] == "sd") return pages.discovery(request);
  return std::nullopt;
}

std::optional<Response> two_segments(const Request& request, Pages& pages) {
  const std::string& kind = request.segments[0];
  const std::string& name = request.segments[1];
  if (kind == "host") return pages.host_page(name, request);
  if (kind == "graph") {
    if (const auto host = without(name, ".png")) return pages.graph(*host, false, request);
    if (const auto host = without(name, ".svg")) return pages.graph(*host, true, request);
  }
  if (kind == "report") {
    if (const auto month = month_of(name)) return pages.month_report(*month, request);
  }
  return std::nullopt;
}

std::optional<Response> api(const Request& request, Pages& pages) {
  const auto& segments = request.segments;
  if (segments.size() < 3 || segments[0] != "api" || segments[1] != "v1") return std::nullopt;
  if (segments.size() == 4 && segments[2] == "hosts") return pages.host_json(segments[3], request);
  if (segments.size() != 3) return std::nullopt;
  if (segments[2] == "hosts") return pages.hosts_json(request);
  if (segments[2] == "outages") return pages.outages_json(request);
  if (segments[2] == "report") return pages.report_json(request);
  return std::nullopt;
}

std::optional<Response> page(const Request& request, Pages& pages) {
  switch (request.segments.size()) {
    case 0:
      return pages.status_page(request);
    case 1:
      return one_segment(request, pages);
    case 2:
      return two_segments(request, pages);
    default:
      return api(request, pages);
  }
}

// Whether a GET of this path would find a page, so that other methods are answered rightly without
// making it.
bool is_page(const Request& request) {
  constexpr std::array<std::string_view, 5> kRooms{"host", "graph", "report", "metrics", "sd"};
  const auto& segments = request.segments;
  if (segments.empty()) return true;
  if (segments[0] == "api") return segments.size() >= 3 && segments[1] == "v1";
  return std::find(kRooms.begin(), kRooms.end(), segments[0]) != kRooms.end();
}

}  // namespace

Response text_response(int status, const std::string& line) {
  Response out;
  out.status = status;
  out.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  out.body = line + "\n";
  return out;
}

Response route(const Request& request, Pages& pages) {
  if (auto answer = own(request, pages)) return *std::move(answer);
  if (request.method != "GET" && request.method != "HEAD") {
    return is_page(request) ? not_allowed("GET, HEAD") : text_response(404, "no such page");
  }
  if (auto answer = page(request, pages)) return *std::move(answer);
  return text_response(404, "no such page");
}

bool is_heavy(const Request& request) {
  if (request.segments.empty()) return false;
  const std::string& room = request.segments[0];
  return room == "graph" || room == "report" ||
         (request.segments.size() == 3 && request.segments[2] == "report");
}

void add_security_headers(Response& response, const std::string& frame_ancestors) {
  const auto add = [&response](const char* name, std::string value) {
    const bool there = std::any_of(response.headers.begin(), response.headers.end(),
                                   [name](const auto& header) { return header.first == name; });
    if (!there) response.headers.emplace_back(name, std::move(value));
  };
  // Styles stand in the pages themselves; nothing else is loaded but our own pictures.
  add("Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
      "base-uri 'none'; frame-ancestors " +
          frame_ancestors);
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "same-origin");
  add("Cache-Control", "no-store");
}

}  // namespace pingtrail::http
