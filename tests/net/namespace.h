// SPDX-License-Identifier: GPL-3.0-or-later
// A network namespace of our own with a TUN device in it.
#pragma once

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "tests/net/script.h"

namespace pingtrail::fakenet {

enum class Isolation { as_root, in_user_namespace };

// Moves this process into a new network namespace; an ordinary user gets a user namespace of his
// own around it. Fails with not_permitted where the system allows neither.
base::Expected<Isolation> isolate();

// Creates the device "fake0", gives it the script's addresses and routes, and brings it and lo up.
// Reads from the descriptor are non-blocking, one IP packet each. not_permitted where TUN devices
// are closed to us.
base::Expected<base::Fd> open_device(const Device& device);

// Lets every group use ping sockets, or none. In a user namespace "every" is the one group it has.
base::Expected<base::Done> set_ping_sockets(bool open, Isolation isolation);

}  // namespace pingtrail::fakenet
