// SPDX-License-Identifier: GPL-3.0-or-later
// Leaves behind what a check found: history in the state directory, perfdata in a spool. An edge.
// Nothing here ever changes the exit code.
#pragma once

#include "perfdata/history/observation.h"
#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/check/recording.h"
#include "plugin/probe/results.h"

namespace pingtrail {

// The environment and the standard output of this process.
check::Surroundings look_around();

// Records each host of `result` and gives the result with what the record says: the current outage,
// one that has just ended, and trouble as a note. `begun` is the moment of the first probe; its
// state is filled in for each host. Past `until` no further host is begun with, as each may wait
// 0.1 s for locks; such hosts get a note.
check::CheckResult recorded(const check::CheckConfig& config, check::CheckResult result,
                            const probe::ProbeResults& results,
                            const check::Surroundings& surroundings,
                            const history::Observation& begun, base::MonoTime until);

// Leaves the perfdata of each host in config.history.spool; trouble becomes a note of the first.
void leave_perfdata(const check::CheckConfig& config, check::CheckResult& result,
                    const probe::ProbeResults& results, const check::Surroundings& surroundings,
                    const history::Observation& begun);

}  // namespace pingtrail
