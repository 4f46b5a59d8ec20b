// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/host_page.h"

#include <array>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"
#include "exporter/site/html.h"
#include "perfdata/base/number.h"

namespace pingtrail::site {
namespace {

using history::Outage;
using report::html_instant;
using report::html_text;
using report::percent_text;
using report::span_text;

void fact(std::string& out, std::string_view what, const std::string& html) {
  out += "<dt>" + std::string(what) + "</dt><dd>" + html + "</dd>\n";
}

void add_facts(std::string& out, const SeriesView& view, std::string_view zone) {
  const report::StatusRow& row = view.row;
  out += "<dl class=facts>\n";
  std::string state = state_html(row.state);
  if (row.since) state += " since " + html_instant(*row.since, zone);
  if (row.in_maintenance) state += ", ◆ in maintenance";
  fact(out, "State", state);
  if (row.outage_start) {
    fact(out, "Down for",
         "<span class=bad>" + span_text(std::optional(row.downtime)) + "</span> since " +
             html_instant(*row.outage_start, zone));
  }
  if (!row.address.empty()) fact(out, "Address", html_text(row.address));
  if (!row.group.empty()) {
    fact(
        out, "Group",
        "<a href=\"/" + query_html({{"group", row.group}}) + "\">" + html_text(row.group) + "</a>");
  }
  if (row.last_check) {
    constexpr double kMsPerS = 1000;
    std::string last = html_instant(*row.last_check, zone);
    if (row.rta_s) last += ", rta " + base::format_fixed(*row.rta_s * kMsPerS, 3) + " ms";
    if (row.loss_pct) last += ", lost " + base::format_short(*row.loss_pct, 1) + " %";
    if (!row.reason.empty()) last += ", " + html_text(row.reason);
    fact(out, "Last check", last);
  }
  fact(out, "Flapping", base::format_fixed(row.flapping_pct, 1) + " %");
  if (view.reconstructed) {
    fact(out, "Source", "reconstructed from its archive; no check has recorded this host");
  }
  fact(out, "Last 24 hours", spark_svg(view.day, {}, "States of the last 24 hours"));
  out += "</dl>\n";
}

void add_windows(std::string& out, const SeriesView& view) {
  if (view.windows.empty()) return;
  out +=
      "<div class=scroll><table><thead><tr><th scope=col>Window</th>"
      "<th scope=col class=n>Availability<small>incl. planned</small></th>"
      "<th scope=col class=n>Worst<small>best</small></th><th scope=col class=n>Coverage</th>"
      "<th scope=col class=n>Down<small>planned</small></th>"
      "<th scope=col class=n>Unknown</th><th scope=col class=n>Outages</th>"
      "<th scope=col class=n>MTTR<small>MTBF</small></th></tr></thead>\n<tbody>\n";
  for (const NamedFigures& window : view.windows) {
    const history::WindowFigures& f = window.figures;
    const auto cell = [&out](const std::string& text) { out += "<td class=n>" + text + "</td>"; };
    const auto pair = [&cell](const std::string& first, const std::string& second) {
      cell(first + "<small>" + second + "</small>");
    };
    out += "<tr><th scope=row>" + html_text(window.name) + "</th>";
    pair(percent_text(f.availability_pct), percent_text(f.availability_incl_planned_pct));
    pair(percent_text(f.availability_worst_pct), percent_text(f.availability_best_pct));
    cell(percent_text(f.coverage_pct));
    pair(span_text(std::optional(f.down.unplanned)), span_text(std::optional(f.down.planned)));
    cell(span_text(std::optional(f.unknown.unplanned + f.unknown.planned)));
    cell(report::grouped(f.outages_started));
    pair(span_text(f.mttr_s), span_text(f.mtbf_s));
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
}

void add_outage(std::string& out, const Outage& outage, std::string_view zone) {
  out += "<tr><td class=t>" + html_instant(outage.start, zone) + "</td><td class=t>" +
         (outage.end ? html_instant(*outage.end, zone) : "<span class=bad>▼ goes on</span>") +
         "</td><td class=n>" + span_text(std::optional(outage.down)) + "</td><td class=n>" +
         span_text(std::optional(outage.lower_bound)) + "<small>" + span_text(outage.upper_bound) +
         "</small></td><td class=n>" + span_text(std::optional(outage.unknown)) +
         "</td><td class=n>" + span_text(std::optional(outage.planned)) + "</td><td>" +
         html_text(outage.reason) +
         (outage.reconstructed ? " <span class=soft>(reconstructed)</span>" : "") + "</td></tr>\n";
}

void add_outages(std::string& out, const SeriesView& view, std::string_view zone) {
  if (view.outages.empty()) {
    out += "<p>No outage has been seen.</p>\n";
    return;
  }
  if (view.outages_in_all > view.outages.size()) {
    out += "<p class=hint>The newest " + report::grouped(view.outages.size()) + " of " +
           report::grouped(view.outages_in_all) + ".</p>\n";
  }
  out +=
      "<div class=scroll><table><thead><tr><th scope=col>Start</th><th scope=col>End</th>"
      "<th scope=col class=n>Downtime</th><th scope=col class=n>At least<small>at most</small></th>"
      "<th scope=col class=n>Unknown inside</th><th scope=col class=n>Planned</th>"
      "<th scope=col>Reason</th></tr></thead>\n<tbody>\n";
  for (const Outage& outage : view.outages) add_outage(out, outage, zone);
  out += "</tbody></table></div>\n";
}

void add_services(std::string& out, const HostPage& page) {
  if (page.services.size() < 2) return;
  out += "<nav class=pages aria-label=Services>";
  for (const std::string& service : page.services) {
    const std::string shown = service == "_HOST_" ? "host check" : service;
    out += "<a href=\"/host/" + url_part(page.name) + query_html({{"service", service}}) + "\"" +
           (service == page.service ? " aria-current=page" : "") + ">" + html_text(shown) +
           "</a>\n";
  }
  out += "</nav>\n";
}

void add_graphs(std::string& out, const HostPage& page) {
  struct Range {
    std::string_view query;
    std::string_view name;
  };
  constexpr std::array kRanges{Range{"4h", "4 hours"}, Range{"25h", "25 hours"},
                               Range{"8d", "8 days"}, Range{"32d", "32 days"},
                               Range{"1y", "A year"}};
  if (page.service.empty()) return;
  out += "<h2>Graphs</h2>\n";
  add_services(out, page);
  out += "<ul class=graphs>\n";
  for (const Range& range : kRanges) {
    const auto source = [&](std::string_view theme) {
      return "/graph/" + url_part(page.name) + ".svg" +
             query_html({{"service", page.service == "_HOST_" ? "" : page.service},
                         {"range", std::string(range.query)},
                         {"w", "680"},
                         {"h", "290"},
                         {"theme", std::string(theme)}});
    };
    out += "<li><h3>" + std::string(range.name) + "</h3><picture><source media=\"(prefers-color-" +
           "scheme: dark)\" srcset=\"" + source("dark") + "\"><img loading=lazy src=\"" +
           source("light") + "\" alt=\"Round-trip time and loss of " + html_text(page.name) + ", " +
           std::string(range.name) + "\"></picture></li>\n";
  }
  out += "</ul>\n";
}

}  // namespace

std::string host_html(const HostPage& page) {
  std::string out = page_head(page.name + ": pingtrail", "", page.month);
  out += "<h1>" + html_text(page.name) + "</h1>\n";
  if (!page.alias.empty()) out += "<p class=path>" + html_text(page.alias) + "</p>\n";
  for (const std::string& note : page.notes) {
    out += "<p class=note>" + html_text(note) + "</p>\n";
  }
  for (const SeriesView& view : page.series) {
    if (!view.row.series.empty()) out += "<h2>Series " + html_text(view.row.series) + "</h2>\n";
    add_facts(out, view, page.zone);
    add_windows(out, view);
  }
  add_graphs(out, page);
  for (const SeriesView& view : page.series) {
    out += "<h2>Outages" +
           (view.row.series.empty() ? "" : " of series " + html_text(view.row.series)) + "</h2>\n";
    add_outages(out, view, page.zone);
  }
  out += "<p><a href=\"/api/v1/hosts/" + url_part(page.name) +
         "\">As JSON</a>, <a href=\"/metrics" + query_html({{"host", page.name}}) +
         "\">as metrics</a></p>\n";
  return out + page_foot(page.asof, page.zone);
}

}  // namespace pingtrail::site
