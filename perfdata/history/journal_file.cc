// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/journal_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "perfdata/base/posix_error.h"
#include "perfdata/history/journal_io.h"

namespace pingtrail::history {
namespace {

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
