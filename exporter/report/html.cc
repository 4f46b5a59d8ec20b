// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/html.h"

#include <array>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"
#include "perfdata/base/number.h"

namespace pingtrail::report {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

// "March 2026" for the label of a month, else the label or the days.
std::string title_of(const Report& report) {
  const std::string& label = report.request.label;
  if (label.size() == 7 && label[4] == '-') {
    const auto month = base::parse_integer(label.substr(5));
    if (month && *month >= 1 && *month <= 12) {
      return std::string(kMonths[static_cast<std::size_t>(*month - 1)]) + " " + label.substr(0, 4);
    }
  }
  if (!label.empty()) return "L" + label.substr(1);
  constexpr std::size_t kDateBytes = 10;
  return local_text(report.request.window.from, report.request.zone).substr(0, kDateBytes) +
         " to " + local_text(report.request.window.to, report.request.zone).substr(0, kDateBytes);
}

void fact(std::string& out, std::string_view what, const std::string& html) {
  out += "<dt>" + std::string(what) + "</dt><dd>" + html + "</dd>\n";
}

std::string monitoring_html(const Report& report) {
  const std::string& zone = report.request.zone;
  if (report.monitoring.empty()) return "never off as a whole";
  std::string out;
  for (const history::MonitoringOutage& outage : report.monitoring) {
    out += "<div><span class=warn>off</span> " + html_instant(outage.span.from, zone) + " to " +
           html_instant(outage.span.to, zone) + ", " +
           span_text(std::optional(outage.span.to - outage.span.from)) + ", " +
           grouped(outage.hosts) + " of " + counted(outage.observed, "host") + "</div>";
  }
  return out;
}

void add_facts(std::string& out, const Report& report) {
  const ReportRequest& request = report.request;
  out += "<dl class=facts>\n";
  fact(out, "Period",
       html_instant(request.window.from, request.zone) + " to " +
           html_instant(request.window.to, request.zone));
  fact(out, "Time zone", html_text(request.zone));
  fact(out, "As of",
       html_instant(request.asof, request.zone) + ", " +
           span_text(std::optional(report.window.to - report.window.from)) + " accounted for");
  if (!request.groups.empty()) {
    std::string names;
    for (const std::string& group : request.groups) names += (names.empty() ? "" : ", ") + group;
    fact(out, "Groups", html_text(names));
  }
  fact(out, "Coverage", percent_text(report.total.figures.coverage_pct) + " of all hosts' time");
  fact(out, "Monitoring", monitoring_html(report));
  if (request.confirm > 1) {
    fact(out, "Outages",
         "from " + grouped(request.confirm) +
             " failed checks on; shorter ones: " + grouped(report.total.figures.blips_started));
  }
  out += "</dl>\n";
}

void card(std::string& out, std::string_view what, const std::string& value,
          std::string_view mark = "") {
  out += "<li><span>" + std::string(what) + "</span><b";
  if (!mark.empty()) out += " class=" + std::string(mark);
  out += ">" + value + "</b></li>\n";
}

void add_cards(std::string& out, const Report& report) {
  const history::WindowFigures& figures = report.total.figures;
  const auto& budget = report.total.budget;
  std::string_view mark;
  if (budget && budget->met) mark = *budget->met ? "good" : "bad";
  out += "<ul class=cards>\n";
  card(out, "Availability, unplanned time", percent_text(figures.availability_pct), mark);
  card(out, "Down, unplanned", span_text(std::optional(figures.down.unplanned)));
  card(out, "Down, planned", span_text(std::optional(figures.down.planned)));
  card(out, "Outages started", grouped(figures.outages_started));
  card(out, "Mean time to repair", span_text(figures.mttr_s));
  if (report.request.target_pct) {
    std::size_t met = 0;
    for (const HostReport& host : report.hosts) met += host.budget->met.value_or(false) ? 1U : 0U;
    card(out, "Hosts that met " + decimal_text(*report.request.target_pct) + " %",
         grouped(met) + " of " + grouped(report.hosts.size()));
  } else {
    card(out, "Hosts", grouped(report.hosts.size()));
  }
  out += "</ul>\n";
}

void add_notes(std::string& out, const Report& report) {
  if (!report.verified) {
    out += "<p class=note><b>The journal's chain is broken</b>: run pingtrail verify.</p>\n";
  }
  for (const std::string& note : report.notes) {
    out += "<p class=note>" + html_text(note) + "</p>\n";
  }
}

}  // namespace

std::string report_html(const Report& report) {
  const std::string title = html_text(title_of(report));
  std::string out =
      "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
      "<title>Availability report, " +
      title + "</title>\n<style>" + std::string(html_style()) +
      "</style>\n</head>\n<body>\n<header>\n<p class=kind>Availability report</p>\n<h1>" + title +
      "</h1>\n";
  add_facts(out, report);
  add_cards(out, report);
  out += "</header>\n<main>\n";
  add_notes(out, report);
  add_figures_section(out, report);
  add_budget_section(out, report);
  add_worst_section(out, report);
  add_strip_section(out, report);
  add_outage_section(out, report);
  out +=
      "</main>\n<footer>Made by pingtrail. An outage runs from the first failed check to the first "
      "reply after it. Time in which nobody looked is unknown, neither up nor down. Planned time "
      "is "
      "the union of the maintenance windows. MTTR is the mean observed downtime of the outages "
      "that "
      "ended in the window, MTBF the up time per outage that started in it.</footer>\n"
      "</body>\n</html>\n";
  return out;
}

}  // namespace pingtrail::report
