// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the fake network until its command ends.
#pragma once

#include "tests/net/responder.h"

namespace pingtrail::fakenet {

struct LoopPlan {
  int device = -1;
  int signals = -1;  // a signalfd for SIGCHLD, SIGTERM and SIGINT
  int child = -1;
  Nanoseconds spin{0};        // how long before an answer is due waiting becomes spinning
  base::MonoTime deadline{};  // then the child is killed
};

inline constexpr int kTimedOut = 124;

// The child's exit code, or kTimedOut. SIGTERM and SIGINT are handed on to the child.
int serve(const LoopPlan& plan, Responder& responder, GroundTruth& log);

}  // namespace pingtrail::fakenet
