// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where the check sleeps, and where SIGTERM and SIGINT reach it.
#pragma once

#include <span>

#include "perfdata/base/time.h"

namespace pingtrail::net {

struct Watched {
  int fd = -1;         // a negative one is passed over
  bool ready = false;  // out: something to read, or an error to fetch
};

// Waits until one of the descriptors is ready, a signal comes, or `until` has passed.
void interruptible_wait(std::span<Watched> watched, base::MonoTime until);

}  // namespace pingtrail::net
