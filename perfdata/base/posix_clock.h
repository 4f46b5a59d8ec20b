// SPDX-License-Identifier: GPL-3.0-or-later
// The only place that reads a clock; everything else is given its instants.
#pragma once

#include "perfdata/base/time.h"

namespace pingtrail::base {

MonoTime mono_now();
WallTime wall_now();
BootTime boot_now();

// CLOCK_REALTIME in nanoseconds since 1970, the clock of the kernel's packet time stamps.
Nanoseconds realtime_now();

}  // namespace pingtrail::base
