// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/spool/directory_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "perfdata/base/posix_error.h"

namespace pingtrail::spool {

base::Expected<DirectoryWatch> DirectoryWatch::open(const std::string& directory) {
  base::Fd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return base::posix_error(directory, errno);
  constexpr std::uint32_t kArrivals = IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_ONLYDIR;
  if (::inotify_add_watch(fd.get(), directory.c_str(), kArrivals) < 0) {
    return base::posix_error(directory, errno);
  }
  return DirectoryWatch(std::move(fd));
}

void DirectoryWatch::clear() {
  alignas(inotify_event) std::array<std::byte, 4096> events{};
  while (::read(fd_.get(), events.data(), events.size()) > 0) {
  }
}

}  // namespace pingtrail::spool
