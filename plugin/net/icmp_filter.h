// SPDX-License-Identifier: GPL-3.0-or-later
// The kernel-side filter of a raw socket.
#pragma once

#include <cstdint>

#include "perfdata/base/expected.h"
#include "plugin/probe/address.h"

namespace pingtrail::net {

// Lets through echo replies with `id` and ICMP errors that quote an echo request with `id`; all
// else stays in the kernel, so that a check does not pay for the checks beside it. What arrived
// before the filter was in place is thrown away.
base::Expected<base::Done> attach_id_filter(int fd, probe::Family family, std::uint16_t id);

}  // namespace pingtrail::net
