// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "exporter/report/report.h"
#include "perfdata/history/calendar.h"

namespace pingtrail::report {
namespace {

using history::Archive;
using history::HostHistory;

constexpr std::size_t kWorstHosts = 10;

bool wanted(const ReportRequest& request, const std::string& group) {
  return request.groups.empty() ||
         std::find(request.groups.begin(), request.groups.end(), group) != request.groups.end();
}

// [begin, past) of the histories that share a host name; the archive is sorted by key.
struct SameHost {
  std::size_t begin = 0;
  std::size_t past = 0;
};

using Hosts = std::vector<std::shared_ptr<const HostHistory>>;

std::vector<SameHost> by_name(const Hosts& hosts) {
  std::vector<SameHost> out;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (out.empty() || hosts[out.back().begin]->key.name != hosts[i]->key.name)
      out.push_back({i, i});
    out.back().past = i + 1;
  }
  return out;
}

std::size_t leading(const Hosts& hosts, const SameHost& same) {
  std::vector<history::HostKey> keys;
  keys.reserve(same.past - same.begin);
  for (std::size_t i = same.begin; i < same.past; ++i) keys.push_back(hosts[i]->key);
  return same.begin + history::leading_series(keys);
}

HostReport host_report(const HostHistory& host, const Archive& archive,
                       const ReportRequest& request, const std::vector<Day>& days) {
  HostReport out;
  out.name = host.key.name;
  out.series = host.key.series;
  out.group = host.group;
  out.reconstructed = host.reconstructed;
  const auto planned = history::planned_spans(archive.maintenance, host.key.name);
  out.figures =
      history::window_figures(host, request.window, request.asof, planned, request.confirm);
  const auto all = history::outages(host, request.asof, planned, request.confirm);
  out.outages = history::overlapping(all, request.window, request.asof);
  out.outages_ended = history::outages_ended(all, request.window, request.asof);
  if (request.target_pct) out.budget = error_budget(out.figures, *request.target_pct);
  if (!days.empty()) {
    const auto spans = history::state_spans(host, request.window, request.asof);
    out.days = parts_by_day(spans, planned, days);
  }
  return out;
}

void finish_group(GroupReport& group, const Report& report) {
  std::vector<history::GroupMember> members;
  members.reserve(group.hosts.size());
  for (const std::size_t place : group.hosts) {
    members.push_back({report.hosts[place].figures, report.hosts[place].outages_ended});
  }
  group.figures = history::group_figures(members);
  const auto& target = report.request.target_pct;
  if (target) group.budget = error_budget(group.figures, *target);
}

void add_groups(Report& report) {
  std::map<std::string, GroupReport> groups;
  for (std::size_t i = 0; i < report.hosts.size(); ++i) {
    GroupReport& group = groups[report.hosts[i].group];
    group.name = report.hosts[i].group;
    group.hosts.push_back(i);
    report.total.hosts.push_back(i);
  }
  for (auto& [name, group] : groups) {
    finish_group(group, report);
    report.groups.push_back(std::move(group));
  }
  finish_group(report.total, report);
}

void find_worst(Report& report) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < report.hosts.size(); ++i) {
    if (report.hosts[i].figures.down.unplanned > Milliseconds{0}) places.push_back(i);
  }
  const auto worse = [&report](std::size_t a, std::size_t b) {
    const history::WindowFigures& left = report.hosts[a].figures;
    const history::WindowFigures& right = report.hosts[b].figures;
    if (left.down.unplanned != right.down.unplanned) {
      return left.down.unplanned > right.down.unplanned;
    }
    if (left.outages_started != right.outages_started) {
      return left.outages_started > right.outages_started;
    }
    return a < b;
  };
  const auto count = std::min(kWorstHosts, places.size());
  const auto middle = places.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(places.begin(), middle, places.end(), worse);
  places.erase(middle, places.end());
  report.worst = std::move(places);
}

base::Expected<std::vector<Day>> named_days(const ReportRequest& request) {
  const auto spans = history::local_days(request.window, request.zone);
  if (!spans) return spans.error();
  std::vector<Day> out;
  out.reserve(spans->size());
  for (const TimeSpan& span : *spans) {
    auto date = history::format_date(span.from, request.zone);
    if (!date) return date.error();
    out.push_back({span, std::move(*date)});
  }
  return out;
}

base::Expected<base::Done> check_groups(const Report& report) {
  for (const std::string& group : report.request.groups) {
    const bool found = std::any_of(report.groups.begin(), report.groups.end(),
                                   [&group](const GroupReport& g) { return g.name == group; });
    if (!found) return base::Error{base::ErrorKind::not_found, "group " + group + ": no such host"};
  }
  return base::ok();
}

}  // namespace

ErrorBudget error_budget(const history::WindowFigures& figures, double target_pct) {
  constexpr double kAll = 100;
  ErrorBudget out;
  const Milliseconds known = figures.up.unplanned + figures.down.unplanned;
  out.used = figures.down.unplanned;
  const double allowed = static_cast<double>(known.count()) * (kAll - target_pct) / kAll;
  out.allowed = Milliseconds(std::llround(allowed));
  if (known > Milliseconds{0}) out.met = out.used <= out.allowed;
  if (out.allowed > Milliseconds{0}) {
    out.used_pct =
        kAll * static_cast<double>(out.used.count()) / static_cast<double>(out.allowed.count());
  }
  return out;
}

base::Expected<Report> build_report(const Archive& archive, const ReportRequest& request,
                                    const Progress& progress) {
  if (const auto zone = history::check_zone(request.zone); !zone) return zone.error();
  Report out;
  out.request = request;
  out.window = {request.window.from,
                std::max(request.window.from, std::min(request.window.to, request.asof))};
  out.notes = archive.notes;
  out.verified = archive.verified;
  if (request.days) {
    auto days = named_days(request);
    if (!days) return days.error();
    out.days = std::move(*days);
  }
  for (const SameHost& same : by_name(archive.hosts)) {
    const std::size_t leads = leading(archive.hosts, same);
    if (wanted(request, archive.hosts[leads]->group)) {
      out.hosts.push_back(host_report(*archive.hosts[leads], archive, request, out.days));
      for (std::size_t i = same.begin; i < same.past; ++i) {
        if (archive.hosts[i]->key.series.empty()) continue;
        out.series.push_back(host_report(*archive.hosts[i], archive, request, out.days));
      }
    }
    if (progress) progress(same.past, archive.hosts.size());
  }
  add_groups(out);
  if (const auto found = check_groups(out); !found) return found.error();
  find_worst(out);
  out.monitoring = history::monitoring_outages(archive.hosts, request.window, request.asof);
  return out;
}

}  // namespace pingtrail::report
