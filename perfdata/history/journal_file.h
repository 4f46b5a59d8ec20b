// SPDX-License-Identifier: GPL-3.0-or-later
// The chain of records on disk: DIR/journal/chain and DIR/journal/head. An edge.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/history/file_lock.h"
#include "perfdata/history/journal_record.h"

namespace pingtrail::history {

// What a pass over the chain found.
enum class ChainState { intact, torn_end, broken };
struct ChainReport {
  ChainState state = ChainState::intact;
  std::uint64_t records = 0;               // good ones from the start
  std::optional<std::uint64_t> first_bad;  // record number from 0
  std::string fact;                        // "record 7: checksum"; "" when intact
  bool present = true;                     // false: no journal was ever begun, or it was removed
  Hash last{};                             // of the last good record; when not broken
  bool continued = true;                   // false: the records read before are not there any more
};

// How far a pass has come, for another to go on there.
struct ChainPosition {
  std::uint64_t records = 0;
  Hash last{};
  bool operator==(const ChainPosition&) const = default;
};

// The records of a key to append; `floor` bounds the search for those already there.
struct Append {
  HostKey key;
  std::uint64_t floor = 0;
  bool search = false;  // some may be there already (left by a check that was killed)
  std::span<const Transition> transitions;
  std::uint64_t new_key_hash = 0;  // rename only
};

class JournalFile {
 public:
  // Opens (creates) the journal below the state directory. Errors name the path and what to mend.
  static base::Expected<JournalFile> open(const std::string& state_dir);

  // Records in the file now, whole ones; without the lock.
  std::uint64_t count() const;

  // Appends under the lock, each transition once. would_block: the lock was not free within `wait`;
  // nothing was written.
  base::Expected<base::Done> append(std::span<const Append> batch,
                                    base::Milliseconds wait = kLockWait);

 private:
  JournalFile(base::Fd chain, base::Fd head, std::string dir);
  base::Fd chain_;
  base::Fd head_;
  std::string dir_;
};

// Walks the chain, calling `each` (may be empty) for every good record in order. A missing journal
// is intact and empty. Waits for a writer at most kLockWait.
base::Expected<ChainReport> walk_journal(const std::string& state_dir,
                                         const std::function<void(const JournalRecord&)>& each);

// The same from a position on. The last record before it must still be there as it was; where it is
// not, nothing is read and `continued` is false.
base::Expected<ChainReport> continue_journal(const std::string& state_dir,
                                             const ChainPosition& from,
                                             const std::function<void(const JournalRecord&)>& each);

// Cuts a torn end off. Refused (invalid_input) when the chain is broken.
base::Expected<ChainReport> repair_journal(const std::string& state_dir);

}  // namespace pingtrail::history
