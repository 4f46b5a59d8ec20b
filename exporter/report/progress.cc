// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/progress.h"

#include <algorithm>
#include <cmath>

#include "exporter/report/words.h"

namespace pingtrail::report {

std::string progress_line(std::string_view task, std::uint64_t done, std::uint64_t total,
                          std::string_view unit, double elapsed_s) {
  constexpr std::size_t kBar = 24;
  std::string out(task);
  if (total == 0) return out + "  " + grouped(done) + " " + std::string(unit);
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(std::floor(share * kBar));
  std::string percent = std::to_string(static_cast<int>(std::floor(share * 100)));
  percent.insert(0, 3 - std::min<std::size_t>(3, percent.size()), ' ');
  out += "  [" + std::string(filled, '#') + std::string(kBar - filled, ' ') + "] " + percent +
         " %, " + grouped(done) + " of " + grouped(total) + " " + std::string(unit);
  if (elapsed_s < 1 || share <= 0 || share >= 1) return out;
  const double left = elapsed_s * (1 - share) / share;
  return out + ", " + grouped(static_cast<std::uint64_t>(std::ceil(left))) + " s left";
}

}  // namespace pingtrail::report
