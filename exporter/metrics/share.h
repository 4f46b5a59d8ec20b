// SPDX-License-Identifier: GPL-3.0-or-later
// One snapshot for scrapes that come together: twenty at once then need the memory of one. Pure.
#pragma once

#include <memory>
#include <mutex>

#include "exporter/metrics/snapshot.h"

namespace pingtrail::metrics {

// Any thread may call; one at a time does the work.
class SnapshotShare {
 public:
  // As take_snapshot(). The newest one is given again when it was taken of the same at most a
  // second before: a snapshot is 4 MB at 10,000 hosts, and lives as long as its slowest reader.
  base::Expected<std::shared_ptr<const Snapshot>> take(const SnapshotInputs& inputs,
                                                       const SnapshotOptions& options,
                                                       WallTime asof);

 private:
  bool fits(const Snapshot& newest, const SnapshotInputs& inputs, const SnapshotOptions& options,
            WallTime asof) const;

  std::mutex busy_;
  std::weak_ptr<const Snapshot> newest_;
  std::shared_ptr<const Aliases> aliases_;  // as of newest_, like the options
  SnapshotOptions options_;
};

}  // namespace pingtrail::metrics
