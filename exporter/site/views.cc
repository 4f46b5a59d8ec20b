// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/views.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "perfdata/history/calendar.h"

namespace pingtrail::site {
namespace {

using history::HostHistory;
using history::Milliseconds;
using history::ObservedState;
using history::TimeSpan;
using history::WindowFigures;
using report::StatusRow;

constexpr Milliseconds kDay{86'400'000};

std::string alias_of(const Aliases& aliases, std::string_view name) {
  const HostNames* names = aliases.find(name);
  if (names == nullptr) return {};
  if (!names->alias.empty() && names->alias != name) return names->alias;
  return names->name == name ? std::string() : names->name;
}

WindowFigures figures_of(const Ledger& ledger, std::size_t place, const TimeSpan& window) {
  return history::window_figures(*ledger.archive.hosts[place], window, ledger.asof,
                                 ledger.planned(place));
}

TimeSpan last(const Ledger& ledger, int days) { return {ledger.asof - days * kDay, ledger.asof}; }

void count(StatusCounts& counts, const StatusRow& row) {
  ++counts.hosts;
  if (!row.state) {
    ++counts.unknown;
  } else {
    ++(*row.state == ObservedState::down ? counts.down : counts.up);
  }
  if (row.in_maintenance) ++counts.maintenance;
}

// A row and where its host stands.
struct Candidate {
  StatusRow row;
  std::size_t place = 0;
};

StatusLine line_of(const Ledger& ledger, Candidate candidate) {
  constexpr int kMonthDays = 30;
  const HostHistory& host = *ledger.archive.hosts[candidate.place];
  StatusLine out;
  out.alias = alias_of(ledger.aliases, candidate.row.name);
  out.row = std::move(candidate.row);
  out.reconstructed = host.reconstructed;
  out.availability_24h_pct = figures_of(ledger, candidate.place, last(ledger, 1)).availability_pct;
  out.availability_30d_pct =
      figures_of(ledger, candidate.place, last(ledger, kMonthDays)).availability_pct;
  out.day = history::state_spans(host, last(ledger, 1), ledger.asof);
  return out;
}

SeriesView series_of(const Ledger& ledger, std::size_t place) {
  struct Window {
    const char* name;
    int days;
  };
  constexpr std::array kWindows{Window{"24 hours", 1}, Window{"7 days", 7}, Window{"30 days", 30},
                                Window{"365 days", 365}};
  const HostHistory& host = *ledger.archive.hosts[place];
  SeriesView out;
  out.row = report::status_row(host, ledger.asof, ledger.planned(place));
  out.reconstructed = host.reconstructed;
  for (const Window& window : kWindows) {
    out.windows.push_back({window.name, figures_of(ledger, place, last(ledger, window.days))});
  }
  if (const auto month = history::month_of(ledger.asof, ledger.zone)) {
    out.windows.push_back({"this month", figures_of(ledger, place, *month)});
  }
  out.day = history::state_spans(host, last(ledger, 1), ledger.asof);
  out.outages = history::outages(host, ledger.asof, ledger.planned(place));
  out.outages_in_all = out.outages.size();
  std::reverse(out.outages.begin(), out.outages.end());
  if (out.outages.size() > kOutagesShown) out.outages.resize(kOutagesShown);
  return out;
}

std::vector<std::size_t> places_by_name(const history::Archive& archive, std::string_view name) {
  // Sorted by key.
  const auto first = std::partition_point(
      archive.hosts.begin(), archive.hosts.end(),
      [name](const auto& host) { return std::string_view(host->key.name) < name; });
  std::vector<std::size_t> out;
  for (auto at = first; at != archive.hosts.end() && (*at)->key.name == name; ++at) {
    out.push_back(static_cast<std::size_t>(at - archive.hosts.begin()));
  }
  return out;
}

}  // namespace

std::string month_name(history::WallTime at, std::string_view zone) {
  constexpr std::size_t kMonthBytes = 7;
  const auto date = history::format_date(at, zone);
  return date ? date->substr(0, kMonthBytes) : std::string();
}

StatusPage make_status_page(const Ledger& ledger, StatusFilter filter) {
  StatusPage out;
  out.asof = ledger.asof;
  out.zone = ledger.zone;
  out.month = month_name(ledger.asof, ledger.zone);
  out.notes = ledger.archive.notes;
  out.verified = ledger.archive.verified;
  std::vector<Candidate> fitting;
  std::set<std::string> groups;
  for (std::size_t place = 0; place < ledger.archive.hosts.size(); ++place) {
    const HostHistory& host = *ledger.archive.hosts[place];
    StatusRow row = report::status_row(host, ledger.asof, ledger.planned(place));
    count(out.counts, row);
    groups.insert(host.group);
    if (passes(filter, row, alias_of(ledger.aliases, host.key.name))) {
      fitting.push_back({std::move(row), place});
    }
  }
  out.groups.assign(groups.begin(), groups.end());
  out.matching = fitting.size();
  std::sort(fitting.begin(), fitting.end(),
            [](const Candidate& a, const Candidate& b) { return goes_before(a.row, b.row); });
  const std::size_t pages =
      std::max<std::size_t>(1, (fitting.size() + kLinesPerPage - 1) / kLinesPerPage);
  filter.page = std::clamp<std::size_t>(filter.page, 1, pages);
  const std::size_t begin = (filter.page - 1) * kLinesPerPage;
  const std::size_t past = std::min(fitting.size(), begin + kLinesPerPage);
  for (std::size_t i = begin; i < past; ++i) {
    out.lines.push_back(line_of(ledger, std::move(fitting[i])));
  }
  out.filter = std::move(filter);
  return out;
}

std::vector<std::size_t> places_of(const Ledger& ledger, std::string_view name) {
  for (const std::string& one : ledger.aliases.same_as(name)) {
    auto places = places_by_name(ledger.archive, one);
    if (!places.empty()) return places;
  }
  return {};
}

HostPage make_host_page(const Ledger& ledger, const std::string& name,
                        const std::vector<std::size_t>& places) {
  HostPage out;
  out.asof = ledger.asof;
  out.zone = ledger.zone;
  out.month = month_name(ledger.asof, ledger.zone);
  out.name = places.empty() ? name : ledger.archive.hosts[places.front()]->key.name;
  out.alias = alias_of(ledger.aliases, out.name);
  for (const std::size_t place : places) out.series.push_back(series_of(ledger, place));
  return out;
}

}  // namespace pingtrail::site
