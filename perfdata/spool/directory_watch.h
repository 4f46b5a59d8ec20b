// SPDX-License-Identifier: GPL-3.0-or-later
// Says when something arrives in a directory.
#pragma once

#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"

namespace pingtrail::spool {

class DirectoryWatch {
 public:
  // Watches for files moved into `directory` and for files closed after writing there.
  static base::Expected<DirectoryWatch> open(const std::string& directory);

  // Readable when something arrived; for poll(2) only.
  int fd() const { return fd_.get(); }

  // Takes note of everything that arrived so far.
  void clear();

 private:
  explicit DirectoryWatch(base::Fd fd) : fd_(std::move(fd)) {}

  base::Fd fd_;
};

}  // namespace pingtrail::spool
