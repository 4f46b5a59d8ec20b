// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/outages.h"

#include <algorithm>

#include "perfdata/history/maintenance.h"

namespace pingtrail::history {
namespace {

// The end of a part as it is known at `asof`.
WallTime known_until(const Part& part, WallTime asof) {
  if (part.next) return std::min(part.until, asof);
  const Milliseconds silence = asof - part.last;
  return silence > gap_limit(part.interval) ? part.last + part.interval : asof;
}

// Adds one DOWN part to the outage it belongs to.
void add_part(Outage& outage, const Part& part, bool before_down, WallTime asof,
              std::span<const TimeSpan> planned) {
  const WallTime until = known_until(part, asof);
  if (until > part.first) {
    outage.down += until - part.first;
    outage.planned += covered(planned, part.first, until);
  }
  // A part that ends without a gap before the next DOWN (where a reboot parted them) is certain up
  // to it.
  const bool goes_on = before_down && part.next && part.until == *part.next;
  const WallTime last = std::min(goes_on ? part.until : part.last, asof);
  if (last > part.first) outage.lower_bound += last - part.first;
  outage.checks = std::max(outage.checks, part.checks);
}

// The outage of the parts from `first` up to `past`, not included.
Outage outage_from(const std::vector<Part>& parts, std::size_t first, std::size_t past,
                   WallTime asof, std::span<const TimeSpan> planned) {
  Outage out;
  out.start = parts[first].first;
  out.reason = parts[first].reason;
  for (std::size_t i = first; i < past && (i == first || parts[i].first <= asof); ++i) {
    add_part(out, parts[i], i + 1 < past, asof, planned);
  }
  const std::optional<WallTime> end = parts[past - 1].next;
  const bool ended = past < parts.size() && end && *end <= asof;
  if (ended) out.end = end;
  const WallTime to = ended ? *end : asof;
  out.unknown = std::max(Milliseconds{0}, to - out.start - out.down);
  if (first > 0) out.upper_bound = to - std::min(parts[first - 1].last, out.start);
  return out;
}

// Rows tell the state of all their step, so an end may lie anywhere in the row that shows it.
void mark_reconstructed(Outage& outage, std::span<const Part> parts, std::size_t first,
                        std::size_t past) {
  outage.reconstructed = true;
  Milliseconds step{0};
  for (std::size_t i = first > 0 ? first - 1 : first; i < past; ++i) {
    step = std::max(step, parts[i].interval);
  }
  outage.resolution = step;
  if (outage.end && outage.upper_bound) *outage.upper_bound += parts[past - 1].interval;
}

// The outages that begin with part `begin` or later, and before `stop`.
std::vector<Outage> outages_of_parts(const HostHistory& history, std::size_t begin, WallTime stop,
                                     WallTime asof, std::span<const TimeSpan> planned,
                                     std::uint32_t confirm) {
  std::vector<Outage> out;
  // Seen from after the last observation every outage that an UP has ended is over, even where a
  // clock that went back since then left its end in the future.
  const bool all_seen = !history.parts.empty() && asof >= history.parts.back().last;
  std::size_t i = begin;
  while (i < history.parts.size()) {
    if (history.parts[i].state != ObservedState::down || history.parts[i].first >= stop) {
      ++i;
      continue;
    }
    std::size_t past = i;
    while (past < history.parts.size() && history.parts[past].state == ObservedState::down) ++past;
    const bool over = all_seen && past < history.parts.size();
    const WallTime seen = over ? std::max(asof, *history.parts[past - 1].next) : asof;
    out.push_back(outage_from(history.parts, i, past, seen, planned));
    out.back().blip = out.back().checks < confirm;
    if (history.reconstructed) mark_reconstructed(out.back(), history.parts, i, past);
    i = past;
  }
  return out;
}

}  // namespace

std::vector<Outage> outages(const HostHistory& history, WallTime asof,
                            std::span<const TimeSpan> planned, std::uint32_t confirm) {
  return outages_of_parts(history, 0, asof, asof, planned, confirm);
}

std::vector<Outage> outages_near(const HostHistory& history, const TimeSpan& window, WallTime asof,
                                 std::span<const TimeSpan> planned, std::uint32_t confirm) {
  const auto& parts = history.parts;
  if (parts.empty()) return {};
  // Every part but the newest has a next one, and these are in order.
  const auto near =
      std::lower_bound(parts.begin(), parts.end() - 1, window.from,
                       [](const Part& part, WallTime from) { return *part.next < from; });
  auto first = static_cast<std::size_t>(near - parts.begin());
  while (first > 0 && parts[first].state == ObservedState::down &&
         parts[first - 1].state == ObservedState::down) {
    --first;
  }
  return outages_of_parts(history, first, std::min(window.to, asof), asof, planned, confirm);
}

std::vector<Outage> overlapping(std::span<const Outage> all, const TimeSpan& window,
                                WallTime asof) {
  std::vector<Outage> out;
  for (const Outage& outage : all) {
    if (outage.start < std::min(window.to, asof) && outage.end.value_or(asof) > window.from) {
      out.push_back(outage);
    }
  }
  return out;
}

std::uint32_t outages_ended(std::span<const Outage> all, const TimeSpan& window, WallTime asof) {
  std::uint32_t ended = 0;
  for (const Outage& outage : all) {
    if (!outage.blip && outage.end && *outage.end >= window.from && *outage.end <= asof &&
        *outage.end < window.to) {
      ++ended;
    }
  }
  return ended;
}

std::size_t leading_series(std::span<const HostKey> series) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < series.size(); ++i) {
    // The plain series is the empty label, which sorts before all others.
    if (series[i].series < series[best].series) best = i;
  }
  return best;
}

std::string duration_text(Milliseconds duration) {
  const std::int64_t seconds = std::max<std::int64_t>(0, duration.count()) / 1000;
  const auto two = [](std::int64_t value) {
    std::string text = std::to_string(value);
    return text.size() < 2 ? "0" + text : text;
  };
  return std::to_string(seconds / 86400) + " days " + two(seconds / 3600 % 24) + ":" +
         two(seconds / 60 % 60) + ":" + two(seconds % 60);
}

}  // namespace pingtrail::history
