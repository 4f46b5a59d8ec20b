// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/reconstruct/rows.h"

#include <algorithm>
#include <limits>

#include "perfdata/history/host_state.h"

namespace pingtrail::reconstruct {
namespace {

using history::Observation;
using history::ObservedState;

// The mean of rows of 100 need not be 100 to the last bit.
constexpr double kAllLost = 100 - 1e-6;

ObservedState state_of(const std::optional<double>& loss) {
  if (!loss) return ObservedState::indeterminate;
  return *loss >= kAllLost ? ObservedState::down : ObservedState::up;
}

// The rows of the stretch up to the label `limit_s`, newest first.
void take_rows(std::vector<Observation>& out, const Stretch& stretch, std::int64_t limit_s,
               std::int64_t first_row, std::int64_t base_step_s) {
  const auto rows = static_cast<std::int64_t>(stretch.loss.size());
  for (std::int64_t row = rows - 1; row >= first_row; --row) {
    const std::int64_t label_s = stretch.first_s + row * stretch.step_s;
    if (label_s > limit_s) continue;
    Observation observation;
    observation.wall =
        history::WallTime{std::chrono::seconds{label_s - stretch.step_s + base_step_s}};
    observation.state = state_of(stretch.loss[static_cast<std::size_t>(row)]);
    observation.interval = std::chrono::seconds{stretch.step_s};
    observation.live = false;
    out.push_back(observation);
  }
}

}  // namespace

std::vector<Observation> observations_of(std::span<const Stretch> stretches,
                                         std::int64_t base_step_s) {
  std::vector<const Stretch*> order;
  for (const Stretch& stretch : stretches) order.push_back(&stretch);
  std::stable_sort(order.begin(), order.end(),
                   [](const Stretch* a, const Stretch* b) { return a->step_s < b->step_s; });
  std::vector<Observation> out;  // newest first
  std::int64_t limit_s = std::numeric_limits<std::int64_t>::max();
  for (const Stretch* stretch : order) {
    const auto known = std::find_if(stretch->loss.begin(), stretch->loss.end(),
                                    [](const auto& loss) { return loss.has_value(); });
    if (known == stretch->loss.end()) continue;
    const std::int64_t first_row = known - stretch->loss.begin();
    take_rows(out, *stretch, limit_s, first_row, base_step_s);
    const std::int64_t begin_s = stretch->first_s + (first_row - 1) * stretch->step_s;
    limit_s = std::min(limit_s, begin_s);
  }
  std::reverse(out.begin(), out.end());
  const auto newest = std::find_if(out.rbegin(), out.rend(), [](const Observation& observation) {
    return observation.state != ObservedState::indeterminate;
  });
  if (newest != out.rend()) {
    newest->interval = std::max(*newest->interval, history::kDefaultInterval);
  }
  return out;
}

}  // namespace pingtrail::reconstruct
