// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/status.h"

#include <algorithm>
#include <utility>

#include "perfdata/history/maintenance.h"

namespace pingtrail::report {
namespace {

using history::HostHistory;
using history::ObservedState;
using history::Part;

// When the part's state was last known, as of `asof`.
WallTime known_until(const Part& part, WallTime asof) {
  if (part.next) return std::min(part.until, asof);
  const bool silent = asof - part.last > history::gap_limit(part.interval);
  return silent ? part.last + part.interval : asof;
}

// The newest part that began by `asof`; absent when there is none.
std::optional<std::size_t> part_at(const std::vector<Part>& parts, WallTime asof) {
  for (std::size_t i = parts.size(); i > 0; --i) {
    if (parts[i - 1].first <= asof) return i - 1;
  }
  return std::nullopt;
}

void place_state(StatusRow& row, const std::vector<Part>& parts, WallTime asof) {
  const auto newest = part_at(parts, asof);
  if (!newest) return;
  const WallTime until = known_until(parts[*newest], asof);
  if (until < asof) {
    row.since = until;
    return;
  }
  std::size_t begin = *newest;
  while (begin > 0 && parts[begin - 1].state == parts[begin].state) --begin;
  row.state = parts[*newest].state;
  row.since = parts[begin].first;
}

void place_figures(StatusRow& row, const history::HostState& state, WallTime asof) {
  constexpr double kAll = 100;
  row.address = state.address;
  row.flapping_pct = history::flapping_percent(state.flaps);
  if (state.counters.checks == 0 || state.last.at > asof) return;
  row.last_check = state.last.at;
  row.reason = state.last.reason;
  if (state.last.round_trips) row.rta_s = state.last.round_trips->mean_s;
  if (state.last.sent > 0) {
    row.loss_pct = kAll * (1 - static_cast<double>(state.last.received) / state.last.sent);
  }
}

bool fits_one(const std::vector<std::string>& globs, const std::string& name) {
  return globs.empty() || std::any_of(globs.begin(), globs.end(), [&name](const auto& glob) {
           return history::glob_matches(glob, name);
         });
}

}  // namespace

StatusRow status_row(const HostHistory& host, WallTime asof, const std::vector<TimeSpan>& planned) {
  StatusRow row;
  row.name = host.key.name;
  row.series = host.key.series;
  row.group = host.group;
  row.reconstructed = host.reconstructed;
  place_state(row, host.parts, asof);
  if (host.state) place_figures(row, *host.state, asof);
  const auto all = history::outages(host, asof, planned);
  row.outages = all.size();
  if (!all.empty() && !all.back().end) {
    row.downtime = all.back().down;
    row.outage_start = all.back().start;
  }
  row.in_maintenance = std::any_of(planned.begin(), planned.end(), [asof](const TimeSpan& span) {
    return span.from <= asof && asof < span.to;
  });
  return row;
}

Status build_status(const history::Archive& archive, WallTime asof, const std::string& zone,
                    const std::vector<std::string>& groups) {
  Status out;
  out.asof = asof;
  out.zone = zone;
  out.notes = archive.notes;
  out.verified = archive.verified;
  for (const auto& host : archive.hosts) {
    if (!groups.empty() && std::find(groups.begin(), groups.end(), host->group) == groups.end()) {
      continue;
    }
    const auto planned = history::planned_spans(archive.maintenance, host->key.name);
    out.rows.push_back(status_row(*host, asof, planned));
  }
  return out;
}

const char* state_title(const std::optional<ObservedState>& state) {
  if (!state) return "UNKNOWN";
  return *state == ObservedState::down ? "DOWN" : "UP";
}

base::Expected<OutageList> list_outages(const history::Archive& archive, const OutageQuery& query) {
  for (const std::string& glob : query.hosts) {
    const bool found = std::any_of(
        archive.hosts.begin(), archive.hosts.end(),
        [&glob](const auto& host) { return history::glob_matches(glob, host->key.name); });
    if (!found) return base::Error{base::ErrorKind::not_found, glob + ": no such host"};
  }
  OutageList out;
  out.query = query;
  out.notes = archive.notes;
  for (const auto& host : archive.hosts) {
    if (!fits_one(query.hosts, host->key.name)) continue;
    const auto planned = history::planned_spans(archive.maintenance, host->key.name);
    const auto all = history::outages(*host, query.asof, planned, query.confirm);
    for (history::Outage& outage : history::overlapping(all, query.window, query.asof)) {
      if (outage.blip || outage.down < query.min) continue;
      out.rows.push_back({host->key.name, host->key.series, std::move(outage)});
    }
  }
  std::stable_sort(out.rows.begin(), out.rows.end(), [](const OutageRow& a, const OutageRow& b) {
    return a.outage.start < b.outage.start;
  });
  return out;
}

}  // namespace pingtrail::report
