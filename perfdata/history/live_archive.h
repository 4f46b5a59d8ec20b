// SPDX-License-Identifier: GPL-3.0-or-later
// State directories that are read again and again: only what changed since is read, and what did
// not is shared between one reading and the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "perfdata/history/archive.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::history {

class LiveDirectory;

// What one state directory was like.
struct DirectoryFacts {
  std::string dir;
  std::optional<std::string> trouble;   // why it could not be read at all; it has no hosts then
  std::vector<std::string> unreadable;  // its state files that could not be, one line each
  bool verified = true;                 // its chain is intact (a torn end is not), or not begun
  bool operator==(const DirectoryFacts&) const = default;
};

// What belongs to a host of the archive, and is not worked out anew for every reader.
struct HostFacts {
  // As from planned_spans(); never null.
  std::shared_ptr<const std::vector<TimeSpan>> planned;
  bool in_order = false;  // as from parts_in_order()
};

// One reading; never changes, and may be read by any thread.
struct LiveView {
  // What load_archive() would say of the directories that could be read. The trouble of the others
  // is among the notes.
  Archive archive;
  std::vector<HostFacts> facts;  // as many as archive.hosts
  std::vector<DirectoryFacts> directories;
  std::uint64_t generation =
      0;                        // the same in two views of one LiveArchive: nothing changed between
  std::size_t unreadable = 0;   // state files, of all directories
  std::size_t states_read = 0;  // state files that this reading opened

  bool any_readable() const;
};

// Several state directories. A file counts as unchanged when its inode, size and times are, and its
// last change was so long before the reading that another one would have shown. Any thread may call
// refresh(); one at a time does the work.
class LiveArchive {
 public:
  explicit LiveArchive(std::vector<std::string> state_dirs);
  ~LiveArchive();
  LiveArchive(const LiveArchive&) = delete;
  LiveArchive& operator=(const LiveArchive&) = delete;

  // Reads what changed. `now` is the wall clock as the reading begins. Never fails: what could not
  // be read is in the view.
  std::shared_ptr<const LiveView> refresh(WallTime now);

 private:
  // A key that several directories know, and what they were merged to.
  struct Merged {
    std::vector<std::shared_ptr<const HostHistory>> of;
    std::shared_ptr<const HostHistory> as;
  };

  void merge_hosts(LiveView& view);
  void collect_facts(LiveView& view);

  std::mutex busy_;
  std::vector<std::unique_ptr<LiveDirectory>> directories_;
  // Not held: what changes is then freed host by host while the next view is made, instead of being
  // there twice.
  std::weak_ptr<const LiveView> newest_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, std::shared_ptr<const std::vector<TimeSpan>>>
      planned_;  // by name
  std::map<HostKey, Merged> merged_;
};

}  // namespace pingtrail::history
