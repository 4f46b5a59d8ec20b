// SPDX-License-Identifier: GPL-3.0-or-later
// What a journal tells of each key, and the histories that are made of it: shared by a reading of a
// whole directory (archive.h) and one that goes on where it ended (live_archive.h). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "perfdata/history/journal_record.h"
#include "perfdata/history/timeline.h"

namespace pingtrail::history {

using HistoryPtr = std::shared_ptr<const HostHistory>;

// What the journal says of one key. More than one builder only after a rename onto a name that had
// a past of its own.
struct Told {
  HostKey key;
  std::list<TimelineBuilder> builders;

  // Of a reading that goes on. `history` is what was made last; its first `settled` parts were
  // taken out of the only builder, so that they are not in memory twice.
  HistoryPtr history;
  std::size_t settled = 0;
  bool changed = true;  // records came since
  bool owned = false;   // there is a state file of this key
};

// By key_hash().
using Book = std::unordered_map<std::uint64_t, Told>;

// Takes records in the order of the chain. A rename moves what was told to the new key, in front of
// what that key had; after a forget nothing is known of the key.
void take_record(Book& book, const JournalRecord& record);

// The history of a key from what the journal told and its state (null where there is none).
HostHistory finish_told(Told told, const HostState* state);

// The same, for a reading that goes on: `told` stays, gives up its settled parts, and remembers the
// result, which is the one from before where nothing changed.
HistoryPtr finish_on(Told& told, const HostState* state);

// Puts the parts that were given up back, for an amendment that moves or drops them.
void restore_settled(Told& told);

// Makes one history of several of one key.
using Merge = std::function<HistoryPtr(std::span<const HistoryPtr>)>;
HistoryPtr merge_shared(std::span<const HistoryPtr> same_key);

// One entry a key, sorted by key; those of equal keys are merged in the order in which they come.
std::vector<HistoryPtr> merge_same_keys(std::vector<HistoryPtr> hosts,
                                        const Merge& merge = merge_shared);

}  // namespace pingtrail::history
