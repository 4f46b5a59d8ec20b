// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/journal_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "perfdata/base/posix_error.h"

namespace pingtrail::history {
namespace {

constexpr std::size_t kChunkRecords = 1024;

std::string chain_path(const std::string& dir) { return dir + "/journal/chain"; }
std::string head_path(const std::string& dir) { return dir + "/journal/head"; }

std::uint64_t file_bytes(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

// As many bytes as there are, at most `size`.
std::vector<std::uint8_t> read_at(int fd, std::uint64_t offset, std::size_t size) {
  std::vector<std::uint8_t> out(size);
  std::size_t used = 0;
  while (used < size) {
    const ssize_t got =
        ::pread(fd, out.data() + used, size - used, static_cast<off_t>(offset + used));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    used += static_cast<std::size_t>(got);
  }
  out.resize(used);
  return out;
}

bool write_at(int fd, std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return true;
}

base::Expected<JournalHead> read_head(int fd) { return decode_head(read_at(fd, 0, kHeadBytes)); }

bool write_head(int fd, const JournalHead& head) { return write_at(fd, 0, encode_head(head)); }

// Where the next record goes, and the hash it must carry.
JournalHead end_of_chain(int chain, int head_fd) {
  const std::uint64_t whole = file_bytes(chain) / kRecordBytes;
  const auto head = read_head(head_fd);
  // Cut off below what the head knows: the chain goes on with the head's hash, so that the hole
  // stays visible.
  if (head && head->count >= whole) return {whole, head->last};
  JournalHead end = head ? *head : JournalHead{};
  // Records behind the head: a check was killed before it wrote the head, or the head was lost.
  for (std::uint64_t i = end.count; i < whole; ++i) {
    const auto bytes = read_at(chain, i * kRecordBytes, kRecordBytes);
    const bool last = i + 1 == whole;
    if (last && !decode_record(bytes)) return end;  // torn: written over
    end = {i + 1, sha256(bytes)};
  }
  return end;
}

// Transitions of a key that are in the chain from `from` to `to`.
std::vector<std::uint64_t> numbers_present(int chain, std::uint64_t key, std::uint64_t from,
                                           std::uint64_t to) {
  std::vector<std::uint64_t> out;
  for (std::uint64_t at = from; at < to; at += kChunkRecords) {
    const std::size_t count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kChunkRecords, to - at));
    const auto bytes = read_at(chain, at * kRecordBytes, count * kRecordBytes);
    for (std::size_t i = 0; (i + 1) * kRecordBytes <= bytes.size(); ++i) {
      const auto record = decode_record(std::span(bytes).subspan(i * kRecordBytes, kRecordBytes));
      if (record && record->key_hash == key) out.push_back(record->transition.number);
    }
  }
  return out;
}

void add_records(const Append& append, std::span<const std::uint64_t> present, JournalHead& end,
                 std::vector<std::uint8_t>& out) {
  for (const Transition& transition : append.transitions) {
    if (std::find(present.begin(), present.end(), transition.number) != present.end()) continue;
    JournalRecord record = make_record(append.key, transition);
    record.index = end.count;
    record.new_key_hash = append.new_key_hash;
    record.previous = end.last;
    const RecordBytes bytes = encode_record(record);
    out.insert(out.end(), bytes.begin(), bytes.end());
    end = {end.count + 1, sha256(bytes)};
  }
}

}  // namespace

JournalFile::JournalFile(base::Fd chain, base::Fd head, std::string dir)
    : chain_(std::move(chain)), head_(std::move(head)), dir_(std::move(dir)) {}

base::Expected<JournalFile> JournalFile::open(const std::string& state_dir) {
  auto chain = open_or_make(state_dir, "journal", "chain");
  if (!chain) return chain.error();
  auto head = open_or_make(state_dir, "journal", "head");
  if (!head) return head.error();
  return JournalFile(std::move(*chain), std::move(*head), state_dir);
}

std::uint64_t JournalFile::count() const { return file_bytes(chain_.get()) / kRecordBytes; }

base::Expected<base::Done> JournalFile::append(std::span<const Append> batch,
                                               base::Milliseconds wait) {
  if (auto locked = lock_file(chain_, chain_path(dir_), wait); !locked) return locked.error();
  const JournalHead begin = end_of_chain(chain_.get(), head_.get());
  JournalHead end = begin;
  std::vector<std::uint8_t> bytes;
  for (const Append& append : batch) {
    std::vector<std::uint64_t> present;
    if (append.search) {
      present = numbers_present(chain_.get(), key_hash(append.key), append.floor, begin.count);
    }
    add_records(append, present, end, bytes);
  }
  // An empty head would later look like one that was removed.
  bool good =
      begin.count > 0 || file_bytes(head_.get()) >= kHeadBytes || write_head(head_.get(), begin);
  good = good && write_at(chain_.get(), begin.count * kRecordBytes, bytes);
  good = good && (bytes.empty() || write_head(head_.get(), end));
  base::Expected<base::Done> result = base::ok();
  if (!good) {
    const int error_number = errno == 0 ? ENOSPC : errno;
    // Nothing half-written stays: the transitions are pending and come again.
    (void)!::ftruncate(chain_.get(), static_cast<off_t>(begin.count * kRecordBytes));
    base::Error error = base::posix_error(chain_path(dir_), error_number);
    error.message += cure(dir_, error_number);
    result = error;
  }
  unlock_file(chain_);
  return result;
}

namespace {

// A pass over the chain as it was when it began.
class Walk {
 public:
  Walk(const base::Fd& chain, std::uint64_t bytes, base::Expected<JournalHead> head)
      : chain_(chain),
        whole_(bytes / kRecordBytes),
        torn_(bytes % kRecordBytes != 0),
        head_(std::move(head)) {}

  ChainReport run(const std::function<void(const JournalRecord&)>& each);

 private:
  bool take(std::span<const std::uint8_t> bytes,
            const std::function<void(const JournalRecord&)>& each);
  void blame(std::uint64_t record, const std::string& fact, ChainState state = ChainState::broken);
  bool follows(std::uint64_t record) const;
  void check_end();

  const base::Fd& chain_;
  std::uint64_t whole_;
  bool torn_;
  base::Expected<JournalHead> head_;
  ChainReport report_;
  Hash last_{};
};

void Walk::blame(std::uint64_t record, const std::string& fact, ChainState state) {
  report_.state = state;
  report_.first_bad = record;
  report_.fact = "record " + std::to_string(record) + ": " + fact;
}

// Whether what comes behind a record holds it for genuine.
bool Walk::follows(std::uint64_t record) const {
  const auto bytes = read_at(chain_.get(), record * kRecordBytes, 2 * kRecordBytes);
  if (bytes.size() < kRecordBytes) return false;
  const Hash hash = sha256(std::span(bytes).first(kRecordBytes));
  if (record + 1 == whole_) return head_ && head_->last == hash;
  const auto next = decode_record(std::span(bytes).subspan(kRecordBytes));
  return next && next->previous == hash;
}

bool Walk::take(std::span<const std::uint8_t> bytes,
                const std::function<void(const JournalRecord&)>& each) {
  const std::uint64_t place = report_.records;
  const auto record = decode_record(bytes);
  if (!record) {
    const bool zero = std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; });
    const bool unacknowledged = head_ && place >= head_->count;
    const bool torn = place + 1 == whole_ && !torn_ && (zero || unacknowledged);
    blame(place, torn ? "torn" : record.error().message,
          torn ? ChainState::torn_end : ChainState::broken);
    return false;
  }
  if (record->index != place) {
    blame(place, "is numbered " + std::to_string(record->index));
    return false;
  }
  if (record->previous != last_) {
    // The record before was changed with its checksum, unless this one lies about it.
    const bool before = place > 0 && follows(place);
    blame(before ? place - 1 : place,
          before ? "is not what the next one follows" : "does not follow the one before");
    return false;
  }
  last_ = sha256(bytes);
  ++report_.records;
  if (each) each(*record);
  return true;
}

void Walk::check_end() {
  const std::uint64_t last = report_.records == 0 ? 0 : report_.records - 1;
  if (!head_) {
    if (whole_ > 0 || torn_)
      blame(last, "the head is damaged or missing: " + head_.error().message);
    return;
  }
  if (torn_ && head_->count <= whole_ + 1) {
    return blame(whole_, "torn", ChainState::torn_end);
  }
  if (head_->count > whole_) {
    return blame(whole_, "missing, the head knows " + std::to_string(head_->count) + " records");
  }
  if (head_->count == whole_ && head_->last != last_) {
    blame(last, "is not what the head knows");
  }
}

ChainReport Walk::run(const std::function<void(const JournalRecord&)>& each) {
  while (report_.records < whole_) {
    const auto count =
        static_cast<std::size_t>(std::min<std::uint64_t>(kChunkRecords, whole_ - report_.records));
    const auto bytes = read_at(chain_.get(), report_.records * kRecordBytes, count * kRecordBytes);
    if (bytes.size() < kRecordBytes) {
      blame(report_.records, "cannot be read");
      return report_;
    }
    for (std::size_t i = 0; (i + 1) * kRecordBytes <= bytes.size(); ++i) {
      if (!take(std::span(bytes).subspan(i * kRecordBytes, kRecordBytes), each)) return report_;
    }
  }
  check_end();
  return report_;
}

}  // namespace

base::Expected<ChainReport> walk_journal(const std::string& state_dir,
                                         const std::function<void(const JournalRecord&)>& each) {
  const std::string path = chain_path(state_dir);
  constexpr int kReading = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  const base::Fd chain(::open(path.c_str(), kReading));
  const int trouble = chain ? 0 : errno;
  const base::Fd head(::open(head_path(state_dir).c_str(), kReading));
  if (!chain) {
    const auto known = head ? read_head(head.get()) : JournalHead{};
    const bool none = trouble == ENOENT && known && known->count == 0;
    if (!none) return base::posix_error(path, trouble);
    ChainReport missing;
    missing.present = false;
    return missing;
  }
  // Chain and head are read as one under the writers' lock; who cannot have it reads anyway.
  const bool locked = lock_file(chain, path, kLockWait).has_value();
  const std::uint64_t bytes = file_bytes(chain.get());
  auto known = head ? read_head(head.get())
                    : base::Expected<JournalHead>(base::invalid_input("head", "missing"));
  if (locked) unlock_file(chain);
  return Walk(chain, bytes, std::move(known)).run(each);
}

base::Expected<ChainReport> repair_journal(const std::string& state_dir) {
  const auto found = walk_journal(state_dir, {});
  if (!found) return found.error();
  if (found->state == ChainState::broken) {
    return base::invalid_input(chain_path(state_dir),
                               found->fact + "; only a torn end can be closed");
  }
  if (found->state == ChainState::intact) return *found;
  const auto chain = open_or_make(state_dir, "journal", "chain");
  if (!chain) return chain.error();
  const auto head = open_or_make(state_dir, "journal", "head");
  if (!head) return head.error();
  if (auto locked = lock_file(*chain, chain_path(state_dir), kLockWait); !locked) {
    return locked.error();
  }
  JournalHead end;
  end.count = found->records;
  if (end.count > 0) {
    end.last = sha256(read_at(chain->get(), (end.count - 1) * kRecordBytes, kRecordBytes));
  }
  if (::ftruncate(chain->get(), static_cast<off_t>(end.count * kRecordBytes)) != 0 ||
      !write_head(head->get(), end)) {
    return base::posix_error(chain_path(state_dir), errno);
  }
  unlock_file(*chain);
  return walk_journal(state_dir, {});
}

}  // namespace pingtrail::history
