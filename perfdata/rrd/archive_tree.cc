// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/archive_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>

#include "perfdata/base/posix_error.h"

namespace pingtrail::rrd {
namespace {

using base::Done;
using base::Error;
using base::ErrorKind;
using base::Expected;
using base::Fd;
using base::posix_error;

constexpr const char* kOwnDirectory = ".pingtrail";
constexpr std::size_t kFirstRead =
    std::size_t{16} * 1024;  // the header of an archive of 12 sources fits
constexpr std::size_t kLargestXml = std::size_t{8} * 1024 * 1024;
constexpr int kLockTries = 2500;  // every 2 ms
constexpr std::chrono::milliseconds kLockPause{2};
constexpr int kBadNames = 1000;

Error trouble(const std::string& path, int error_number) {
  if (error_number == ELOOP) {
    return base::invalid_input(path, "is a symbolic link, which is not followed");
  }
  if (error_number == ENOTDIR) return base::invalid_input(path, "is in the way of a directory");
  return posix_error(path, error_number);
}

Expected<Done> write_all(int fd, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return posix_error(path, errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return base::ok();
}

// As much of the file's front as there is, `limit` bytes at most.
Expected<Done> read_front(int fd, const std::string& path, std::size_t limit, std::string& bytes) {
  bytes.resize(limit);
  std::size_t got = 0;
  while (got < limit) {
    const ssize_t count = ::pread(fd, bytes.data() + got, limit - got, static_cast<off_t>(got));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return posix_error(path, errno);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return base::ok();
}

// librrd itself gives up when the lock is held, and its readers hold it, too. Polling instead of
// F_SETLKW, which no timeout ends.
Expected<bool> lock_for_writing(int fd, const std::string& path) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  for (int tries = 0; tries < kLockTries; ++tries) {
    if (::fcntl(fd, F_SETLK, &lock) == 0) return tries > 0;
    if (errno != EAGAIN && errno != EACCES && errno != EINTR) return posix_error(path, errno);
    std::this_thread::sleep_for(kLockPause);
  }
  return Error{ErrorKind::would_block, path + ": locked by another process"};
}

Expected<Done> read_head(OpenArchive& archive, const std::string& path, std::string& fault) {
  struct stat status {};
  if (::fstat(archive.file.get(), &status) != 0) return posix_error(path, errno);
  if (!S_ISREG(status.st_mode)) {
    fault = "not a regular file";
    return base::ok();
  }
  auto done = read_front(archive.file.get(), path, kFirstRead, archive.head);
  const std::uint64_t needed = done ? announced_header_bytes(archive.head) : 0;
  if (done && needed > archive.head.size() &&
      needed <= static_cast<std::uint64_t>(status.st_size)) {
    done = read_front(archive.file.get(), path, needed, archive.head);
  }
  if (!done) return done;
  fault = parse_header(archive.head, static_cast<std::uint64_t>(status.st_size), archive.header);
  return base::ok();
}

std::string staged_archive(int worker) { return "new." + std::to_string(worker) + ".rrd"; }

}  // namespace

ArchiveTree::ArchiveTree(std::string root, Fd directory, Fd own)
    : root_(std::move(root)), directory_(std::move(directory)), own_(std::move(own)) {}

Expected<ArchiveTree> ArchiveTree::open(const std::string& root) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(root.c_str(), nullptr), ::free);
  if (!real) return posix_error(root, errno);
  Fd directory(::open(real.get(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return posix_error(root, errno);
  const std::string own_path = root + "/" + kOwnDirectory;
  if (::mkdirat(directory.get(), kOwnDirectory, 0755) != 0 && errno != EEXIST) {
    return posix_error(own_path, errno);
  }
  Fd own(::openat(directory.get(), kOwnDirectory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!own) return trouble(own_path, errno);
  return ArchiveTree(real.get(), std::move(directory), std::move(own));
}

std::vector<std::string> ArchiveTree::own_files() const {
  std::vector<std::string> names;
  const int again = ::openat(own_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return names;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again), ::closedir);
  while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr)
    names.emplace_back(entry->d_name);
  std::sort(names.begin(), names.end());
  return names;
}

void ArchiveTree::sweep() const { remove_own("new."); }

// librrd adds a suffix of its own while it writes.
void ArchiveTree::sweep_worker(int worker) const {
  remove_own("new." + std::to_string(worker) + ".");
}

void ArchiveTree::remove_own(const std::string& prefix) const {
  for (const std::string& name : own_files()) {
    if (name.starts_with(prefix)) ::unlinkat(own_.get(), name.c_str(), 0);
  }
}

std::string ArchiveTree::path(const ArchiveName& name) const {
  return root_ + "/" + name.host + "/" + name.service + ".rrd";
}

Expected<Fd> ArchiveTree::host_directory(const ArchiveName& name, bool make) const {
  const std::string path = root_ + "/" + name.host;
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(::openat(directory_.get(), name.host.c_str(), kFlags));
  if (!fd && errno == ENOENT && make) {
    if (::mkdirat(directory_.get(), name.host.c_str(), 0777) != 0 && errno != EEXIST) {
      return trouble(path, errno);
    }
    fd = Fd(::openat(directory_.get(), name.host.c_str(), kFlags));
  }
  if (fd) return fd;
  const int failure = errno;
  // A link gives ENOTDIR here, since O_DIRECTORY is looked at first; say what it is.
  struct stat status {};
  const bool link =
      ::fstatat(directory_.get(), name.host.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      S_ISLNK(status.st_mode);
  return trouble(path, link ? ELOOP : failure);
}

Expected<Found> ArchiveTree::find(const ArchiveName& name, bool lock) const {
  Found found;
  const auto host = host_directory(name, false);
  if (!host && host.error().kind == ErrorKind::not_found) return found;
  if (!host) return host.error();
  const std::string shown = path(name);
  const std::string file = name.service + ".rrd";
  found.archive.file =
      Fd(::openat(host->get(), file.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!found.archive.file) {
    if (errno == ENOENT) return found;
    if (errno != EISDIR && errno != ENXIO) return trouble(shown, errno);
    found.presence = Presence::damaged;
    found.fault = "not a regular file";
    return found;
  }
  if (lock) {
    const auto waited = lock_for_writing(found.archive.file.get(), shown);
    if (!waited) return waited.error();
    found.waited = *waited;
  }
  if (auto done = read_head(found.archive, shown, found.fault); !done) return done.error();
  found.presence = found.fault.empty() ? Presence::whole : Presence::damaged;
  return found;
}

Expected<Done> ArchiveTree::set_aside(const ArchiveName& name, std::int64_t now_s) const {
  const auto host = host_directory(name, false);
  if (!host) return host.error();
  const std::string file = name.service + ".rrd";
  for (int later = 0; later < kBadNames; ++later) {
    const std::string bad = file + ".bad-" + std::to_string(now_s + later);
    if (::renameat2(host->get(), file.c_str(), host->get(), bad.c_str(), RENAME_NOREPLACE) == 0) {
      return base::ok();
    }
    if (errno != EEXIST) return trouble(path(name), errno);
  }
  return trouble(path(name), EEXIST);
}

Expected<XmlFile> ArchiveTree::read_xml(const ArchiveName& name) const {
  const auto host = host_directory(name, false);
  if (!host && host.error().kind == ErrorKind::not_found) return XmlFile();
  if (!host) return host.error();
  const std::string file = name.service + ".xml";
  const Fd fd(::openat(host->get(), file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  // Whatever else stands there is replaced when the page is written.
  if (!fd && (errno == ENOENT || errno == ELOOP || errno == ENXIO)) return XmlFile();
  if (!fd) return trouble(root_ + "/" + name.host + "/" + file, errno);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return XmlFile();
  XmlFile xml;
  xml.modified_s = status.st_mtim.tv_sec;
  const std::size_t size = std::min(static_cast<std::size_t>(status.st_size), kLargestXml);
  if (auto done = read_front(fd.get(), file, size, xml.text); !done) return done.error();
  return xml;
}

Expected<Done> ArchiveTree::write_staged(const std::string& staged, std::string_view text) const {
  const std::string shown = root_ + "/" + kOwnDirectory + "/" + staged;
  const Fd fd(::openat(own_.get(), staged.c_str(),
                       O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!fd) return posix_error(shown, errno);
  auto done = write_all(fd.get(), shown, text);
  if (!done) ::unlinkat(own_.get(), staged.c_str(), 0);
  return done;
}

Expected<Done> ArchiveTree::write_xml(const ArchiveName& name, std::string_view text,
                                      int worker) const {
  const std::string staged = "new." + std::to_string(worker) + ".xml";
  const std::string file = name.service + ".xml";
  const auto host = host_directory(name, true);
  if (!host) return host.error();
  if (auto done = write_staged(staged, text); !done) return done;
  if (::renameat(own_.get(), staged.c_str(), host->get(), file.c_str()) == 0) return base::ok();
  const int failure = errno;
  ::unlinkat(own_.get(), staged.c_str(), 0);
  return failure == EISDIR
             ? base::invalid_input(root_ + "/" + name.host + "/" + file, "is a directory")
             : trouble(root_ + "/" + name.host + "/" + file, failure);
}

std::string ArchiveTree::staging_path(int worker) const {
  return descriptor_path(own_.get()) + "/" + staged_archive(worker);
}

Expected<Done> ArchiveTree::publish(const ArchiveName& name, int worker) const {
  const auto host = host_directory(name, true);
  if (!host) return host.error();
  const std::string file = name.service + ".rrd";
  if (::renameat(own_.get(), staged_archive(worker).c_str(), host->get(), file.c_str()) == 0)
    return base::ok();
  return trouble(path(name), errno);
}

Expected<Done> ArchiveTree::copy_to_staging(const OpenArchive& archive, int worker) const {
  const std::string shown = root_ + "/" + kOwnDirectory + "/" + staged_archive(worker);
  struct stat status {};
  if (::fstat(archive.file.get(), &status) != 0) return posix_error(shown, errno);
  const Fd copy(::openat(own_.get(), staged_archive(worker).c_str(),
                         O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                         status.st_mode & 07777U));
  if (!copy) return posix_error(shown, errno);
  off_t from = 0;
  while (from < status.st_size) {
    const auto left = static_cast<std::size_t>(status.st_size - from);
    const ssize_t count =
        ::copy_file_range(archive.file.get(), &from, copy.get(), nullptr, left, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return posix_error(shown, errno);
    if (count == 0) break;
  }
  return base::ok();
}

std::string ArchiveTree::read_own(const std::string& file) const {
  std::string text;
  const Fd fd(::openat(own_.get(), file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd || !read_front(fd.get(), file, kFirstRead, text)) text.clear();
  return text;
}

Expected<Done> ArchiveTree::write_own(const std::string& file, std::string_view text) const {
  const std::string staged = "new." + file;
  if (auto done = write_staged(staged, text); !done) return done;
  if (::renameat(own_.get(), staged.c_str(), own_.get(), file.c_str()) == 0) return base::ok();
  return posix_error(root_ + "/" + kOwnDirectory + "/" + file, errno);
}

bool archive_exists(const std::string& root, const ArchiveName& name) {
  const std::string path = root + "/" + name.host + "/" + name.service + ".rrd";
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string descriptor_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace pingtrail::rrd
