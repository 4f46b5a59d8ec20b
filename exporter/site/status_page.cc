// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/status_page.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"
#include "exporter/site/html.h"
#include "perfdata/base/number.h"

namespace pingtrail::site {
namespace {

using history::ObservedState;
using report::counted;
using report::grouped;
using report::html_text;
using report::StatusRow;

std::string_view state_word(const StatusRow& row) {
  return row.state ? history::state_word(*row.state) : "unknown";
}

int rank(const StatusRow& row) {
  if (!row.state) return 1;
  return *row.state == ObservedState::down ? 0 : 2;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

void card(std::string& out, std::string_view what, std::size_t count, std::string_view state,
          std::string_view mark) {
  out += "<li><span>" + std::string(what) + "</span><b";
  if (count > 0 && !mark.empty()) out += " class=" + std::string(mark);
  out += "><a href=\"/" + query_html({{"state", std::string(state)}}) + "\">" + grouped(count) +
         "</a></b></li>\n";
}

void add_cards(std::string& out, const StatusCounts& counts) {
  out += "<ul class=cards>\n";
  card(out, "Hosts", counts.hosts, "", "");
  card(out, "▼ Down", counts.down, "down", "bad");
  card(out, "? Unknown", counts.unknown, "unknown", "warn");
  card(out, "▲ Up", counts.up, "up", "good");
  card(out, "◆ In maintenance", counts.maintenance, "maintenance", "");
  out += "</ul>\n";
}

void option(std::string& out, std::string_view value, std::string_view name,
            std::string_view chosen) {
  out += "<option value=\"" + html_text(value) + "\"" + (value == chosen ? " selected" : "") + ">" +
         html_text(name) + "</option>";
}

void add_filter(std::string& out, const StatusPage& page) {
  constexpr std::array<std::string_view, 4> kStates{"down", "unknown", "up", "maintenance"};
  out +=
      "<form class=filter method=get action=\"/\" role=search>\n<label>Host, alias or address"
      "<input name=q value=\"" +
      html_text(page.filter.text) + "\"></label>\n<label>State<select name=state>";
  option(out, "", "all", page.filter.state);
  for (const std::string_view state : kStates) option(out, state, state, page.filter.state);
  out += "</select></label>\n<label>Group<select name=group>";
  option(out, "", "all", page.filter.group);
  for (const std::string& group : page.groups) {
    if (!group.empty()) option(out, group, group, page.filter.group);
  }
  out += "</select></label>\n<button>Show</button>\n</form>\n";
}

std::string percent_cell(const std::optional<double>& percent) {
  if (!percent) return "<td class=\"n soft\">-</td>";
  constexpr double kAll = 100;
  // Three decimals are enough to look at; cut, not rounded, so that 100 means all of the time.
  constexpr double kParts = 1000;
  const double shown = std::floor(*percent * kParts) / kParts;
  return "<td class=\"n" + std::string(*percent < kAll ? "" : " good") + "\">" +
         base::format_fixed(shown, 3) + " %</td>";
}

std::string loss_text(const StatusRow& row) {
  return row.loss_pct ? base::format_short(*row.loss_pct, 1) + " %" : "-";
}

std::string rtt_text(const StatusRow& row) {
  constexpr double kMsPerS = 1000;
  return row.rta_s ? base::format_fixed(*row.rta_s * kMsPerS, 2) + " ms" : "-";
}

std::string spark_label(const StatusLine& line) {
  std::chrono::milliseconds down{0};
  std::chrono::milliseconds unknown{0};
  for (const history::StateSpan& one : line.day) {
    const auto length = one.span.to - one.span.from;
    if (!one.state) {
      unknown += length;
    } else if (*one.state == ObservedState::down) {
      down += length;
    }
  }
  return "Last 24 hours: down " + report::span_text(std::optional(down)) + ", unknown " +
         report::span_text(std::optional(unknown));
}

void add_name(std::string& out, const StatusLine& line) {
  out += "<th scope=row><a href=\"/host/" + url_part(line.row.name) + "\">" +
         html_text(report::shown_name(line.row.name, line.row.series)) + "</a>";
  std::string more = line.alias;
  if (!line.row.address.empty() && line.row.address != line.row.name) {
    more += (more.empty() ? "" : ", ") + line.row.address;
  }
  if (!more.empty()) out += "<small>" + html_text(more) + "</small>";
  out += "</th>";
}

void add_line(std::string& out, const StatusLine& line, std::string_view zone) {
  const StatusRow& row = line.row;
  out += "<tr>";
  add_name(out, line);
  out += "<td class=why>" + state_html(row.state);
  if (row.in_maintenance) out += "<small>◆ in maintenance</small>";
  if (line.reconstructed) out += "<small>reconstructed from its archive</small>";
  if (row.state == ObservedState::down && !row.reason.empty()) {
    out += "<small>" + html_text(row.reason) + "</small>";
  }
  out += "</td><td class=t>" + (row.since ? report::html_instant(*row.since, zone) : "never seen") +
         "</td><td class=\"n" + (row.downtime.count() > 0 ? " bad" : " soft") + "\">" +
         (row.outage_start ? report::span_text(std::optional(row.downtime)) : "-") + "</td>";
  out += percent_cell(line.availability_24h_pct) + percent_cell(line.availability_30d_pct);
  out += "<td class=n>" + rtt_text(row) + "</td><td class=n>" + loss_text(row) + "</td><td>" +
         spark_svg(line.day, line.rtt_s, spark_label(line)) + "</td></tr>\n";
}

void add_table(std::string& out, const StatusPage& page) {
  if (page.lines.empty()) {
    out += page.counts.hosts == 0
               ? "<p>No host has been checked yet. A check with <code>--state-dir</code> set to "
                 "this directory makes it appear here.</p>\n"
               : "<p>No host fits. <a href=\"/\">Show all</a></p>\n";
    return;
  }
  out +=
      "<div class=scroll><table><caption class=skip>Hosts and their states</caption><thead><tr>"
      "<th scope=col>Host</th><th scope=col>State</th><th scope=col>Since</th>"
      "<th scope=col class=n>Downtime</th><th scope=col class=n>Availability<small>24 "
      "h</small></th>"
      "<th scope=col class=n>Availability<small>30 days</small></th>"
      "<th scope=col class=n>Round trip</th><th scope=col class=n>Loss</th>"
      "<th scope=col>Last 24 hours</th></tr></thead>\n<tbody>\n";
  for (const StatusLine& line : page.lines) add_line(out, line, page.zone);
  out += "</tbody></table></div>\n";
}

void add_pages(std::string& out, const StatusPage& page) {
  const std::size_t last =
      std::max<std::size_t>(1, (page.matching + kLinesPerPage - 1) / kLinesPerPage);
  const StatusFilter& filter = page.filter;
  const auto link = [&](std::size_t number, std::string_view name) {
    out += "<a href=\"/" +
           query_html({{"q", filter.text},
                       {"state", filter.state},
                       {"group", filter.group},
                       {"page", std::to_string(number)}}) +
           "\">" + std::string(name) + "</a>\n";
  };
  out += "<nav class=pages aria-label=\"Pages of the list\"><span>" +
         counted(page.matching, "host") + ", page " + grouped(filter.page) + " of " +
         grouped(last) + "</span>\n";
  if (filter.page > 1) link(filter.page - 1, "previous");
  if (filter.page < last) link(filter.page + 1, "next");
  out += "</nav>\n";
}

}  // namespace

bool passes(const StatusFilter& filter, const StatusRow& row, std::string_view alias) {
  if (filter.state == "maintenance" && !row.in_maintenance) return false;
  if (!filter.state.empty() && filter.state != "maintenance" && filter.state != state_word(row)) {
    return false;
  }
  if (!filter.group.empty() && filter.group != row.group) return false;
  if (filter.text.empty()) return true;
  const std::string wanted = lowered(filter.text);
  for (const std::string_view text :
       {std::string_view(row.name), alias, std::string_view(row.address)}) {
    if (lowered(text).find(wanted) != std::string::npos) return true;
  }
  return false;
}

bool goes_before(const StatusRow& a, const StatusRow& b) {
  return std::tuple(rank(a), std::string_view(a.name), std::string_view(a.series)) <
         std::tuple(rank(b), std::string_view(b.name), std::string_view(b.series));
}

std::string status_html(const StatusPage& page) {
  std::string out = page_head("Hosts: pingtrail", "/", page.month);
  out += "<h1>Hosts</h1>\n";
  add_cards(out, page.counts);
  if (!page.verified) {
    out += "<p class=note><b>The journal's chain is broken</b>: run pingtrail verify.</p>\n";
  }
  for (const std::string& note : page.notes) {
    out += "<p class=note>" + html_text(note) + "</p>\n";
  }
  add_filter(out, page);
  add_table(out, page);
  add_pages(out, page);
  return out + page_foot(page.asof, page.zone);
}

}  // namespace pingtrail::site
