// SPDX-License-Identifier: GPL-3.0-or-later
// One snapshot for scrapes that come together: twenty at once then need the memory of one. Pure.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "exporter/metrics/snapshot.h"

namespace pingtrail::metrics {

// Any thread may call get(); one at a time takes a snapshot, the others wait for it.
class SnapshotShare {
 public:
  using Taken = base::Expected<std::shared_ptr<const Snapshot>>;

  // How old a snapshot may be that is given again.
  explicit SnapshotShare(base::Milliseconds most_age) : most_age_(most_age) {}

  // The newest one, unless it is older than that at `now`; then what `take` gives. An error is
  // handed on and not kept.
  Taken get(base::MonoTime now, const std::function<Taken()>& take) {
    const std::lock_guard<std::mutex> alone(busy_);
    if (newest_ && now - taken_at_ <= most_age_) return newest_;
    Taken taken = take();
    if (!taken) return taken;
    newest_ = *taken;
    taken_at_ = now;
    return taken;
  }

  // The next get() takes a new one (the configuration was read again).
  void drop() {
    const std::lock_guard<std::mutex> alone(busy_);
    newest_.reset();
  }

 private:
  base::Milliseconds most_age_;
  std::mutex busy_;
  std::shared_ptr<const Snapshot> newest_;
  base::MonoTime taken_at_{};
};

}  // namespace pingtrail::metrics
