// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that are connected, and how long each may take. An edge.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>

#include "perfdata/base/time.h"

namespace pingtrail::http {

// How long a connection may take for what it is at. The library's own timeout begins anew with
// every byte, so that a byte a second would keep a connection for ever.
struct Patience {
  std::chrono::seconds request{50};  // until a request has arrived as a whole
  std::chrono::seconds answer{600};  // until its answer has been taken
  std::chrono::seconds piece{60};    // until one more piece of it (some 16 KB) has been taken
};

// Sockets by their number. Any thread may call everything; a socket must be reported as closed
// before its number is given back to the kernel.
class Connections {
 public:
  std::size_t count() const;

  void opened(int fd, base::MonoTime now);
  void begun(int fd, base::MonoTime now);  // the first line of a request is there
  void asked(int fd, base::MonoTime now);  // the request is there as a whole
  void took(int fd, base::MonoTime now);   // the client asks for the next piece of its answer
  void done(int fd, base::MonoTime now);   // the answer has been taken
  void closed(int fd);

  // Shuts the sockets that took longer than their patience; whoever reads them notices.
  void cut_slow(base::MonoTime now, const Patience& patience);

 private:
  struct One {
    base::MonoTime begun{};  // of the request that is arriving, or of the connection
    std::optional<base::MonoTime> asked, took;
  };
  static bool is_slow(const One& one, base::MonoTime now, const Patience& patience);

  mutable std::mutex mutex_;
  std::map<int, One> all_;
};

}  // namespace pingtrail::http
