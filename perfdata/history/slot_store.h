// SPDX-License-Identifier: GPL-3.0-or-later
// State files on disk: DIR/state/<state_file_name>. An edge.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/history/slot_codec.h"

namespace pingtrail::history {

// One locked state file. The lock ends with the object.
class OpenState {
 public:
  HostState state;                  // as read; fresh when the file was new or past mending
  std::optional<std::string> note;  // what was found damaged, in one line
  bool fresh = false;

  // Writes `state` into the older slot.
  base::Expected<base::Done> write();

 private:
  friend base::Expected<OpenState> open_state(const std::string& state_dir, const HostKey& key,
                                              bool create);
  base::Fd fd_;
  std::string path_;
  std::uint64_t sequence_ = 0;
  std::size_t next_slot_ = 0;
};

// Opens and locks (at most kLockWait) the file of a key. `create` makes it, and DIR/state, mode
// 0660 and 2770; run as root it is given to the directory's owner. Errors name path, fact and cure.
base::Expected<OpenState> open_state(const std::string& state_dir, const HostKey& key, bool create);

// Reads one file without a lock (a reader may meet one slot half written, then the other holds).
base::Expected<HostState> read_state(const std::string& state_dir, const HostKey& key);

// Every readable state of a directory, by name; one unreadable file costs one host. A file without
// a byte is one that is just being made: no host yet, and no trouble.
struct StateListing {
  std::vector<HostState> states;        // sorted by key, those of equal keys by file name
  std::vector<std::string> unreadable;  // one line each
};
base::Expected<StateListing> read_states(const std::string& state_dir);

// The same piece by piece: the names of the files of DIR/state, sorted, and what one of them holds.
// A directory in which nothing was recorded yet has none.
base::Expected<std::vector<std::string>> state_file_names(const std::string& state_dir);
base::Expected<HostState> read_state_file(const std::string& state_dir, const std::string& name);

// Removes a key's file (rename, forget). Not being there is fine.
base::Expected<base::Done> remove_state(const std::string& state_dir, const HostKey& key);

}  // namespace pingtrail::history
