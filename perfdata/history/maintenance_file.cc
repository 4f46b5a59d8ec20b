// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/maintenance_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "perfdata/base/posix_error.h"
#include "perfdata/history/file_lock.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::history {
namespace {

constexpr base::Milliseconds kWriterWait{5000};  // people and timers, not checks

std::string path_of(const std::string& dir) { return dir + "/maintenance"; }

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t done = ::write(fd, text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

}  // namespace

base::Expected<std::string> read_maintenance_text(const std::string& state_dir) {
  const std::string path = path_of(state_dir);
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::string{};
  if (!fd) return base::posix_error(path, errno);
  std::string text;
  std::array<char, 65536> piece;
  while (true) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::posix_error(path, errno);
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
}

base::Expected<base::Done> append_maintenance_text(const std::string& state_dir,
                                                   std::string_view lines) {
  const std::string path = path_of(state_dir);
  const auto fd = open_or_make(state_dir, "", "maintenance");
  if (!fd) return fd.error();
  if (auto locked = lock_file(*fd, path, kWriterWait); !locked) return locked.error();
  const off_t end = ::lseek(fd->get(), 0, SEEK_END);
  if (end < 0) return base::posix_error(path, errno);
  char last = '\n';
  // A line that a killed writer left unfinished must not swallow ours.
  const bool cut = end > 0 && ::pread(fd->get(), &last, 1, end - 1) == 1 && last != '\n';
  if ((!cut || write_all(fd->get(), "\n")) && write_all(fd->get(), lines)) return base::ok();
  const int error_number = errno;
  (void)!::ftruncate(fd->get(), end);
  return base::posix_error(path, error_number);
}

std::uint64_t maintenance_signature(const std::string& state_dir) {
  struct stat info {};
  if (::stat(path_of(state_dir).c_str(), &info) != 0) return 0;
  const auto seconds = static_cast<std::uint64_t>(info.st_mtim.tv_sec);
  const auto part = static_cast<std::uint64_t>(info.st_mtim.tv_nsec);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  return ((seconds * 1000000000U + part) ^ size << 40) | 1U;
}

void refresh_maintenance(const std::string& state_dir, HostState& state, WallTime now) {
  MaintenanceCache& cache = state.maintenance;
  const std::uint64_t signature = maintenance_signature(state_dir);
  const bool used_up = cache.more && !cache.windows.empty() && now >= cache.windows.back().to;
  if (signature == cache.signature && !used_up) return;
  const auto text = read_maintenance_text(state_dir);
  if (!text) return;
  cache.signature = signature;
  cache.more = false;
  cache.windows.clear();
  const MaintenanceFile file = parse_maintenance(*text);
  for (const TimeSpan& span : planned_spans(file.windows, state.key.name)) {
    // What ended before the last observation is booked already.
    if (state.state && span.to <= state.last_at) continue;
    if (!state.state && span.to <= now) continue;
    cache.more = cache.windows.size() == kCachedWindows;
    if (cache.more) break;
    cache.windows.push_back(span);
  }
}

}  // namespace pingtrail::history
