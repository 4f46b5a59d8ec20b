// SPDX-License-Identifier: GPL-3.0-or-later
// What makes an update of an archive whole or not at all. librrd changes an archive in place: it
// moves the row pointers first and the time of the last update last, so a process killed in between
// leaves rows that are shifted by one when the sample is written again. Before an update the live
// part of the header is copied here; if the next start finds the copy still standing, it puts it
// back. The rows themselves need no copy: the same samples write the same rows again.
//
// A file of its own for each worker, mapped into memory: noting an archive costs a copy of some
// kilobytes and no system call, and the kernel keeps what was noted when the process is killed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/rrd/archive_tree.h"

namespace pingtrail::rrd {

class UndoLog {
 public:
  // The log "undo.<worker>" of the tree, made when it lacks. Its notes must have been put back by
  // put_back() before.
  static base::Expected<UndoLog> open(const ArchiveTree& tree, int worker);

  UndoLog(UndoLog&& other) noexcept;
  UndoLog& operator=(UndoLog&&) = delete;
  UndoLog(const UndoLog&) = delete;
  UndoLog& operator=(const UndoLog&) = delete;
  ~UndoLog();

  // Notes the archive as it is now. Fails when the disk has no room for a longer log.
  base::Expected<base::Done> note(const ArchiveName& name, const OpenArchive& archive);

  // Everything noted is no longer needed: the updates are done.
  void clear();

  bool empty() const;

 private:
  UndoLog(base::Fd file, std::string path);
  base::Expected<base::Done> grow(std::size_t bytes);

  base::Fd file_;
  std::string path_;
  std::byte* memory_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

// Called with the path of an archive before its header is put back, so that a daemon that holds
// samples for it can let go of them.
using BeforePutBack = std::function<base::Expected<base::Done>(const std::string& path)>;

// Puts back everything noted in the logs of the tree, and clears them. Archives that are gone or no
// longer the same file are passed over. Returns how many were put back.
base::Expected<int> put_back(const ArchiveTree& tree, const BeforePutBack& before);

}  // namespace pingtrail::rrd
