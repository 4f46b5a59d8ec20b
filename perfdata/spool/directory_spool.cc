// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/spool/directory_spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <tuple>
#include <utility>

#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::spool {
namespace {

using base::Done;
using base::Expected;
using base::Fd;
using base::posix_error;

constexpr mode_t kDirectoryMode = 0770;
constexpr mode_t kFileMode = 0660;
constexpr std::size_t kRejectsBuffered = std::size_t{64} * 1024;
constexpr std::int64_t kSettledNs = 2'000'000'000;
constexpr std::int64_t kNsInS = 1'000'000'000;

std::int64_t modified_ns(const struct stat& status) {
  return std::int64_t{status.st_mtim.tv_sec} * kNsInS + status.st_mtim.tv_nsec;
}

Expected<Fd> open_directory(int parent, const char* name, const std::string& path) {
  Fd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return posix_error(path, errno);
  return fd;
}

Expected<Fd> make_directory(int parent, const char* name, const std::string& path) {
  if (::mkdirat(parent, name, kDirectoryMode) != 0 && errno != EEXIST)
    return posix_error(path, errno);
  return open_directory(parent, name, path);
}

bool exists(int directory, const std::string& name) {
  struct stat status {};
  return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

// Whether the file is whole: no process has it open for writing, or it has not changed for a while.
// A read lease is only granted without writers (fcntl(2)). Not being granted one proves nothing:
// the workers of Nagios 4 inherit its first perfdata file and keep it open as long as they live
// (seen with 4.4.6, 2026-11-21), and files of other users give no lease at all.
bool settled(int fd, const struct stat& status) {
  // Breaking the lease raises a signal: one that is ignored unless asked for, not SIGIO.
  if (::fcntl(fd, F_SETSIG, SIGURG) == 0 && ::fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(fd, F_SETLEASE, F_UNLCK);
    return true;
  }
  return base::realtime_now().count() - modified_ns(status) >= kSettledNs;
}

// The names in a directory; `fd` is left open and rewound.
Expected<std::vector<std::string>> names_in(int fd, const std::string& path) {
  // A second descriptor by openat, not dup: it has a read position of its own.
  const int own = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (own < 0) return posix_error(path, errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(own), ::closedir);
  if (!stream) return posix_error(path, errno);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream.get())) names.emplace_back(entry->d_name);
  return names;
}

// The regular files of a directory, the oldest first.
Expected<std::vector<SpoolFile>> list(int directory, const std::string& path) {
  const auto names = names_in(directory, path);
  if (!names) return names.error();
  std::vector<SpoolFile> files;
  for (const std::string& name : *names) {
    struct stat status {};
    if (name.starts_with('.') ||
        ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      continue;
    }
    if (!S_ISREG(status.st_mode)) continue;
    files.push_back({name, static_cast<std::uint64_t>(status.st_size), modified_ns(status)});
  }
  std::sort(files.begin(), files.end(), [](const SpoolFile& a, const SpoolFile& b) {
    return std::tie(a.modified_ns, a.name) < std::tie(b.modified_ns, b.name);
  });
  return files;
}

}  // namespace

Expected<std::vector<SpoolFile>> waiting_files(const std::string& directory) {
  const Fd root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return posix_error(directory, errno);
  return list(root.get(), directory);
}

Expected<ClaimedFile> look_at(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return posix_error(path, errno);
  return ClaimedFile(std::move(fd), path);
}

Expected<std::size_t> ClaimedFile::read_at(std::uint64_t offset, std::size_t limit,
                                           std::string& piece) {
  // No more than there is: resize() fills with zeros, which costs more than the reading.
  struct stat status {};
  if (::fstat(file_.get(), &status) != 0) return posix_error(name_, errno);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  limit = std::min<std::uint64_t>(limit, size > offset ? size - offset : 0);
  piece.resize(limit);
  std::size_t got = 0;
  while (got < limit) {
    const ssize_t count =
        ::pread(file_.get(), piece.data() + got, limit - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return posix_error(name_, errno);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  piece.resize(got);
  return got;
}

Expected<Piece> ClaimedFile::next(std::size_t limit, std::string& piece) {
  const auto got = read_at(offset_, limit, piece);
  if (!got) return got.error();
  if (*got == 0) return Piece::end;
  if (*got == limit) {
    const std::size_t newline = piece.rfind('\n');
    if (newline == std::string::npos) return skip_line(limit, piece);
    piece.resize(newline + 1);
  }
  offset_ += piece.size();
  return Piece::lines;
}

Expected<Piece> ClaimedFile::skip_line(std::size_t limit, std::string& piece) {
  for (offset_ += piece.size();;) {
    const auto got = read_at(offset_, limit, piece);
    if (!got) return got.error();
    const std::size_t newline = piece.find('\n');
    offset_ += newline == std::string::npos ? *got : newline + 1;
    if (newline != std::string::npos || *got == 0) break;
  }
  piece.clear();
  return Piece::oversized;
}

DirectorySpool::DirectorySpool(std::string path, Fd directory, Fd claimed, Fd rejected)
    : path_(std::move(path)),
      directory_(std::move(directory)),
      claimed_(std::move(claimed)),
      rejected_(std::move(rejected)) {}

Expected<DirectorySpool> DirectorySpool::open(const std::string& directory) {
  Fd root(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return posix_error(directory, errno);
  auto claimed = make_directory(root.get(), "claimed", directory + "/claimed");
  if (!claimed) return claimed.error();
  auto rejected = make_directory(root.get(), "rejected", directory + "/rejected");
  if (!rejected) return rejected.error();
  if (::flock(claimed->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return posix_error(directory, errno);
    return base::Error{base::ErrorKind::would_block,
                       directory + ": another pingtrail-rrd is at work here"};
  }
  DirectorySpool spool(directory, std::move(root), *std::move(claimed), *std::move(rejected));
  if (auto done = spool.tidy_rejects(); !done) return done.error();
  return spool;
}

Expected<std::vector<SpoolFile>> DirectorySpool::pending() const {
  return list(directory_.get(), path_);
}

Expected<std::vector<SpoolFile>> DirectorySpool::claimed() const {
  return list(claimed_.get(), path_ + "/claimed");
}

Expected<bool> DirectorySpool::claim(const SpoolFile& file) {
  const char* name = file.name.c_str();
  const Fd fd(::openat(directory_.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd && (errno == ENOENT || errno == ELOOP)) return false;
  if (!fd) return posix_error(path_ + "/" + file.name, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return posix_error(path_ + "/" + file.name, errno);
  if (!S_ISREG(status.st_mode) || !settled(fd.get(), status)) return false;
  if (::renameat2(directory_.get(), name, claimed_.get(), name, RENAME_NOREPLACE) != 0) {
    if (errno == EEXIST || errno == ENOENT) return false;
    return posix_error(path_ + "/" + file.name, errno);
  }
  if (auto done = start_over(file.name); !done) return done.error();
  return true;
}

Expected<ClaimedFile> DirectorySpool::read(const std::string& name) const {
  Fd fd(::openat(claimed_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return posix_error(path_ + "/claimed/" + name, errno);
  return ClaimedFile(std::move(fd), path_ + "/claimed/" + name);
}

Expected<Done> DirectorySpool::start_over(const std::string& name) {
  rejects_.erase(name);
  if (::unlinkat(rejected_.get(), ("." + name).c_str(), 0) != 0 && errno != ENOENT) {
    return posix_error(path_ + "/rejected/." + name, errno);
  }
  return base::ok();
}

Expected<Done> DirectorySpool::reject(const std::string& name, std::size_t line,
                                      std::string_view reason) {
  Rejects& rejects = rejects_[name];
  if (rejects.unwritten.size() > kRejectsBuffered) {
    if (auto done = write_rejects(name, rejects); !done) return done;
  }
  rejects.unwritten += name + ":" + std::to_string(line) + ": ";
  rejects.unwritten += reason;
  rejects.unwritten += '\n';
  return base::ok();
}

Expected<Done> DirectorySpool::write_rejects(const std::string& name, Rejects& rejects) {
  const std::string path = path_ + "/rejected/." + name;
  if (!rejects.file) {
    rejects.file = Fd(::openat(rejected_.get(), ("." + name).c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    if (!rejects.file) return posix_error(path, errno);
  }
  // By place, so that a write that failed half-way on a full disk is simply done again.
  while (!rejects.unwritten.empty()) {
    const ssize_t count = ::pwrite(rejects.file.get(), rejects.unwritten.data(),
                                   rejects.unwritten.size(), static_cast<off_t>(rejects.bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return posix_error(path, errno);
    rejects.bytes += static_cast<std::uint64_t>(count);
    rejects.unwritten.erase(0, static_cast<std::size_t>(count));
  }
  return base::ok();
}

Expected<Done> DirectorySpool::release(const std::string& name) {
  const auto found = rejects_.find(name);
  if (found != rejects_.end()) {
    if (auto done = write_rejects(name, found->second); !done) return done;
  }
  // The claimed file goes first: from then on its rejects are known to be complete, and whoever
  // finds them under their dotted name without it shows them (tidy_rejects).
  if (::unlinkat(claimed_.get(), name.c_str(), 0) != 0) {
    return posix_error(path_ + "/claimed/" + name, errno);
  }
  if (found == rejects_.end()) return base::ok();
  rejects_.erase(found);
  return show_rejects(name);
}

// Under the name of its file, or, when that is taken by an earlier file of the same name, with a
// number behind it.
Expected<Done> DirectorySpool::show_rejects(const std::string& name) {
  const std::string hidden = "." + name;
  std::string shown = name;
  for (int number = 2;; ++number) {
    if (::renameat2(rejected_.get(), hidden.c_str(), rejected_.get(), shown.c_str(),
                    RENAME_NOREPLACE) == 0) {
      return base::ok();
    }
    if (errno != EEXIST) return posix_error(path_ + "/rejected/" + shown, errno);
    shown = name + "." + std::to_string(number);
  }
}

Expected<Done> DirectorySpool::tidy_rejects() {
  const auto names = names_in(rejected_.get(), path_ + "/rejected");
  if (!names) return names.error();
  for (const std::string& hidden : *names) {
    if (!hidden.starts_with('.') || hidden == "." || hidden == "..") continue;
    const std::string name = hidden.substr(1);
    const bool unfinished = exists(claimed_.get(), name);
    auto done = unfinished ? start_over(name) : show_rejects(name);
    if (!done) return done;
  }
  return base::ok();
}

}  // namespace pingtrail::spool
