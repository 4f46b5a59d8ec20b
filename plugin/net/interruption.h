// SPDX-License-Identifier: GPL-3.0-or-later
// Signals and the hard end of a check. Process-wide state.
#pragma once

#include <string>

#include "perfdata/base/time.h"

namespace pingtrail::net {

// Standard streams that the caller closed get a descriptor that can be neither written to nor read
// from; else a socket or a file of the history would be given its number, and the answer.
void occupy_standard_streams();

// From here on SIGTERM and SIGINT are held back but in interruptible_wait(), where they are noted.
// Whatever hangs, the process then answers `interrupted_answer` and exits 3 within 0.4 s; and if it
// lives at `timeout` from now, it answers `timeout_answer` and exits 3. Both answers are whole
// lines. This is the last resort: the check itself ends earlier.
void guard_process(std::string interrupted_answer, std::string timeout_answer,
                   base::Nanoseconds timeout);

// From here on the hard end at the timeout answers this, whole lines, and exits with `code`: what
// is known already when only bookkeeping is left. SIGTERM and SIGINT are
// held back no longer. Called once.
void prepare_answer(std::string timeout_answer, int code);

// Disarms the hard end, before the real answer is written.
void release_guard();

bool interrupted();

}  // namespace pingtrail::net
