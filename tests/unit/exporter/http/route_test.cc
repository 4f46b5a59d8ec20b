// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/route.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "exporter/http/answers.h"
#include "exporter/http/url.h"

namespace pingtrail::http {
namespace {

// Answers with the name of the page and what it was given.
class NamedPages : public Pages {
 public:
  Response status_page(const Request&) override { return named("status"); }
  Response host_page(const std::string& host, const Request&) override {
    return named("host " + host);
  }
  Response metrics(const Request&) override { return named("metrics"); }
  Response hosts_json(const Request&) override { return named("hosts"); }
  Response host_json(const std::string& host, const Request&) override {
    return named("host json " + host);
  }
  Response outages_json(const Request&) override { return named("outages"); }
  Response report_json(const Request&) override { return named("report"); }
  Response graph(const std::string& host, bool svg, const Request&) override {
    return named((svg ? "svg " : "png ") + host);
  }
  Response month_report(const std::string& month, const Request&) override {
    return named("month " + month);
  }
  Response discovery(const Request&) override { return named("sd"); }
  bool ready() override { return is_ready; }
  base::Expected<base::Done> reload() override {
    ++reloads;
    if (reload_fails) return base::invalid_input("hosts.conf", "no such key");
    return base::ok();
  }

  bool is_ready = true;
  bool reload_fails = false;
  int reloads = 0;

 private:
  static Response named(const std::string& name) { return text_response(200, name); }
};

std::string header(const Response& response, const std::string& name) {
  const auto at = std::find_if(response.headers.begin(), response.headers.end(),
                               [&name](const auto& one) { return one.first == name; });
  return at == response.headers.end() ? "" : at->second;
}

Request request_of(const std::string& method, const std::string& raw) {
  const auto target = parse_target(raw);
  Request out;
  out.method = method;
  if (target) out.segments = target->segments;
  return out;
}

struct Row {
  std::string method, path;
  int status;
  std::string body;
  std::string allow;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.method << " " << row.path; }
class Routes : public testing::TestWithParam<Row> {};

TEST_P(Routes, answers) {
  NamedPages pages;
  const Response got = route(request_of(GetParam().method, GetParam().path), pages);
  EXPECT_EQ(got.status, GetParam().status);
  EXPECT_EQ(got.body, GetParam().body + "\n");
  EXPECT_EQ(header(got, "Allow"), GetParam().allow);
}

constexpr const char* kNone = "no such page";
constexpr const char* kRead = "method not allowed here; allowed: GET, HEAD";

INSTANTIATE_TEST_SUITE_P(
    Table, Routes,
    testing::Values(
        Row{"GET", "/", 200, "status", ""}, Row{"HEAD", "/", 200, "status", ""},
        Row{"GET", "/host/a%2Fb", 200, "host a/b", ""}, Row{"GET", "/metrics", 200, "metrics", ""},
        Row{"GET", "/metrics/", 200, "metrics", ""}, Row{"GET", "/api/v1/hosts", 200, "hosts", ""},
        Row{"GET", "/api/v1/hosts/a", 200, "host json a", ""},
        Row{"GET", "/api/v1/outages", 200, "outages", ""},
        Row{"GET", "/api/v1/report", 200, "report", ""},
        Row{"GET", "/graph/a.png", 200, "png a", ""},
        Row{"GET", "/graph/a.b.svg", 200, "svg a.b", ""},
        Row{"GET", "/graph/a%2Fb.png", 200, "png a/b", ""},
        Row{"GET", "/report/2026-03.html", 200, "month 2026-03", ""},
        Row{"GET", "/sd", 200, "sd", ""}, Row{"GET", "/-/healthy", 200, "healthy", ""},
        Row{"GET", "/-/ready", 200, "ready", ""},
        Row{"POST", "/-/reload", 200, "configuration read again", ""},
        Row{"GET", "/nothing", 404, kNone, ""}, Row{"GET", "/host", 404, kNone, ""},
        Row{"GET", "/host/a/b", 404, kNone, ""}, Row{"GET", "/graph/a", 404, kNone, ""},
        Row{"GET", "/graph/.png", 404, kNone, ""}, Row{"GET", "/graph/a.gif", 404, kNone, ""},
        Row{"GET", "/report/2026-3.html", 404, kNone, ""},
        Row{"GET", "/report/2026-031.html", 404, kNone, ""},
        Row{"GET", "/report/2026_03.html", 404, kNone, ""}, Row{"GET", "/api", 404, kNone, ""},
        Row{"GET", "/api/v1", 404, kNone, ""}, Row{"GET", "/api/v2/hosts", 404, kNone, ""},
        Row{"GET", "/api/v1/hosts/a/b", 404, kNone, ""}, Row{"GET", "/-/", 404, kNone, ""},
        Row{"GET", "/-/reloads", 404, kNone, ""}, Row{"POST", "/nothing", 404, kNone, ""},
        Row{"POST", "/", 405, kRead, "GET, HEAD"}, Row{"PUT", "/metrics", 405, kRead, "GET, HEAD"},
        Row{"DELETE", "/api/v1/hosts/a", 405, kRead, "GET, HEAD"},
        Row{"OPTIONS", "/-/healthy", 405, kRead, "GET, HEAD"},
        Row{"get", "/-/ready", 405, kRead, "GET, HEAD"},
        Row{"GET", "/-/reload", 405, "method not allowed here; allowed: POST", "POST"},
        Row{"HEAD", "/-/reload", 405, "method not allowed here; allowed: POST", "POST"}));

TEST(route, is_not_ready_where_the_pages_are_not) {
  NamedPages pages;
  pages.is_ready = false;
  EXPECT_EQ(route(request_of("GET", "/-/ready"), pages).status, 503);
  EXPECT_EQ(route(request_of("GET", "/-/healthy"), pages).status, 200);
}

TEST(route, reloads_on_post_alone_and_tells_what_is_wrong) {
  NamedPages pages;
  route(request_of("GET", "/-/reload"), pages);
  EXPECT_EQ(pages.reloads, 0);
  pages.reload_fails = true;
  const Response got = route(request_of("POST", "/-/reload"), pages);
  EXPECT_EQ(got.status, 500);
  EXPECT_EQ(got.body, "hosts.conf: no such key\n");
}

TEST(route, knows_what_takes_long) {
  for (const char* path : {"/graph/a.png", "/report/2026-03.html", "/api/v1/report"}) {
    EXPECT_TRUE(is_heavy(request_of("GET", path))) << path;
  }
  for (const char* path :
       {"/", "/metrics", "/-/healthy", "/-/ready", "/host/report", "/api/v1/hosts"}) {
    EXPECT_FALSE(is_heavy(request_of("GET", path))) << path;
  }
}

TEST(security_headers, are_added_where_the_answer_has_none) {
  Response answer = text_response(200, "x");
  answer.headers.emplace_back("Cache-Control", "max-age=60");
  add_security_headers(answer, "https://icinga.example");
  EXPECT_EQ(
      header(answer, "Content-Security-Policy"),
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
      "base-uri 'none'; frame-ancestors https://icinga.example");
  EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(answer, "Referrer-Policy"), "same-origin");
  EXPECT_EQ(header(answer, "Cache-Control"), "max-age=60");
}

TEST(finished, lets_configured_headers_replace_all_others) {
  Response answer = text_response(200, "x");
  answer.headers.emplace_back("X-Frame-Options", "sameorigin");
  answer = finished(std::move(answer),
                    {{"X-Frame-Options", "deny"}, {"X-Content-Type-Options", "nosniff"}}, "'self'");
  EXPECT_EQ(header(answer, "X-Frame-Options"), "deny");
  EXPECT_EQ(std::count_if(answer.headers.begin(), answer.headers.end(),
                          [](const auto& one) { return one.first.starts_with("X-"); }),
            2);
}

}  // namespace
}  // namespace pingtrail::http
