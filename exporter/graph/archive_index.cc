// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/archive_index.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <tuple>
#include <utility>

#include "perfdata/base/posix_error.h"
#include "perfdata/rrd/source_table.h"
#include "perfdata/spool/record.h"

namespace pingtrail::graph {
namespace {

using base::Error;
using base::ErrorKind;
using base::Expected;
using base::Fd;
using base::invalid_input;

constexpr std::string_view kSuffix = ".rrd";
constexpr std::size_t kFirstRead = std::size_t{16} * 1024;
constexpr std::size_t kLargestPage = std::size_t{8} * 1024 * 1024;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

FileIdentity identity_of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size,
          status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

Error trouble(const std::string& shown, int error_number) {
  if (error_number == ELOOP) return invalid_input(shown, "is a symbolic link, not followed");
  return base::posix_error(shown, error_number);
}

// One component below a directory. A link in the place of a directory is ENOTDIR to the system.
Expected<Fd> open_below(int directory, const std::string& name, int flags,
                        const std::string& shown) {
  Fd fd(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags));
  if (fd) return fd;
  const int failure = errno;
  struct stat status {};
  const bool link = ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                    S_ISLNK(status.st_mode);
  return trouble(shown, link ? ELOOP : failure);
}

Expected<Fd> open_root(const std::string& root) {
  Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return base::posix_error(root, errno);
  return fd;
}

Expected<Fd> open_host(const std::string& root, const std::string& host) {
  const auto top = open_root(root);
  if (!top) return top.error();
  return open_below(top->get(), host, O_DIRECTORY, root + "/" + host);
}

std::vector<std::string> names_in(const Fd& directory) {
  std::vector<std::string> out;
  const int again = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (again < 0) return out;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(again), ::closedir);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of this function's own
  while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
    if (entry->d_name[0] != '.') out.emplace_back(entry->d_name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// As much of the front as there is, `limit` bytes at most.
std::string read_front(const Fd& file, std::size_t limit) {
  std::string out(limit, '\0');
  std::size_t got = 0;
  while (got < limit) {
    const ssize_t count =
        ::pread(file.get(), out.data() + got, limit - got, static_cast<off_t>(got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  out.resize(got);
  return out;
}

Page read_page(const Fd& host, const std::string& service) {
  const std::string name = service + ".xml";
  const auto file = open_below(host.get(), name, 0, name);
  struct stat status {};
  if (!file || ::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return parse_page(read_front(
      *file, std::min(static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)), kLargestPage)));
}

// True names from the page where they are those of this place, else what the place is called.
ArchiveEntry entry_of(const Page& page, rrd::ArchiveName name) {
  ArchiveEntry out;
  out.host = rrd::clean_name(page.host) == name.host ? page.host : name.host;
  out.service = rrd::clean_name(page.service) == name.service ? page.service : name.service;
  out.name = std::move(name);
  return out;
}

std::vector<ArchiveEntry> read_directory(const Fd& host, const std::string& host_name) {
  std::vector<ArchiveEntry> out;
  for (const std::string& file : names_in(host)) {
    if (file.size() <= kSuffix.size() || !file.ends_with(kSuffix)) continue;
    struct stat status {};
    const bool regular = ::fstatat(host.get(), file.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                         S_ISREG(status.st_mode);
    if (!regular) continue;
    const std::string service = file.substr(0, file.size() - kSuffix.size());
    out.push_back(entry_of(read_page(host, service), {host_name, service}));
  }
  return out;
}

// Names as the writer makes them of the true ones; its rules say which can have an archive at all.
Expected<rrd::ArchiveName> clean(std::string_view host, std::string_view service) {
  spool::Record record;
  record.host = host;
  const bool own = service == "_HOST_";
  record.kind = own ? spool::RecordKind::host : spool::RecordKind::service;
  if (!own) record.service = service;
  rrd::ArchiveName name;
  const std::string_view fault = rrd::archive_name(record, name);
  if (!fault.empty()) return invalid_input("archive", std::string(fault));
  return name;
}

}  // namespace

ArchiveIndex::ArchiveIndex(std::string rrd_dir) : root_(std::move(rrd_dir)) {}

Expected<std::vector<ArchiveEntry>> ArchiveIndex::entries() {
  const auto top = open_root(root_);
  if (!top) return top.error();
  const std::lock_guard guard(mutex_);
  std::map<std::string, Directory> seen;
  std::vector<ArchiveEntry> out;
  for (const std::string& host : names_in(*top)) {
    const auto directory = open_below(top->get(), host, O_DIRECTORY, host);
    struct stat status {};
    if (!directory || ::fstat(directory->get(), &status) != 0) continue;
    // Pages are rewritten by rename, which changes the directory.
    auto known = known_.extract(host);
    Directory now = known.empty() ? Directory{} : std::move(known.mapped());
    if (const FileIdentity identity = identity_of(status); now.identity != identity) {
      now = {identity, read_directory(*directory, host)};
    }
    out.insert(out.end(), now.entries.begin(), now.entries.end());
    seen.emplace(host, std::move(now));
  }
  known_ = std::move(seen);
  std::sort(out.begin(), out.end(), [](const ArchiveEntry& a, const ArchiveEntry& b) {
    return std::tie(a.host, a.service) < std::tie(b.host, b.service);
  });
  return out;
}

Expected<std::vector<std::string>> ArchiveIndex::services(std::string_view host) {
  const auto name = clean(host, "_HOST_");
  if (!name) return name.error();
  std::vector<std::string> out;
  const auto directory = open_host(root_, name->host);
  if (!directory && directory.error().kind == ErrorKind::not_found) return out;
  if (!directory) return directory.error();
  for (ArchiveEntry& entry : read_directory(*directory, name->host)) {
    const bool its = entry.host == host || entry.host == name->host;
    if (its) out.push_back(std::move(entry.service));
  }
  std::sort(out.begin(), out.end());
  return out;
}

Expected<ArchiveEntry> ArchiveIndex::find(std::string_view host, std::string_view service) {
  const auto name = clean(host, service);
  if (!name) return name.error();
  const auto absent = [&](const std::string& fact) {
    return Error{ErrorKind::not_found,
                 rrd::printable(host) + ": " + fact + " of " + rrd::printable(service)};
  };
  const auto directory = open_host(root_, name->host);
  if (!directory && directory.error().kind == ErrorKind::not_found) return absent("no archive");
  if (!directory) return directory.error();
  struct stat status {};
  const std::string file = name->service + std::string(kSuffix);
  if (::fstatat(directory->get(), file.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return absent("no archive");
  }
  ArchiveEntry out = entry_of(read_page(*directory, name->service), *name);
  const auto agrees = [](const std::string& told, std::string_view asked,
                         const std::string& place) { return told == asked || told == place; };
  if (!agrees(out.host, host, name->host) || !agrees(out.service, service, name->service)) {
    return absent("the archive in its place is " + out.host + "'s; none");
  }
  out.host = host;
  out.service = service;
  return out;
}

std::optional<FileIdentity> ArchiveIndex::identity(const rrd::ArchiveName& name) const {
  const auto directory = open_host(root_, name.host);
  struct stat status {};
  const std::string file = name.service + std::string(kSuffix);
  if (!directory || ::fstatat(directory->get(), file.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  return identity_of(status);
}

Expected<ReadableArchive> ArchiveIndex::open(const rrd::ArchiveName& name) const {
  ReadableArchive out;
  out.shown = root_ + "/" + name.host + "/" + name.service + std::string(kSuffix);
  const auto directory = open_host(root_, name.host);
  if (!directory) return directory.error();
  auto file = open_below(directory->get(), name.service + std::string(kSuffix), 0, out.shown);
  if (!file) return file.error();
  struct stat status {};
  if (::fstat(file->get(), &status) != 0) return base::posix_error(out.shown, errno);
  if (!S_ISREG(status.st_mode)) return invalid_input(out.shown, "not a regular file");
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  std::string head = read_front(*file, kFirstRead);
  const std::uint64_t needed = rrd::announced_header_bytes(head);
  if (needed > head.size() && needed <= bytes) head = read_front(*file, needed);
  const std::string_view fault = rrd::parse_header(head, bytes, out.header);
  if (!fault.empty()) return invalid_input(out.shown, std::string(fault));
  out.rras = rrd::header_rras(head);
  const bool sound = std::all_of(out.rras.begin(), out.rras.end(), [](const rrd::Rra& rra) {
    constexpr std::int64_t kMostSteps = 1'000'000;
    return rra.steps_per_row > 0 && rra.steps_per_row <= kMostSteps;
  });
  if (!sound) return invalid_input(out.shown, "damaged: its rows cannot be");
  out.identity = identity_of(status);
  out.file = std::move(*file);
  out.page = read_page(*directory, name.service);
  return out;
}

}  // namespace pingtrail::graph
