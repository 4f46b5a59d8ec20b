// SPDX-License-Identifier: GPL-3.0-or-later
// What a check calls: one observation into state file and journal. An edge.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "perfdata/history/advance.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::history {

// What a check may say about the host's past. Bookkeeping never fails a check: whatever went wrong
// is in `notes`, one line each with object, fact and cure.
struct RecordOutcome {
  bool recorded = false;  // the state file took it
  Verdict verdict = Verdict::applied;
  std::optional<HostState> before;     // absent when there was none, or it could not be read
  std::optional<HostState> after;      // as written; as it would have been when the write failed;
                                       // absent when the state could not be locked or read
  std::optional<EndedOutage> ended;    // this check ended an outage
  Milliseconds downtime{0};            // D of the current outage up to this check; 0 when up
  std::optional<WallTime> down_since;  // absent when up
  std::vector<std::string> notes;
};

// Opens, locks, reads, advances, writes the slot and, when there is a transition, appends it to the
// journal. Costs six system calls when nothing changed; waits for no lock longer than 50 ms.
RecordOutcome record_check(const std::string& state_dir, const HostKey& key,
                           const Observation& observation, const CheckFigures& figures);

// The boot id of this machine; zero where /proc does not tell.
BootId current_boot_id();

// The observation of a check that begins now: both clocks and the boot id, state still unset.
Observation observation_now(std::optional<Milliseconds> interval);

}  // namespace pingtrail::history
