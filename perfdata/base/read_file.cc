// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "perfdata/base/fd.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::base {

Expected<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return posix_error(path, errno);
  constexpr std::size_t kPiece = 1 << 16;
  std::string out;
  while (true) {
    const std::size_t size = out.size();
    out.resize(size + kPiece);
    const ssize_t got = ::read(file.get(), out.data() + size, kPiece);
    const int error = errno;
    out.resize(size + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && error == EINTR) continue;
    if (got < 0) return posix_error(path, error);
    if (got == 0) return out;
    if (out.size() > most_bytes) {
      return invalid_input(path, "larger than " + std::to_string(most_bytes) + " bytes");
    }
  }
}

}  // namespace pingtrail::base
