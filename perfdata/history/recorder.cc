// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/recorder.h"

#include <utility>

#include "perfdata/history/journal_file.h"
#include "perfdata/history/maintenance_file.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::history {
namespace {

// Brings what has been waiting and what is new into the journal, then clears it from the slot.
void append_pending(OpenState& open, bool leftover, JournalFile& journal,
                    std::vector<std::string>& notes) {
  HostState& state = open.state;
  const Append append{state.key, state.pending_floor, leftover, state.pending, 0};
  const auto done = journal.append({&append, 1});
  if (!done) {
    // The lock was not free: the next check appends it. Nothing is wrong.
    if (done.error().kind != base::ErrorKind::would_block) notes.push_back(done.error().message);
    return;
  }
  state.pending.clear();
  if (auto written = open.write(); !written) notes.push_back(written.error().message);
}

// Stores the state with its pending transitions, then moves them to the journal.
void store(const std::string& dir, OpenState& open, Step& step, RecordOutcome& outcome) {
  HostState& state = open.state;
  const bool leftover = !state.pending.empty();
  std::optional<base::Expected<JournalFile>> journal;
  if (leftover || !step.transitions.empty()) {
    journal = JournalFile::open(dir);
    if (!*journal) outcome.notes.push_back(journal->error().message);
    // No record of these can lie before the chain's present end.
    if (!leftover) state.pending_floor = *journal ? (**journal).count() : 0;
    for (Transition& transition : step.transitions) state.pending.push_back(std::move(transition));
  }
  const std::uint64_t lost = state.lost_transitions;
  const auto written = open.write();
  if (!written) {
    outcome.notes.push_back(written.error().message);
    return;
  }
  outcome.recorded = true;
  if (state.lost_transitions != lost) {
    outcome.notes.push_back(dir + "/journal: not writable for so long that changes were lost");
  }
  if (journal && *journal) append_pending(open, leftover, **journal, outcome.notes);
}

void describe(RecordOutcome& outcome, const HostState& after) {
  if (after.outage) {
    outcome.downtime = after.outage->down;
    outcome.down_since = after.outage->start;
  }
}

}  // namespace

RecordOutcome record_check(const std::string& state_dir, const HostKey& key,
                           const Observation& observation, const CheckFigures& figures) {
  RecordOutcome outcome;
  if (const auto fault = key_fault(key)) {
    outcome.notes.push_back(key.name + ": " + *fault + "; give another --name or --series");
    return outcome;
  }
  auto open = open_state(state_dir, key, true);
  if (!open) {
    outcome.notes.push_back(open.error().message);
    return outcome;
  }
  if (open->note) outcome.notes.push_back(*open->note);
  if (!open->fresh) outcome.before = open->state;
  refresh_maintenance(state_dir, open->state, observation.wall);
  Step step = advance_in_place(open->state, observation, figures.reason);
  record_figures(open->state, observation, figures);
  outcome.verdict = step.verdict;
  outcome.ended = step.ended;
  store(state_dir, *open, step, outcome);
  describe(outcome, open->state);
  outcome.after = std::move(open->state);
  return outcome;
}

}  // namespace pingtrail::history
