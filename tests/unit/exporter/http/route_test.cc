// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/route.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "exporter/http/url.h"

namespace pingtrail::http {
namespace {

// Says which page was asked for.
class Named : public Pages {
 public:
  Response status_page(const Request&) override { return text_response(200, "status"); }
  Response host_page(const std::string& host, const Request&) override {
    return text_response(200, "host " + host);
  }
  Response metrics(const Request&) override { return text_response(200, "metrics"); }
  Response hosts_json(const Request&) override { return text_response(200, "hosts"); }
  Response host_json(const std::string& host, const Request&) override {
    return text_response(200, "host json " + host);
  }
  Response outages_json(const Request&) override { return text_response(200, "outages"); }
  Response report_json(const Request&) override { return text_response(200, "report"); }
  Response graph(const std::string& host, bool svg, const Request&) override {
    return text_response(200, std::string(svg ? "svg " : "png ") + host);
  }
  Response month_report(const std::string& month, const Request&) override {
    return text_response(200, "month " + month);
  }
  Response discovery(const Request&) override { return text_response(200, "sd"); }
  bool ready() override { return is_ready; }
  base::Expected<base::Done> reload() override {
    if (reloads) return base::ok();
    return base::invalid_input("exporter.conf", "wrong");
  }
  bool is_ready = true;
  bool reloads = true;
};

struct Row {
  std::string name;
  std::string method;
  std::string path;
  int status;
  std::string body;
};
class Routes : public ::testing::TestWithParam<Row> {};

Request asked(const std::string& method, const std::string& path) {
  Request out;
  out.method = method;
  out.segments = parse_target(path)->segments;
  return out;
}

TEST_P(Routes, LeadWhereTheyShould) {
  Named pages;
  const Response got = route(asked(GetParam().method, GetParam().path), pages);
  EXPECT_EQ(got.status, GetParam().status);
  EXPECT_EQ(got.body, GetParam().body + "\n");
}

INSTANTIATE_TEST_SUITE_P(
    Table, Routes,
    ::testing::Values(
        Row{"root", "GET", "/", 200, "status"}, Row{"head", "HEAD", "/", 200, "status"},
        Row{"metrics", "GET", "/metrics", 200, "metrics"}, Row{"sd", "GET", "/sd", 200, "sd"},
        Row{"host", "GET", "/host/a%2Fb", 200, "host a/b"},
        Row{"hosts", "GET", "/api/v1/hosts", 200, "hosts"},
        Row{"host_json", "GET", "/api/v1/hosts/h", 200, "host json h"},
        Row{"outages", "GET", "/api/v1/outages", 200, "outages"},
        Row{"report", "GET", "/api/v1/report", 200, "report"},
        Row{"png", "GET", "/graph/h.example.org.png", 200, "png h.example.org"},
        Row{"svg", "GET", "/graph/h.png.svg", 200, "svg h.png"},
        Row{"month", "GET", "/report/2026-03.html", 200, "month 2026-03"},
        Row{"healthy", "GET", "/-/healthy", 200, "healthy"},
        Row{"ready", "GET", "/-/ready", 200, "ready"},
        Row{"reload", "POST", "/-/reload", 200, "configuration read again"},
        Row{"reload_by_get", "GET", "/-/reload", 405, "method not allowed here; allowed: POST"},
        Row{"post_to_a_page", "POST", "/", 405, "method not allowed here; allowed: GET, HEAD"},
        Row{"delete", "DELETE", "/api/v1/hosts/h", 405,
            "method not allowed here; allowed: GET, HEAD"},
        Row{"unknown_method", "BREW", "/metrics", 405,
            "method not allowed here; allowed: GET, HEAD"},
        Row{"post_to_health", "POST", "/-/healthy", 405,
            "method not allowed here; allowed: GET, HEAD"},
        Row{"nothing", "GET", "/nothing", 404, "no such page"},
        Row{"post_to_nothing", "POST", "/nothing", 404, "no such page"},
        Row{"deep", "GET", "/host/a/b", 404, "no such page"},
        Row{"graph_of_another_kind", "GET", "/graph/h.gif", 404, "no such page"},
        Row{"graph_without_a_name", "GET", "/graph/.png", 404, "no such page"},
        Row{"graph_alone", "GET", "/graph", 404, "no such page"},
        Row{"month_of_another_shape", "GET", "/report/2026-3.html", 404, "no such page"},
        Row{"month_of_letters", "GET", "/report/2026-ab.html", 404, "no such page"},
        Row{"api_version", "GET", "/api/v2/hosts", 404, "no such page"},
        Row{"api_deep", "GET", "/api/v1/hosts/a/b", 404, "no such page"},
        Row{"dash", "GET", "/-/", 404, "no such page"},
        Row{"dash_unknown", "GET", "/-/quit", 404, "no such page"}),
    [](const auto& row) { return row.param.name; });

TEST(Routes, SayWhatIsNotReady) {
  Named pages;
  pages.is_ready = false;
  EXPECT_EQ(route(asked("GET", "/-/ready"), pages).status, 503);
  EXPECT_EQ(route(asked("GET", "/-/healthy"), pages).status, 200);
  pages.reloads = false;
  const Response refused = route(asked("POST", "/-/reload"), pages);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, "exporter.conf: wrong\n");
}

TEST(Routes, NameTheMethodsThatAreAllowed) {
  Named pages;
  const Response got = route(asked("PUT", "/sd"), pages);
  EXPECT_TRUE(std::any_of(got.headers.begin(), got.headers.end(), [](const auto& header) {
    return header == std::pair<std::string, std::string>("Allow", "GET, HEAD");
  }));
}

TEST(Routes, SendWhatTakesLongApart) {
  EXPECT_TRUE(is_heavy(asked("GET", "/graph/h.png")));
  EXPECT_TRUE(is_heavy(asked("GET", "/report/2026-03.html")));
  EXPECT_TRUE(is_heavy(asked("GET", "/api/v1/report")));
  EXPECT_FALSE(is_heavy(asked("GET", "/metrics")));
  EXPECT_FALSE(is_heavy(asked("GET", "/")));
  EXPECT_FALSE(is_heavy(asked("GET", "/-/healthy")));
}

TEST(SecurityHeaders, AreAddedUnlessTheyAreThere) {
  Response response;
  response.headers = {{"X-Content-Type-Options", "other"}};
  add_security_headers(response, "'self' https://icinga.example");
  std::string policy;
  int options = 0;
  for (const auto& [name, value] : response.headers) {
    if (name == "Content-Security-Policy") policy = value;
    if (name == "X-Content-Type-Options") ++options;
  }
  EXPECT_EQ(options, 1);
  EXPECT_TRUE(policy.starts_with("default-src 'none'; "));
  EXPECT_TRUE(policy.ends_with("frame-ancestors 'self' https://icinga.example"));
}

}  // namespace
}  // namespace pingtrail::http
