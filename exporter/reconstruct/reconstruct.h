// SPDX-License-Identifier: GPL-3.0-or-later
// Histories of hosts that have an archive but no journal, from the archive's packet loss.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/graph/archive_index.h"
#include "perfdata/history/timeline.h"

namespace pingtrail::reconstruct {

// Usable by several threads at once.
class Reconstruction {
 public:
  explicit Reconstruction(std::string rrd_dir);

  // Every host that has an archive with packet loss and is not `known`, sorted by name, marked
  // `reconstructed`. The host's own archive, else that of the first of its services (by name) that
  // has a source `pl`. An archive whose file is what it was costs a stat only. What could not be
  // read is appended to `notes`.
  std::vector<std::shared_ptr<const history::HostHistory>> histories(
      const std::function<bool(std::string_view host)>& known, std::vector<std::string>& notes);

 private:
  struct Cached {
    graph::FileIdentity identity;
    std::shared_ptr<const history::HostHistory> history;  // none: no packet loss in it
  };

  // What the archive says, from the cache where its file is what it was; absent when it cannot be
  // read.
  std::optional<Cached> take(const graph::ArchiveEntry& entry, std::vector<std::string>& notes);

  graph::ArchiveIndex index_;
  std::mutex mutex_;
  std::map<std::string, Cached> cache_;  // by host/service of the file
};

}  // namespace pingtrail::reconstruct
