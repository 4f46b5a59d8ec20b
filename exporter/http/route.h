// SPDX-License-Identifier: GPL-3.0-or-later
// Which page a request means. Pure, but for what the pages do.
#pragma once

#include <string>

#include "exporter/http/message.h"
#include "perfdata/base/expected.h"

namespace pingtrail::http {

// What the server shows. Called from several threads at once. Each answers completely, errors
// included.
class Pages {
 public:
  virtual ~Pages() = default;
  virtual Response status_page(const Request& request) = 0;                         // /
  virtual Response host_page(const std::string& host, const Request& request) = 0;  // /host/H
  virtual Response metrics(const Request& request) = 0;                             // /metrics
  virtual Response hosts_json(const Request& request) = 0;                          // /api/v1/hosts
  virtual Response host_json(const std::string& host, const Request& request) = 0;  // .../hosts/H
  virtual Response outages_json(const Request& request) = 0;  // /api/v1/outages
  virtual Response report_json(const Request& request) = 0;   // /api/v1/report
  // /graph/H.png and .svg
  virtual Response graph(const std::string& host, bool svg, const Request& request) = 0;
  virtual Response month_report(const std::string& month, const Request& request) = 0;
  virtual Response discovery(const Request& request) = 0;  // /sd
  virtual bool ready() = 0;                                // /-/ready
  virtual base::Expected<base::Done> reload() = 0;         // POST /-/reload
};

// The answer to a request; 404 for paths that are none, 405 with Allow for methods that do not fit.
// HEAD is answered as GET, the server leaves the body out.
Response route(const Request& request, Pages& pages);

// Whether the request may take long (reports, graphs), and is to wait apart from the others.
bool is_heavy(const Request& request);

// Headers that every answer carries unless it has them already. `frame_ancestors` is the list of
// those who may embed a page, as in a Content-Security-Policy.
void add_security_headers(Response& response, const std::string& frame_ancestors);

}  // namespace pingtrail::http
