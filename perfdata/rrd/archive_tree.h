// SPDX-License-Identifier: GPL-3.0-or-later
// The directory of all archives. Nothing outside of it is ever touched: host directories and files
// are opened one component at a time, and symbolic links among them are not followed.
//
//   ROOT/<host>/<service>.rrd, .xml   the archives
//   ROOT/<host>/<service>.rrd.bad-<t> damaged ones, set aside at t (seconds since 1970)
//   ROOT/.pingtrail/                  ours: files in the making, undo logs, counters
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/rrd/header.h"
#include "perfdata/rrd/layout.h"

namespace pingtrail::rrd {

// An archive open for reading and writing, and what was found in it.
struct OpenArchive {
  base::Fd file;
  std::string head;  // its first bytes, at least the whole header
  Header header;
};

struct XmlFile {
  std::string text;
  std::int64_t modified_s = 0;  // since 1970
};

enum class Presence {
  whole,    // opened
  missing,  // no such file
  damaged,  // a file that is no whole archive, or no file at all
};

struct Found {
  Presence presence = Presence::missing;
  OpenArchive archive;  // when whole
  std::string fault;    // when damaged
  bool waited = false;  // for the lock of somebody else
};

// Errors: ErrorKind::invalid_input and not_permitted concern this one archive and will not pass by
// waiting (a symbolic link, a file where a directory must be, missing rights); all others may (no
// space, too many open files, a lock that is held).
// Usable by several threads at once, as long as no two of them work on the same archive.
class ArchiveTree {
 public:
  // Opens `root`, which must be there, and makes ROOT/.pingtrail.
  static base::Expected<ArchiveTree> open(const std::string& root);

  // As given to open(), made absolute.
  const std::string& root() const { return root_; }

  // Removes what a killed process left in the making: all of it, or that of one worker. Undo logs
  // and counters stay.
  void sweep() const;
  void sweep_worker(int worker) const;

  // Opens and reads an archive. `lock`: takes the write lock librrd uses, waiting 5 s at most; it
  // is held until any descriptor of this file is closed by this process.
  base::Expected<Found> find(const ArchiveName& name, bool lock) const;

  // Moves what stands in the place of the archive to <service>.rrd.bad-<now_s>.
  base::Expected<base::Done> set_aside(const ArchiveName& name, std::int64_t now_s) const;

  // No text when there is none.
  base::Expected<XmlFile> read_xml(const ArchiveName& name) const;
  base::Expected<base::Done> write_xml(const ArchiveName& name, std::string_view text,
                                       int worker) const;

  // A name for librrd to make an archive under; publish() moves it to its place, over what is
  // there.
  std::string staging_path(int worker) const;
  base::Expected<base::Done> publish(const ArchiveName& name, int worker) const;
  // Copies an open archive to staging_path(worker).
  base::Expected<base::Done> copy_to_staging(const OpenArchive& archive, int worker) const;

  // Bytes of one of our own files in ROOT/.pingtrail, "" when there is none; and replacing them.
  std::string read_own(const std::string& file) const;
  base::Expected<base::Done> write_own(const std::string& file, std::string_view text) const;
  std::vector<std::string> own_files() const;
  int own_directory() const { return own_.get(); }

  // The archive as the rest of the system knows it.
  std::string path(const ArchiveName& name) const;

 private:
  ArchiveTree(std::string root, base::Fd directory, base::Fd own);
  base::Expected<base::Fd> host_directory(const ArchiveName& name, bool make) const;
  void remove_own(const std::string& prefix) const;
  base::Expected<base::Done> write_staged(const std::string& staged, std::string_view text) const;

  std::string root_;
  base::Fd directory_, own_;
};

// Whether anything stands in the place of an archive below `root`; only looking.
bool archive_exists(const std::string& root, const ArchiveName& name);

// A path through which librrd opens exactly the file of a descriptor, whatever its name says now.
std::string descriptor_path(int fd);

}  // namespace pingtrail::rrd
