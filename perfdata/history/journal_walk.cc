// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "perfdata/base/posix_error.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/journal_io.h"

namespace pingtrail::history {

std::string chain_path(const std::string& dir) { return dir + "/journal/chain"; }
std::string head_path(const std::string& dir) { return dir + "/journal/head"; }

std::uint64_t file_bytes(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

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

base::Expected<JournalHead> read_head(int fd) { return decode_head(read_at(fd, 0, kHeadBytes)); }

namespace {

// A pass over the chain as it was when it began.
class Walk {
 public:
  Walk(const base::Fd& chain, std::uint64_t bytes, base::Expected<JournalHead> head)
      : chain_(chain),
        whole_(bytes / kRecordBytes),
        torn_(bytes % kRecordBytes != 0),
        head_(std::move(head)) {}

  // Goes on behind records that an earlier pass took; false when they are not there any more.
  bool go_on(const ChainPosition& from);
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
  report_.last = last_;
  return report_;
}

bool Walk::go_on(const ChainPosition& from) {
  if (from.records == 0) return true;
  if (from.records > whole_) return false;
  const auto bytes = read_at(chain_.get(), (from.records - 1) * kRecordBytes, kRecordBytes);
  if (bytes.size() != kRecordBytes || sha256(bytes) != from.last) return false;
  report_.records = from.records;
  last_ = from.last;
  return true;
}

}  // namespace

base::Expected<ChainReport> walk_journal(const std::string& state_dir,
                                         const std::function<void(const JournalRecord&)>& each) {
  return continue_journal(state_dir, {}, each);
}

base::Expected<ChainReport> continue_journal(
    const std::string& state_dir, const ChainPosition& from,
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
    missing.continued = from.records == 0;
    return missing;
  }
  // Chain and head are read as one under the writers' lock; who cannot have it reads anyway.
  const bool locked = lock_file(chain, path, kLockWait).has_value();
  const std::uint64_t bytes = file_bytes(chain.get());
  auto known = head ? read_head(head.get())
                    : base::Expected<JournalHead>(base::invalid_input("head", "missing"));
  if (locked) unlock_file(chain);
  Walk walk(chain, bytes, std::move(known));
  if (walk.go_on(from)) return walk.run(each);
  ChainReport replaced;
  replaced.continued = false;
  return replaced;
}

}  // namespace pingtrail::history
