// SPDX-License-Identifier: GPL-3.0-or-later
// One state directory that is read again and again; the parts of live_archive.h. An edge.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "perfdata/history/journal_book.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/live_archive.h"

namespace pingtrail::history {

// Which file it is and when it last changed. `settled` is false while a further change could go by
// unseen because the kernel's clock had not moved on.
struct FileStamp {
  bool present = false;
  bool settled = false;
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileStamp&) const = default;

  bool same_file(const FileStamp& other) const;
  // Nothing has happened since `before` was taken.
  bool unchanged_since(const FileStamp& before) const;
};

class LiveDirectory {
 public:
  explicit LiveDirectory(std::string dir) : dir_(std::move(dir)) {}

  // Reads what changed; returns how many state files were opened.
  std::size_t refresh(base::WallTime now);

  // Whether the last refresh() found anything that a reader could see.
  bool changed() const { return changed_; }
  bool maintenance_changed() const { return maintenance_changed_; }

  const DirectoryFacts& facts() const { return facts_; }
  const std::vector<std::string>& notes() const { return notes_; }
  // As they come in load_archive(): those with a state by key, then the others.
  const std::vector<HistoryPtr>& hosts() const { return hosts_; }
  const std::vector<MaintenanceWindow>& maintenance() const { return maintenance_.windows; }

 private:
  // One file of DIR/state.
  struct StateFile {
    std::string name;
    FileStamp stamp;
    std::string trouble;                     // why it could not be read, or ""
    std::unique_ptr<const HostState> fresh;  // read, and not yet made a history of
    std::uint64_t key_hash = 0;
    bool owner = false;  // the first file of its key
    HistoryPtr history;  // null when it could not be read
  };

  bool list_states(base::WallTime now);
  std::size_t read_states(base::WallTime now);
  void read_state(StateFile& file);
  void read_journal(base::WallTime now);
  void read_journal_anew();
  void read_maintenance(base::WallTime now);
  void take(const JournalRecord& record);
  bool any_begun() const;
  void claim_keys();
  void finish_hosts();
  void write_notes();
  void forget_all();

  std::string dir_;
  DirectoryFacts facts_;
  std::vector<std::string> notes_;
  std::vector<HistoryPtr> hosts_;
  bool changed_ = true;

  FileStamp folder_;
  std::vector<StateFile> files_;  // by name
  bool files_changed_ = false;    // came, went, or hold another key

  FileStamp chain_;
  FileStamp head_;
  std::optional<base::Expected<ChainReport>> walked_;  // absent: not read yet
  base::WallTime walked_whole_{};                      // when it was last read from its start
  Book book_;
  bool book_changed_ = false;
  std::vector<std::uint64_t> unclaimed_;  // keys that have no state file, sorted

  FileStamp maintenance_stamp_;
  MaintenanceFile maintenance_;
  std::string maintenance_trouble_;
  bool maintenance_changed_ = true;
};

}  // namespace pingtrail::history
