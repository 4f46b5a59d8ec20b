// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "perfdata/history/outages.h"

namespace pingtrail::history {
namespace {

// Unknown time of one host after its first observation.
struct Silence {
  WallTime from{};
  WallTime to{};
};

struct Estate {
  std::vector<WallTime> firsts;   // first observations, sorted
  std::vector<Silence> silences;  // sorted by `from`
  std::vector<WallTime> ends;     // of the silences, sorted
  Milliseconds together{0};
};

Estate gather(std::span<const std::shared_ptr<const HostHistory>> hosts, WallTime asof) {
  Estate out;
  for (const auto& host : hosts) {
    if (host->parts.empty()) continue;
    out.firsts.push_back(host->parts.front().first);
    for (const Part& part : host->parts) {
      out.together = std::max(out.together, gap_limit(part.interval));
      const bool silent = part.next || asof - part.last > gap_limit(part.interval);
      const WallTime from = part.next ? part.until : part.last + part.interval;
      const WallTime to = std::min(part.next.value_or(asof), asof);
      if (silent && from < to) out.silences.push_back({from, to});
    }
  }
  std::sort(out.firsts.begin(), out.firsts.end());
  std::sort(out.silences.begin(), out.silences.end(),
            [](const Silence& a, const Silence& b) { return a.from < b.from; });
  for (const Silence& silence : out.silences) out.ends.push_back(silence.to);
  std::sort(out.ends.begin(), out.ends.end());
  return out;
}

// How many hosts were being observed when those that fell silent after `since` did so.
std::size_t observed_before(const Estate& estate, WallTime since, WallTime at) {
  const auto begun = std::lower_bound(estate.firsts.begin(), estate.firsts.end(), at);
  const auto silent =
      std::upper_bound(estate.silences.begin(), estate.silences.end(), since,
                       [](WallTime t, const Silence& silence) { return t < silence.from; });
  const auto back = std::upper_bound(estate.ends.begin(), estate.ends.end(), since);
  const auto still_silent = (silent - estate.silences.begin()) - (back - estate.ends.begin());
  return static_cast<std::size_t>((begun - estate.firsts.begin()) - still_silent);
}

bool nearly_all(std::size_t silent, std::size_t observed) {
  return observed >= 2 && silent * 10 >= observed * 9;
}

}  // namespace

std::vector<MonitoringOutage> monitoring_outages(
    std::span<const std::shared_ptr<const HostHistory>> hosts, const TimeSpan& window,
    WallTime asof) {
  // A monitor that stops leaves each host known until one interval after its last check, so the
  // silences begin within about an interval of each other: together is within the gap limit.
  const Estate estate = gather(hosts, asof);
  std::vector<MonitoringOutage> out;
  std::size_t oldest = 0;
  for (std::size_t i = 0; i < estate.silences.size(); ++i) {
    const WallTime at = estate.silences[i].from;
    const WallTime since = at - estate.together;
    while (estate.silences[oldest].from <= since) ++oldest;
    const std::size_t observed = observed_before(estate, since, at);
    if (!nearly_all(i + 1 - oldest, observed)) continue;
    std::vector<WallTime> ends;
    for (std::size_t k = oldest; k <= i; ++k) {
      if (estate.silences[k].to > at) ends.push_back(estate.silences[k].to);
    }
    if (!nearly_all(ends.size(), observed)) continue;
    // Over when so many are back that the rest is under 90 %. The silences that begin later but
    // before that belong to it.
    std::size_t last = i;
    std::sort(ends.begin(), ends.end());
    while (last + 1 < estate.silences.size() &&
           estate.silences[last + 1].from <= at + estate.together &&
           estate.silences[last + 1].from < ends.front()) {
      ends.push_back(estate.silences[++last].to);
    }
    std::sort(ends.begin(), ends.end());
    const std::size_t needed = (observed * 9 + 9) / 10;
    const WallTime over = ends[ends.size() - std::min(needed, ends.size())];
    if (at < std::min(window.to, asof) && over > window.from) {
      out.push_back({{at, over},
                     static_cast<std::uint32_t>(std::min(ends.size(), observed)),
                     static_cast<std::uint32_t>(observed)});
    }
    while (last + 1 < estate.silences.size() && estate.silences[last + 1].from < over) ++last;
    i = last;
  }
  return out;
}

}  // namespace pingtrail::history
