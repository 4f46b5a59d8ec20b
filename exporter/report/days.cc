// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "exporter/report/report.h"

namespace pingtrail::report {
namespace {

Milliseconds shared(const TimeSpan& a, const TimeSpan& b) {
  return std::max(Milliseconds{0}, std::min(a.to, b.to) - std::max(a.from, b.from));
}

void add_stretch(DayParts& day, const history::StateSpan& stretch, const TimeSpan& cut,
                 Milliseconds planned) {
  const Milliseconds length = cut.to - cut.from;
  day.planned += planned;
  if (!stretch.state) {
    day.unknown += length;
  } else if (*stretch.state == history::ObservedState::down) {
    day.down += length - planned;
    day.down_planned += planned;
  } else {
    day.up += length;
  }
}

}  // namespace

std::vector<DayParts> parts_by_day(const std::vector<history::StateSpan>& spans,
                                   const std::vector<TimeSpan>& planned,
                                   const std::vector<Day>& days) {
  std::vector<DayParts> out(days.size());
  std::size_t day = 0;
  for (const history::StateSpan& stretch : spans) {
    while (day < days.size() && days[day].span.to <= stretch.span.from) ++day;
    for (std::size_t i = day; i < days.size() && days[i].span.from < stretch.span.to; ++i) {
      const TimeSpan cut{std::max(days[i].span.from, stretch.span.from),
                         std::min(days[i].span.to, stretch.span.to)};
      if (cut.from >= cut.to) continue;
      Milliseconds in_plan{0};
      for (const TimeSpan& window : planned) in_plan += shared(window, cut);
      add_stretch(out[i], stretch, cut, in_plan);
    }
  }
  return out;
}

}  // namespace pingtrail::report
