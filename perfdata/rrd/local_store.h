// SPDX-License-Identifier: GPL-3.0-or-later
// Archives through librrd, in this process. The only file that knows librrd.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/rrd/archive_tree.h"
#include "perfdata/rrd/rra_config.h"
#include "perfdata/rrd/store.h"
#include "perfdata/rrd/undo_log.h"

namespace pingtrail::rrd {

// Updates at once, with the undo log of that worker around each.
std::unique_ptr<RrdStore> make_local_store(UndoLog undo);

// One update of a locked archive, noted in `undo` while it goes on. Errors as RrdStore::update().
base::Expected<base::Done> update_through_librrd(const ArchiveName& name,
                                                 const OpenArchive& archive,
                                                 std::span<const std::string> rows, UndoLog& undo);

// What a source is to become.
struct NewSource {
  bool counter = false;  // DERIVE with a minimum of 0, else GAUGE
};

// Makes the archive `name` with sources "1" to "n", its first row possible right after `start_s`.
// In the making it lies in the staging place of the worker, so that none is ever seen half.
base::Expected<base::Done> create_archive(const ArchiveTree& tree, const ArchiveName& name,
                                          int worker, const RraConfig& config, std::int64_t start_s,
                                          const std::vector<NewSource>& sources);

// Adds sources to an archive, named on from the number it has; unknown for all the time so far.
base::Expected<base::Done> add_sources(const ArchiveTree& tree, const ArchiveName& name, int worker,
                                       const OpenArchive& archive, std::int64_t heartbeat_s,
                                       const std::vector<NewSource>& sources);

}  // namespace pingtrail::rrd
