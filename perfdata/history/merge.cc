// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>
#include <utility>

#include "perfdata/history/timeline.h"

namespace pingtrail::history {
namespace {

// One machine's part with the end of what it knew.
struct Known {
  const Part* part = nullptr;
  WallTime to{};
  std::size_t order = 0;
  // The newer part first; `order` only makes equal ones distinct.
  bool operator<(const Known& other) const {
    if (part->first != other.part->first) return part->first > other.part->first;
    return order < other.order;
  }
};

struct Edge {
  WallTime at{};
  bool begins = false;
  std::size_t known = 0;
};

// The newest part of the machine that saw the host last goes on; those of others have ended.
WallTime known_to(const Part& part) { return part.next ? part.until : part.last + part.interval; }

void add_stretch(std::vector<Part>& out, const Part& source, WallTime from, WallTime to) {
  if (!out.empty() && out.back().state == source.state && out.back().until == from) {
    Part& part = out.back();
    part.last = std::max(part.last, std::min(source.last, to));
    part.until = to;
    part.interval = source.interval;
    part.checks = std::max(part.checks, source.checks);
    return;
  }
  Part part = source;
  part.first = from;
  part.last = std::max(from, std::min(source.last, to));
  part.until = to;
  part.next.reset();
  if (!out.empty()) out.back().next = from;
  out.push_back(std::move(part));
}

}  // namespace

HostHistory merge_histories(std::span<const HostHistory> same_key) {
  HostHistory out;
  if (same_key.empty()) return out;
  std::vector<Known> known;
  const HostHistory* newest = &same_key.front();
  for (const HostHistory& history : same_key) {
    for (const Part& part : history.parts) known.push_back({&part, known_to(part), known.size()});
    const bool seen_later =
        !history.parts.empty() &&
        (newest->parts.empty() || history.parts.back().last > newest->parts.back().last);
    if (seen_later) newest = &history;
  }
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (known[i].to <= known[i].part->first) known[i].to = known[i].part->first + Milliseconds{1};
    edges.push_back({known[i].part->first, true, i});
    edges.push_back({known[i].to, false, i});
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.at < b.at; });
  std::set<Known> active;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge& edge = edges[i];
    if (edge.begins) {
      active.insert(known[edge.known]);
    } else {
      active.erase(known[edge.known]);
    }
    if (i + 1 == edges.size() || edges[i + 1].at == edge.at || active.empty()) continue;
    add_stretch(out.parts, *active.begin()->part, edge.at, edges[i + 1].at);
  }
  out.key = newest->key;
  out.group = newest->group;
  out.state = newest->state;
  out.reconstructed = newest->reconstructed;
  return out;
}

}  // namespace pingtrail::history
