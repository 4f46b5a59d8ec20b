// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/share.h"

namespace pingtrail::metrics {
namespace {

constexpr Milliseconds kMostAge{1000};

bool same(const std::shared_ptr<const Aliases>& a, const std::shared_ptr<const Aliases>& b) {
  return a == b || (a != nullptr && b != nullptr && *a == *b);
}

}  // namespace

bool SnapshotShare::fits(const Snapshot& newest, const SnapshotInputs& inputs,
                         const SnapshotOptions& options, WallTime asof) const {
  return newest.asof <= asof && asof - newest.asof <= kMostAge &&
         newest.view->generation == inputs.view->generation &&
         newest.reconstructed == inputs.reconstructed && newest.writer == inputs.writer &&
         options_ == options && same(aliases_, inputs.aliases);
}

base::Expected<std::shared_ptr<const Snapshot>> SnapshotShare::take(const SnapshotInputs& inputs,
                                                                    const SnapshotOptions& options,
                                                                    WallTime asof) {
  const std::lock_guard<std::mutex> alone(busy_);
  if (auto newest = newest_.lock(); newest && fits(*newest, inputs, options, asof)) return newest;
  auto taken = take_snapshot(inputs, options, asof);
  if (!taken) return taken;
  newest_ = *taken;
  aliases_ = inputs.aliases;
  options_ = options;
  return taken;
}

}  // namespace pingtrail::metrics
