// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/spool/spool_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "perfdata/base/fd.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::spool {
namespace {

constexpr mode_t kFileMode = 0660;  // core and writer meet in a group

base::Expected<base::Done> write_all(int fd, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::posix_error(path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return base::ok();
}

}  // namespace

base::Expected<base::Done> leave_in_spool(const std::string& directory, const std::string& name,
                                          std::string_view text) {
  const std::string path = directory + "/" + name;
  // A file without a name goes away with its process; it gets its name when it is whole.
  const base::Fd file(::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kFileMode));
  if (!file) return base::posix_error(directory, errno);
  // Whatever the umask of the core: the mode is part of the agreement with the reader.
  if (::fchmod(file.get(), kFileMode) != 0) return base::posix_error(path, errno);
  if (auto done = write_all(file.get(), path, text); !done) return done;
  const std::string self = "/proc/self/fd/" + std::to_string(file.get());
  if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return base::posix_error(path, errno);
  }
  return base::ok();
}

}  // namespace pingtrail::spool
