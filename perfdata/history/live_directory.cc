// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/live_directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "perfdata/base/fd.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::history {
namespace {

constexpr std::int64_t kSecondNs = 1000000000;

// The kernel stamps files by a clock that ticks every 1 to 10 ms; two writes within one tick get
// one stamp (git calls such entries racy). A stamp of whole seconds is taken for that of a file
// system that knows no finer ones: FAT's are two seconds apart.
constexpr std::int64_t kTickNs = 50000000;
constexpr std::int64_t kCoarseTickNs = 2 * kSecondNs + kTickNs;

// Records that were read once are believed while the chain only grows; once a day they are all read
// again, so that a change of an old one is seen.
constexpr base::Milliseconds kWholeWalkEvery{24LL * 3600 * 1000};

// Below a directory, or of a path with AT_FDCWD. A link in the place of a file is not followed, as
// its readers do not; folders may be links.
FileStamp stamp_at(int directory, const char* path, base::WallTime now,
                   int flags = AT_SYMLINK_NOFOLLOW) {
  struct stat info {};
  FileStamp out;
  if (::fstatat(directory, path, &info, flags) != 0) return out;
  out.present = true;
  out.device = static_cast<std::uint64_t>(info.st_dev);
  out.inode = static_cast<std::uint64_t>(info.st_ino);
  out.bytes = static_cast<std::uint64_t>(info.st_size);
  out.modified_ns = info.st_mtim.tv_sec * kSecondNs + info.st_mtim.tv_nsec;
  out.changed_ns = info.st_ctim.tv_sec * kSecondNs + info.st_ctim.tv_nsec;
  const std::int64_t tick = info.st_ctim.tv_nsec == 0 ? kCoarseTickNs : kTickNs;
  out.settled = out.changed_ns + tick < base::Nanoseconds(now.time_since_epoch()).count();
  return out;
}

}  // namespace

bool FileStamp::same_file(const FileStamp& other) const {
  return present && other.present && device == other.device && inode == other.inode;
}

bool FileStamp::unchanged_since(const FileStamp& before) const {
  return before.settled && same_file(before) && bytes == before.bytes &&
         modified_ns == before.modified_ns && changed_ns == before.changed_ns;
}

std::size_t LiveDirectory::refresh(base::WallTime now) {
  changed_ = false;
  const DirectoryFacts facts_before = facts_;
  const std::vector<std::string> notes_before = notes_;
  std::size_t opened = 0;
  if (list_states(now)) {
    // As in load_archive(), states are read before the journal: what one of them had appended is
    // then found there.
    opened = read_states(now);
    read_journal(now);
    read_maintenance(now);
    finish_hosts();
    write_notes();
  } else {
    forget_all();
  }
  changed_ = changed_ || maintenance_changed_ || facts_ != facts_before || notes_ != notes_before;
  return opened;
}

// Brings the list of files up to date; false when the directory cannot be read.
bool LiveDirectory::list_states(base::WallTime now) {
  const FileStamp stamp = stamp_at(AT_FDCWD, (dir_ + "/state").c_str(), now, 0);
  if (stamp.unchanged_since(folder_) && !facts_.trouble) return true;
  const auto names = state_file_names(dir_);
  facts_.dir = dir_;
  facts_.trouble.reset();
  if (!names) {
    facts_.trouble = names.error().message;
    folder_ = {};
    return false;
  }
  folder_ = stamp;
  std::vector<StateFile> files;
  files.reserve(names->size());
  auto old = files_.begin();
  for (const std::string& name : *names) {
    while (old != files_.end() && old->name < name) ++old, files_changed_ = true;
    if (old != files_.end() && old->name == name) {
      files.push_back(std::move(*old++));
    } else {
      files.emplace_back();
      files.back().name = name;
      files_changed_ = true;
    }
  }
  files_changed_ = files_changed_ || old != files_.end();
  files_ = std::move(files);
  return true;
}

std::size_t LiveDirectory::read_states(base::WallTime now) {
  if (files_.empty()) return 0;
  const base::Fd folder(::open((dir_ + "/state").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  std::size_t opened = 0;
  for (StateFile& file : files_) {
    // Taken before the file is read: a change in between then shows the next time.
    const FileStamp stamp = stamp_at(folder.get(), file.name.c_str(), now);
    if (stamp.unchanged_since(file.stamp)) continue;
    file.stamp = stamp;
    read_state(file);
    ++opened;
  }
  return opened;
}

void LiveDirectory::read_state(StateFile& file) {
  auto state = read_state_file(dir_, file.name);
  if (!state) {
    files_changed_ = files_changed_ || file.history != nullptr;
    const bool being_made = state.error().kind == base::ErrorKind::would_block;
    file.trouble = being_made ? "" : state.error().message;
    file.history.reset();
    // What the system says may pass without the file changing: asked again the next time.
    if (state.error().kind == base::ErrorKind::system) file.stamp.settled = false;
    return;
  }
  file.trouble.clear();
  if (file.history && *file.history->state == *state) return;
  const std::uint64_t hash = key_hash(state->key);
  files_changed_ = files_changed_ || file.history == nullptr || hash != file.key_hash;
  file.key_hash = hash;
  file.fresh = std::make_unique<const HostState>(std::move(*state));
  changed_ = true;
}

void LiveDirectory::take(const JournalRecord& record) {
  if (record.transition.kind == TransitionKind::amendment) {
    for (const std::uint64_t hash : {record.key_hash, record.new_key_hash}) {
      if (const auto told = book_.find(hash); told != book_.end()) restore_settled(told->second);
    }
  }
  take_record(book_, record);
  book_changed_ = true;
}

void LiveDirectory::read_journal(base::WallTime now) {
  const FileStamp chain = stamp_at(AT_FDCWD, (dir_ + "/journal/chain").c_str(), now);
  const FileStamp head = stamp_at(AT_FDCWD, (dir_ + "/journal/head").c_str(), now);
  if (walked_ && chain.unchanged_since(chain_) && head.unchanged_since(head_) &&
      now - walked_whole_ < kWholeWalkEvery && now >= walked_whole_) {
    return;
  }
  const bool touched = chain.bytes == chain_.bytes && chain.changed_ns != chain_.changed_ns;
  const bool sound = walked_ && *walked_ && (*walked_)->present &&
                     (*walked_)->state == ChainState::intact && chain.same_file(chain_);
  const bool go_on = sound && !touched && chain.bytes >= chain_.bytes &&
                     now - walked_whole_ < kWholeWalkEvery && now >= walked_whole_;
  chain_ = chain;
  head_ = head;
  if (go_on) {
    const ChainPosition position{(*walked_)->records, (*walked_)->last};
    walked_ =
        continue_journal(dir_, position, [this](const JournalRecord& record) { take(record); });
    if (*walked_ && (*walked_)->continued && (*walked_)->state == ChainState::intact) return;
  }
  read_journal_anew();
  walked_whole_ = now;
}

void LiveDirectory::read_journal_anew() {
  const Book before = std::exchange(book_, {});
  book_changed_ = true;
  walked_ = walk_journal(dir_, [this](const JournalRecord& record) { take(record); });
  // What is told again is told the same, mostly: then the history from before stays.
  for (const auto& [hash, told] : before) {
    const auto again = book_.find(hash);
    if (again != book_.end()) {
      again->second.history = told.history;
    } else if (told.owned) {
      book_[hash].history = told.history;
    }
  }
}

void LiveDirectory::read_maintenance(base::WallTime now) {
  const FileStamp stamp = stamp_at(AT_FDCWD, (dir_ + "/maintenance").c_str(), now);
  maintenance_changed_ = false;
  if (stamp.unchanged_since(maintenance_stamp_)) return;
  maintenance_stamp_ = stamp;
  auto file = history::read_maintenance(dir_);
  MaintenanceFile none;
  maintenance_trouble_ = file ? "" : file.error().message;
  MaintenanceFile& now_there = file ? *file : none;
  if (!file) maintenance_stamp_.settled = false;
  maintenance_changed_ = now_there.windows != maintenance_.windows;
  maintenance_ = std::move(now_there);
}

// Whose file, of several with one key, and which keys the journal alone knows.
void LiveDirectory::claim_keys() {
  std::map<std::uint64_t, bool> owned_before;
  for (auto& [hash, told] : book_) {
    if (told.owned) owned_before[hash] = true;
    told.owned = false;
  }
  for (StateFile& file : files_) {
    if (!file.history && !file.fresh) continue;
    Told& told = book_[file.key_hash];
    const bool owner = !told.owned;
    told.owned = true;
    if (owner != file.owner) told.changed = true;
    file.owner = owner;
  }
  for (auto told = book_.begin(); told != book_.end();) {
    const bool before = owned_before.count(told->first) > 0;
    if (told->second.owned != before) told->second.changed = true;
    const bool nothing = !told->second.owned && told->second.builders.empty();
    told = nothing ? book_.erase(told) : std::next(told);
  }
}

void LiveDirectory::finish_hosts() {
  if (!changed_ && !files_changed_ && !book_changed_) return;
  changed_ = true;
  if (files_changed_ || book_changed_) claim_keys();
  hosts_.clear();
  for (StateFile& file : files_) {
    if (!file.history && !file.fresh) continue;
    const HostState* state = file.fresh ? file.fresh.get() : &*file.history->state;
    Told& told = book_.at(file.key_hash);
    if (!file.owner) {
      file.history = std::make_shared<const HostHistory>(finish_told(Told{}, state));
    } else if (file.fresh || told.changed) {
      file.history = finish_on(told, state);
    }
    file.fresh.reset();
    hosts_.push_back(file.history);
  }
  if (files_changed_ || book_changed_) {
    unclaimed_.clear();
    for (const auto& [hash, told] : book_) {
      if (!told.owned) unclaimed_.push_back(hash);
    }
    std::sort(unclaimed_.begin(), unclaimed_.end());
  }
  for (const std::uint64_t hash : unclaimed_) {
    Told& told = book_.at(hash);
    hosts_.push_back(told.changed ? finish_on(told, nullptr) : told.history);
  }
  files_changed_ = false;
  book_changed_ = false;
}

bool LiveDirectory::any_begun() const {
  return std::any_of(files_.begin(), files_.end(), [](const StateFile& file) {
    return file.history && has_begun(*file.history->state);
  });
}

void LiveDirectory::write_notes() {
  notes_.clear();
  facts_.unreadable.clear();
  for (const StateFile& file : files_) {
    if (!file.trouble.empty()) facts_.unreadable.push_back(file.trouble);
  }
  std::sort(facts_.unreadable.begin(), facts_.unreadable.end());
  notes_ = facts_.unreadable;
  base::Expected<ChainReport> report = *walked_;
  if (report && !report->present) report = held_against(std::move(*report), any_begun());
  facts_.verified = note_journal(dir_, report, notes_);
  if (maintenance_trouble_.empty()) {
    note_maintenance(dir_, maintenance_, notes_);
  } else {
    notes_.push_back(maintenance_trouble_);
  }
}

// A directory that cannot be read has no hosts; when it comes back, all is read anew.
void LiveDirectory::forget_all() {
  const bool had_plans = !maintenance_.windows.empty();
  DirectoryFacts facts;
  facts.dir = dir_;
  facts.trouble = facts_.trouble;
  const bool had_hosts = !hosts_.empty();
  *this = LiveDirectory(dir_);
  facts_ = std::move(facts);
  notes_ = {*facts_.trouble};
  maintenance_changed_ = had_plans;
  changed_ = had_hosts;
}

}  // namespace pingtrail::history
