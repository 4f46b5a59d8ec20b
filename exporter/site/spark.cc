// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/spark.h"

#include <algorithm>

#include "exporter/graph/query.h"
#include "exporter/graph/sources.h"
#include "exporter/reconstruct/rrd_rows.h"

namespace pingtrail::site {
namespace {

using reconstruct::Stretch;

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::int64_t kPointSeconds = kDaySeconds / static_cast<std::int64_t>(kSparkPoints);

std::int64_t begin_of(const Stretch& stretch) { return stretch.first_s - stretch.step_s; }

const Stretch* finest_of_a_day(std::span<const Stretch> stretches, std::int64_t now_s) {
  const Stretch* best = nullptr;
  for (const Stretch& one : stretches) {
    const bool reaches = begin_of(one) <= now_s - kDaySeconds;
    const bool best_reaches = best != nullptr && begin_of(*best) <= now_s - kDaySeconds;
    if (best == nullptr || (reaches && best_reaches && one.step_s < best->step_s) ||
        (!best_reaches && begin_of(one) < begin_of(*best))) {
      best = &one;
    }
  }
  return best;
}

}  // namespace

std::vector<std::optional<double>> day_means(std::span<const Stretch> stretches,
                                             base::WallTime now) {
  const std::int64_t now_s =
      std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  const Stretch* rows = finest_of_a_day(stretches, now_s);
  if (rows == nullptr) return {};
  std::vector<double> sums(kSparkPoints, 0);
  std::vector<int> counts(kSparkPoints, 0);
  for (std::size_t i = 0; i < rows->loss.size(); ++i) {
    const std::int64_t end = rows->first_s + static_cast<std::int64_t>(i) * rows->step_s;
    const std::int64_t into = end - (now_s - kDaySeconds);
    if (!rows->loss[i] || into <= 0 || into > kDaySeconds) continue;
    const auto point = static_cast<std::size_t>((into - 1) / kPointSeconds);
    sums[point] += *rows->loss[i];
    ++counts[point];
  }
  std::vector<std::optional<double>> out(kSparkPoints);
  for (std::size_t i = 0; i < kSparkPoints; ++i) {
    if (counts[i] > 0) out[i] = sums[i] / counts[i];
  }
  const bool any = std::any_of(counts.begin(), counts.end(), [](int count) { return count > 0; });
  return any ? out : std::vector<std::optional<double>>();
}

std::vector<std::optional<double>> day_of(graph::ArchiveIndex& archives, const std::string& host,
                                          base::WallTime now) {
  const auto entry = archives.find(host, graph::kHostService);
  if (!entry) return {};
  const auto archive = archives.open(entry->name);
  if (!archive) return {};
  const auto ping = graph::ping_sources(archive->page, archive->header.sources.size());
  if (!ping) return {};
  const auto rows = reconstruct::read_rows(*archive, ping->rta);
  if (!rows) return {};
  constexpr double kMsPerS = 1000;
  auto out = day_means(*rows, now);
  for (auto& value : out) {
    if (value) *value *= ping->to_ms / kMsPerS;
  }
  return out;
}

}  // namespace pingtrail::site
