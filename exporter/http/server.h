// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP over libmicrohttpd: what arrives, in what lane it waits, how it leaves. An edge.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/http/access.h"
#include "exporter/http/connections.h"
#include "exporter/http/message.h"
#include "exporter/http/route.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/base/log.h"

namespace pingtrail::http {

struct ServerLimits {
  unsigned connections = 4096;    // over all listeners; more are closed as they come
  std::chrono::seconds idle{30};  // a connection on which nothing moves
  Patience patience;
  std::size_t waiting_quick = 512;  // requests; more are answered 503
  std::size_t waiting_heavy = 64;
  std::size_t waiting_passwords = 64;
  std::size_t held_bytes = 256U << 20;  // of answers that clients have yet to take; more: 503
};

// Answers until it is destroyed. Requests are read and answers written by one thread a listener;
// pages are made by others in four lanes (passwords, reports and graphs, everything else, and the
// pieces of answers under way), so that nothing slow holds up a scrape.
class Server {
 public:
  // `listeners` are listening sockets. Raises the process's limit of open files where that many
  // connections need it. `pages` and `access` outlive the server.
  // `frame_ancestors` gives what add_security_headers() takes, at each answer.
  static base::Expected<std::unique_ptr<Server>> start(std::vector<base::Fd> listeners,
                                                       Pages& pages, Access& access,
                                                       std::function<std::string()> frame_ancestors,
                                                       const base::Log& log,
                                                       const ServerLimits& limits = {});

  // Finishes requests in flight, five seconds at most.
  virtual ~Server() = default;

  // To be called about once a second: closes connections that take too long, and takes a changed
  // web configuration.
  virtual void tick() = 0;

 protected:
  Server() = default;
};

}  // namespace pingtrail::http
