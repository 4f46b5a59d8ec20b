// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "exporter/report/table.h"
#include "exporter/report/text.h"
#include "exporter/report/words.h"
#include "perfdata/base/number.h"

namespace pingtrail::report {
namespace {

using history::PlannedSplit;
using history::WindowFigures;

std::string heading(std::string_view text, bool colour) {
  return "\n" + painted(text, Colour::strong, colour) + "\n";
}

Cell span_cell(Milliseconds span, Colour when_any = Colour::none) {
  return {span_text(std::optional(span)), span > Milliseconds{0} ? when_any : Colour::none};
}

std::string period_line(const Report& report) {
  const ReportRequest& request = report.request;
  std::string out = local_text(request.window.from, request.zone) + " to " +
                    local_text(request.window.to, request.zone) + " (" + request.zone + ")";
  return request.label.empty() ? out : request.label + ", " + out;
}

std::string header_text(const Report& report, bool colour) {
  const ReportRequest& request = report.request;
  std::string out = painted("Availability report", Colour::strong, colour) + "\n";
  out += "Period      " + period_line(report) + "\n";
  out += "As of       " + local_text(request.asof, request.zone) + ", " +
         span_text(std::optional(report.window.to - report.window.from)) + " accounted for\n";
  out += "Hosts       " + grouped(report.hosts.size()) + "\n";
  out += "Coverage    " + percent_text(report.total.figures.coverage_pct) + "\n";
  out += "Monitoring  ";
  if (report.monitoring.empty()) out += "no outage of the monitoring itself\n";
  for (const history::MonitoringOutage& outage : report.monitoring) {
    if (&outage != &report.monitoring.front()) out += "            ";
    out += "off " + local_text(outage.span.from, request.zone) + " to " +
           local_text(outage.span.to, request.zone) + ", " +
           span_text(std::optional(outage.span.to - outage.span.from)) + ", " +
           grouped(outage.hosts) + " of " + counted(outage.observed, "host") + "\n";
  }
  if (request.confirm > 1) {
    out += "Outages     from " + grouped(request.confirm) +
           " failed checks on; shorter ones: " + grouped(report.total.figures.blips_started) + "\n";
  }
  if (!report.verified) {
    out += "Journal     " + painted("broken: run pingtrail verify", Colour::bad, colour) + "\n";
  }
  return out;
}

struct Line {
  std::string name;
  const WindowFigures* figures = nullptr;
  const std::optional<ErrorBudget>* budget = nullptr;
};

std::vector<Line> group_lines(const Report& report) {
  std::vector<Line> lines;
  lines.reserve(report.groups.size() + 1);
  for (const GroupReport& group : report.groups) {
    lines.push_back({shown_group(group.name) + " (" + counted(group.hosts.size(), "host") + ")",
                     &group.figures, &group.budget});
  }
  lines.push_back({"all (" + counted(report.total.hosts.size(), "host") + ")",
                   &report.total.figures, &report.total.budget});
  return lines;
}

std::vector<Line> host_lines(const std::vector<HostReport>& hosts) {
  std::vector<Line> lines;
  lines.reserve(hosts.size());
  for (const HostReport& host : hosts) {
    lines.push_back(
        {shown_name(host.name, host.series, host.reconstructed), &host.figures, &host.budget});
  }
  return lines;
}

Colour met_colour(const std::optional<ErrorBudget>& budget) {
  if (!budget || !budget->met) return Colour::none;
  return *budget->met ? Colour::good : Colour::bad;
}

std::string ratios_table(const std::vector<Line>& lines, bool colour) {
  Table table({{"NAME"},
               {"AVAILABILITY", Align::right},
               {"INCL. PLANNED", Align::right},
               {"WORST", Align::right},
               {"BEST", Align::right},
               {"COVERAGE", Align::right},
               {"OUTAGES", Align::right},
               {"MTTR", Align::right},
               {"MTBF", Align::right}});
  for (const Line& line : lines) {
    const WindowFigures& f = *line.figures;
    table.add({{line.name},
               {percent_text(f.availability_pct), met_colour(*line.budget)},
               {percent_text(f.availability_incl_planned_pct)},
               {percent_text(f.availability_worst_pct)},
               {percent_text(f.availability_best_pct)},
               {percent_text(f.coverage_pct)},
               {grouped(f.outages_started)},
               {span_text(f.mttr_s)},
               {span_text(f.mtbf_s)}});
  }
  return table.text(colour);
}

std::string parts_table(const std::vector<Line>& lines, bool colour) {
  Table table({{"NAME"},
               {"UP", Align::right},
               {"UP PLANNED", Align::right},
               {"DOWN", Align::right},
               {"DOWN PLANNED", Align::right},
               {"UNKNOWN", Align::right},
               {"UNKNOWN PLANNED", Align::right}});
  for (const Line& line : lines) {
    const WindowFigures& f = *line.figures;
    table.add({{line.name},
               span_cell(f.up.unplanned),
               span_cell(f.up.planned),
               span_cell(f.down.unplanned, Colour::bad),
               span_cell(f.down.planned),
               span_cell(f.unknown.unplanned, Colour::warn),
               span_cell(f.unknown.planned)});
  }
  return table.text(colour);
}

std::string used_text(const ErrorBudget& budget) {
  return budget.used_pct ? base::format_fixed(*budget.used_pct, 1) + " %" : "-";
}

std::string budget_table(const std::vector<Line>& lines, bool colour) {
  Table table({{"NAME"},
               {"ALLOWED", Align::right},
               {"USED", Align::right},
               {"LEFT", Align::right},
               {"USED", Align::right},
               {"TARGET"}});
  for (const Line& line : lines) {
    const ErrorBudget& budget = line.budget->value();
    const Milliseconds left = budget.allowed - budget.used;
    table.add({{line.name},
               span_cell(budget.allowed),
               span_cell(budget.used),
               {left < Milliseconds{0} ? "-" + span_text(std::optional(-left))
                                       : span_text(std::optional(left))},
               {used_text(budget)},
               {!budget.met   ? "no data"
                : *budget.met ? "met"
                              : "missed",
                met_colour(*line.budget)}});
  }
  return table.text(colour);
}

std::string worst_table(const Report& report, bool colour) {
  Table table({{"", Align::right},
               {"HOST"},
               {"DOWN", Align::right},
               {"OUTAGES", Align::right},
               {"AVAILABILITY", Align::right},
               {"GROUP"}});
  std::size_t rank = 0;
  for (const std::size_t place : report.worst) {
    const HostReport& host = report.hosts[place];
    table.add({{std::to_string(++rank)},
               {shown_name(host.name, host.series, host.reconstructed)},
               span_cell(host.figures.down.unplanned),
               {grouped(host.figures.outages_started)},
               {percent_text(host.figures.availability_pct)},
               {host.group}});
  }
  return table.text(colour);
}

void add_outages(OutageList& list, const std::vector<HostReport>& hosts) {
  for (const HostReport& host : hosts) {
    for (const history::Outage& outage : host.outages) {
      if (!outage.blip) list.rows.push_back({host.name, host.series, outage});
    }
  }
}

std::string outage_list(const Report& report, bool colour) {
  OutageList list;
  list.query.zone = report.request.zone;
  add_outages(list, report.hosts);
  std::stable_sort(list.rows.begin(), list.rows.end(),
                   [](const auto& a, const auto& b) { return a.outage.start < b.outage.start; });
  return outages_text(list, colour);
}

}  // namespace

std::string report_text(const Report& report, bool colour) {
  std::string out = header_text(report, colour);
  const std::vector<Line> groups = group_lines(report);
  const std::vector<Line> hosts = host_lines(report.hosts);
  out += heading("Groups", colour) + ratios_table(groups, colour) + "\n";
  out += parts_table(groups, colour);
  out += heading("Hosts", colour) + ratios_table(hosts, colour) + "\n";
  out += parts_table(hosts, colour);
  if (!report.series.empty()) {
    const std::vector<Line> series = host_lines(report.series);
    out += heading("Series", colour) + ratios_table(series, colour) + "\n";
    out += parts_table(series, colour);
  }
  if (report.request.target_pct) {
    std::vector<Line> both = groups;
    both.insert(both.end(), hosts.begin(), hosts.end());
    out += heading("Error budget for " + decimal_text(*report.request.target_pct) + " %", colour);
    out += budget_table(both, colour);
  }
  if (!report.worst.empty()) {
    out += heading("Worst offenders", colour) + worst_table(report, colour);
  }
  out += heading("Outages", colour) + outage_list(report, colour);
  for (const std::string& note : report.notes) out += "note: " + printable(note) + "\n";
  return out;
}

}  // namespace pingtrail::report
