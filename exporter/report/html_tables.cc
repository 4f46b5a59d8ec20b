// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"
#include "perfdata/base/number.h"

namespace pingtrail::report {
namespace {

using history::PlannedSplit;
using history::WindowFigures;

void number(std::string& out, std::string_view text, std::string_view mark = "") {
  out += "<td class=\"n";
  if (!mark.empty()) out += " " + std::string(mark);
  out += "\">" + std::string(text) + "</td>";
}

// Unplanned time, and below it the planned where there is any.
void split_cell(std::string& out, const PlannedSplit& split, std::string_view mark) {
  std::string text = span_text(std::optional(split.unplanned));
  if (split.planned > Milliseconds{0}) {
    text += "<small>+ " + span_text(std::optional(split.planned)) + " planned</small>";
  }
  number(out, text, split.unplanned > Milliseconds{0} ? mark : "");
}

// Two figures of one kind, the second smaller and below.
void pair_cell(std::string& out, const std::string& first, const std::string& second,
               std::string_view mark = "") {
  number(out, first + "<small>" + second + "</small>", mark);
}

// Ratio with a sign that does not need colour.
void availability_cell(std::string& out, const WindowFigures& figures,
                       const std::optional<ErrorBudget>& budget) {
  std::string text = percent_text(figures.availability_pct);
  std::string_view mark;
  if (budget && budget->met) {
    text.insert(0, *budget->met ? "✓ " : "✗ ");
    mark = *budget->met ? "good" : "bad";
  }
  pair_cell(out, text, percent_text(figures.availability_incl_planned_pct), mark);
}

void figure_cells(std::string& out, const WindowFigures& f,
                  const std::optional<ErrorBudget>& budget) {
  availability_cell(out, f, budget);
  pair_cell(out, percent_text(f.availability_worst_pct), percent_text(f.availability_best_pct));
  number(out, percent_text(f.coverage_pct));
  split_cell(out, f.up, "");
  split_cell(out, f.down, "bad");
  split_cell(out, f.unknown, "warn");
  number(out, grouped(f.outages_started));
  pair_cell(out, span_text(f.mttr_s), span_text(f.mtbf_s));
  out += "</tr>\n";
}

constexpr std::string_view kFigureHead =
    "<th scope=col class=n>Availability<small>incl. planned</small></th>"
    "<th scope=col class=n>Worst<small>best</small></th><th scope=col class=n>Coverage</th>"
    "<th scope=col class=n>Up</th><th scope=col class=n>Down</th>"
    "<th scope=col class=n>Unknown</th><th scope=col class=n>Outages</th>"
    "<th scope=col class=n>MTTR<small>MTBF</small></th></tr></thead>\n";

void add_group_body(std::string& out, const Report& report, const GroupReport& group) {
  out += "<tbody><tr class=g><th scope=rowgroup>" + html_text(shown_group(group.name)) + "<small>" +
         counted(group.hosts.size(), "host") + "</small></th>";
  figure_cells(out, group.figures, group.budget);
  for (const std::size_t place : group.hosts) {
    const HostReport& host = report.hosts[place];
    out += "<tr class=h><th scope=row>" +
           html_text(shown_name(host.name, host.series, host.reconstructed)) + "</th>";
    figure_cells(out, host.figures, host.budget);
  }
  out += "</tbody>\n";
}

void add_series_table(std::string& out, const Report& report) {
  if (report.series.empty()) return;
  out += "<h2>Series</h2>\n<div class=scroll><table><thead><tr><th scope=col>Host</th>";
  out += kFigureHead;
  out += "<tbody>\n";
  for (const HostReport& host : report.series) {
    out += "<tr><th scope=row>" +
           html_text(shown_name(host.name, host.series, host.reconstructed)) + "</th>";
    figure_cells(out, host.figures, host.budget);
  }
  out += "</tbody></table></div>\n";
}

void budget_row(std::string& out, std::string_view mark, const std::string& name,
                const ErrorBudget& budget) {
  constexpr double kFull = 100;
  out += "<tr" + std::string(mark) + "><th scope=row>" + name + "</th>";
  number(out, span_text(std::optional(budget.allowed)));
  number(out, span_text(std::optional(budget.used)));
  const Milliseconds left = budget.allowed - budget.used;
  number(out, (left < Milliseconds{0} ? "−" : "") +
                  span_text(std::optional(left < Milliseconds{0} ? -left : left)));
  const bool over = budget.used > budget.allowed;
  const double used = budget.used_pct.value_or(over ? kFull : 0);
  out += "<td class=t><span class=bar><i" + std::string(over ? " class=o" : "") +
         " style=\"width:" + base::format_short(std::min(kFull, used), 1) + "%\"></i></span>" +
         (budget.used_pct ? base::format_fixed(*budget.used_pct, 1) + " %" : std::string("-")) +
         "</td>";
  const bool known = budget.met.has_value();
  out += "<td class=\"t " +
         std::string(!known        ? "soft"
                     : *budget.met ? "good"
                                   : "bad") +
         "\">" +
         (!known        ? "no data"
          : *budget.met ? "✓ met"
                        : "✗ missed") +
         "</td></tr>\n";
}

struct Listed {
  const HostReport* host = nullptr;
  const history::Outage* outage = nullptr;
};

void outage_row(std::string& out, const Listed& listed, const std::string& zone) {
  const history::Outage& outage = *listed.outage;
  out += "<tr><th scope=row>" + html_text(shown_name(listed.host->name, listed.host->series)) +
         "</th><td class=t>" + html_instant(outage.start, zone) + "</td><td class=t>";
  out += outage.end ? html_instant(*outage.end, zone) : "<span class=bad>ongoing</span>";
  out += "</td>";
  number(out, span_text(std::optional(outage.down)));
  number(out, span_text(std::optional(outage.lower_bound)));
  number(out, span_text(outage.upper_bound));
  number(out, outage.planned > Milliseconds{0} ? span_text(std::optional(outage.planned)) : "-");
  const std::string mark = reconstructed_mark(outage);
  out += "<td>" + html_text(outage.reason) +
         (mark.empty() ? "" : " <span class=soft>" + html_text(mark) + "</span>") + "</td></tr>\n";
}

}  // namespace

void add_figures_section(std::string& out, const Report& report) {
  out +=
      "<section><h2>Groups and hosts</h2>\n<p class=hint>Availability is up / (up + down) over "
      "unplanned time. Worst counts unknown time as down, best as up; coverage is the part of "
      "the window in which the state is known.</p>\n"
      "<div class=scroll><table><thead><tr><th scope=col>Group, host</th>";
  out += kFigureHead;
  for (const GroupReport& group : report.groups) add_group_body(out, report, group);
  out += "<tfoot><tr><th scope=row>All hosts</th>";
  figure_cells(out, report.total.figures, report.total.budget);
  out += "</tfoot></table></div>\n";
  add_series_table(out, report);
  out += "</section>\n";
}

void add_budget_section(std::string& out, const Report& report) {
  if (!report.request.target_pct) return;
  out += "<section><h2>Error budget for " + decimal_text(*report.request.target_pct) +
         " %</h2>\n<p class=hint>Unplanned downtime that the target allows in the time whose state "
         "is known.</p>\n<div class=scroll><table><thead><tr><th scope=col>Group, host</th>"
         "<th scope=col class=n>Allowed</th><th scope=col class=n>Used</th>"
         "<th scope=col class=n>Left</th><th scope=col>Share used</th><th scope=col>Target</th>"
         "</tr></thead>\n";
  for (const GroupReport& group : report.groups) {
    out += "<tbody>";
    budget_row(out, " class=g", html_text(shown_group(group.name)), *group.budget);
    for (const std::size_t place : group.hosts) {
      const HostReport& host = report.hosts[place];
      budget_row(out, " class=h", html_text(shown_name(host.name, host.series, host.reconstructed)),
                 *host.budget);
    }
    out += "</tbody>\n";
  }
  out += "<tfoot>";
  budget_row(out, "", "All hosts", *report.total.budget);
  out += "</tfoot></table></div></section>\n";
}

void add_worst_section(std::string& out, const Report& report) {
  if (report.worst.empty()) return;
  out +=
      "<section><h2>Worst offenders</h2>\n<div class=scroll><table><thead><tr>"
      "<th scope=col class=n>#</th><th scope=col>Host</th><th scope=col>Group</th>"
      "<th scope=col class=n>Down</th><th scope=col class=n>Outages</th>"
      "<th scope=col class=n>Availability</th></tr></thead><tbody>\n";
  std::size_t rank = 0;
  for (const std::size_t place : report.worst) {
    const HostReport& host = report.hosts[place];
    out += "<tr>";
    number(out, std::to_string(++rank));
    out += "<th scope=row>" + html_text(shown_name(host.name, host.series, host.reconstructed)) +
           "</th><td>" + html_text(host.group) + "</td>";
    number(out, span_text(std::optional(host.figures.down.unplanned)), "bad");
    number(out, grouped(host.figures.outages_started));
    number(out, percent_text(host.figures.availability_pct));
    out += "</tr>\n";
  }
  out += "</tbody></table></div></section>\n";
}

void add_outage_section(std::string& out, const Report& report) {
  std::vector<Listed> all;
  for (const HostReport& host : report.hosts) {
    for (const history::Outage& outage : host.outages) {
      if (!outage.blip) all.push_back({&host, &outage});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) {
    return a.outage->start < b.outage->start;
  });
  out += "<section><h2>Outages</h2>\n";
  if (all.empty()) {
    out += "<p>None.</p></section>\n";
    return;
  }
  out +=
      "<p class=hint>Whole, also where they reach beyond the window. Down is what was observed; "
      "the true duration lies between certain and possible.</p>\n<div class=scroll><table>"
      "<thead><tr><th scope=col>Host</th><th scope=col>Start</th><th scope=col>End</th>"
      "<th scope=col class=n>Down</th><th scope=col class=n>Certain</th>"
      "<th scope=col class=n>Possible</th><th scope=col class=n>Planned</th>"
      "<th scope=col>Reason of the first failed check</th></tr></thead><tbody>\n";
  for (const Listed& listed : all) outage_row(out, listed, report.request.zone);
  out += "</tbody></table></div></section>\n";
}

}  // namespace pingtrail::report
