// SPDX-License-Identifier: GPL-3.0-or-later
// Which archives there are below a directory of archives, and opening them to read. Nothing outside
// of the directory is opened: every component by itself, symbolic links not followed.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/graph/sources.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/rrd/header.h"
#include "perfdata/rrd/layout.h"
#include "perfdata/rrd/rra_config.h"

namespace pingtrail::graph {

// Which version of a file: a file with the same identity has the same content.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;

  bool operator==(const FileIdentity&) const = default;
};

struct ArchiveEntry {
  std::string host;       // true name, as the page beside the archive tells it
  std::string service;    // likewise; "_HOST_" for the host itself
  rrd::ArchiveName name;  // directory and file
  bool operator==(const ArchiveEntry&) const = default;
};

// An archive open for reading.
struct ReadableArchive {
  base::Fd file;
  std::string shown;  // ROOT/host/service.rrd, for messages
  FileIdentity identity;
  rrd::Header header;
  std::vector<rrd::Rra> rras;
  Page page;  // empty when there is none
};

// Usable by several threads at once.
class ArchiveIndex {
 public:
  explicit ArchiveIndex(std::string rrd_dir);

  const std::string& root() const { return root_; }

  // Every archive, by host and service. Directories that did not change since the last call are not
  // read again. Fails when the root cannot be read; what cannot be read below it is passed over.
  base::Expected<std::vector<ArchiveEntry>> entries();

  // The true names of the services of a host, "_HOST_" among them; empty when it has no archive.
  base::Expected<std::vector<std::string>> services(std::string_view host);

  // The archive of a host's service by their true names. Errors: not_found ("HOST: no archive of
  // SERVICE"), also where its place is taken by another host whose name looks alike in file names;
  // invalid_input for a name that can have none.
  base::Expected<ArchiveEntry> find(std::string_view host, std::string_view service);

  // Opens it. Errors: not_found; invalid_input for a link, something that is no regular file, or a
  // damaged archive ("PATH: truncated").
  base::Expected<ReadableArchive> open(const rrd::ArchiveName& name) const;

  // Which version of the archive stands there now; absent when there is none.
  std::optional<FileIdentity> identity(const rrd::ArchiveName& name) const;

 private:
  struct Directory {
    FileIdentity identity;
    std::vector<ArchiveEntry> entries;
  };

  std::string root_;
  std::mutex mutex_;
  std::map<std::string, Directory> known_;
};

}  // namespace pingtrail::graph
