// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/share.h"

namespace pingtrail::metrics {
namespace {

constexpr Milliseconds kMostAge{1000};

bool same(const std::shared_ptr<const Aliases>& a, const std::shared_ptr<const Aliases>& b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

}  // namespace

bool SnapshotShare::fits(const SnapshotInputs& inputs, const SnapshotOptions& options,
                         WallTime asof) const {
  return newest_ != nullptr && newest_->asof <= asof && asof - newest_->asof <= kMostAge &&
         newest_->view->generation == inputs.view->generation &&
         newest_->reconstructed == inputs.reconstructed && newest_->writer == inputs.writer &&
         options_ == options && same(aliases_, inputs.aliases);
}

base::Expected<std::shared_ptr<const Snapshot>> SnapshotShare::take(const SnapshotInputs& inputs,
                                                                    const SnapshotOptions& options,
                                                                    WallTime asof) {
  const std::lock_guard<std::mutex> alone(busy_);
  if (fits(inputs, options, asof)) return newest_;
  auto taken = take_snapshot(inputs, options, asof);
  if (!taken) return taken;
  newest_ = *taken;
  aliases_ = inputs.aliases;
  options_ = options;
  return taken;
}

}  // namespace pingtrail::metrics
