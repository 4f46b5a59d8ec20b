// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/text.h"

#include "exporter/report/table.h"
#include "exporter/report/words.h"
#include "perfdata/base/number.h"

namespace pingtrail::report {
namespace {

using history::ObservedState;

Colour state_colour(const std::optional<ObservedState>& state) {
  if (!state) return Colour::warn;
  return *state == ObservedState::down ? Colour::bad : Colour::good;
}

std::string rta_text(const std::optional<double>& rta_s) {
  return rta_s ? base::format_fixed(*rta_s * 1000, 3) + " ms" : "-";
}

std::string loss_text(const std::optional<double>& loss_pct) {
  return loss_pct ? base::format_short(*loss_pct, 0) + " %" : "-";
}

std::string remark(const StatusRow& row) {
  std::string out = row.in_maintenance ? "in maintenance" : "";
  if (row.state != ObservedState::up && !row.reason.empty()) {
    out += (out.empty() ? "" : ", ") + row.reason;
  }
  return out;
}

std::vector<Cell> status_cells(const StatusRow& row, const std::string& zone) {
  const bool down = row.outage_start.has_value();
  return {{shown_name(row.name, row.series, row.reconstructed)},
          {state_title(row.state), state_colour(row.state)},
          {row.since ? local_text(*row.since, zone) : "-"},
          {down ? span_text(std::optional(row.downtime)) : "-", down ? Colour::bad : Colour::none},
          {rta_text(row.rta_s)},
          {loss_text(row.loss_pct)},
          {row.group},
          {remark(row)}};
}

std::string remark(const history::Outage& outage) {
  const std::string mark = reconstructed_mark(outage);
  return outage.reason + (outage.reason.empty() || mark.empty() ? "" : " ") + mark;
}

std::string notes_text(const std::vector<std::string>& notes) {
  std::string out;
  for (const std::string& note : notes) out += "note: " + printable(note) + "\n";
  return out;
}

}  // namespace

std::string status_text(const Status& status, bool colour) {
  Table table({{"HOST"},
               {"STATE"},
               {"SINCE"},
               {"DOWNTIME", Align::right},
               {"RTA", Align::right},
               {"LOSS", Align::right},
               {"GROUP"},
               {"REMARK"}});
  std::uint64_t up = 0;
  std::uint64_t down = 0;
  for (const StatusRow& row : status.rows) {
    table.add(status_cells(row, status.zone));
    up += row.state == ObservedState::up ? 1U : 0U;
    down += row.state == ObservedState::down ? 1U : 0U;
  }
  std::string out = table.empty() ? "" : table.text(colour) + "\n";
  out += grouped(up) + " up, " + grouped(down) + " down, " +
         grouped(status.rows.size() - up - down) + " unknown as of " +
         local_text(status.asof, status.zone) + "\n";
  return out + notes_text(status.notes);
}

std::string outages_text(const OutageList& list, bool colour) {
  const std::string& zone = list.query.zone;
  Table table({{"HOST"},
               {"START"},
               {"END"},
               {"DOWN", Align::right},
               {"CERTAIN", Align::right},
               {"POSSIBLE", Align::right},
               {"PLANNED", Align::right},
               {"REASON"}});
  Milliseconds down{0};
  for (const OutageRow& row : list.rows) {
    const history::Outage& outage = row.outage;
    down += outage.down;
    table.add({{shown_name(row.name, row.series)},
               {local_text(outage.start, zone)},
               outage.end ? Cell{local_text(*outage.end, zone)} : Cell{"ongoing", Colour::bad},
               {span_text(std::optional(outage.down))},
               {span_text(std::optional(outage.lower_bound))},
               {span_text(outage.upper_bound)},
               {span_text(std::optional(outage.planned))},
               {remark(outage)}});
  }
  std::string out = table.empty() ? "" : table.text(colour) + "\n";
  out += counted(list.rows.size(), "outage") + ", " + span_text(std::optional(down)) + " down\n";
  return out + notes_text(list.notes);
}

std::string maintenance_text(std::span<const history::MaintenanceWindow> windows,
                             std::string_view zone, WallTime now, bool colour) {
  Table table({{"HOST"}, {"FROM"}, {"TO"}, {"STATE"}, {"ADDED"}, {"ORIGIN"}, {"COMMENT"}});
  for (const history::MaintenanceWindow& window : windows) {
    const bool ahead = window.span.from > now;
    const bool over = window.span.to <= now;
    table.add({{window.host_glob},
               {local_text(window.span.from, zone)},
               {local_text(window.span.to, zone)},
               {over    ? "over"
                : ahead ? "ahead"
                        : "running",
                over    ? Colour::faint
                : ahead ? Colour::none
                        : Colour::warn},
               {local_text(window.added, zone)},
               {window.origin},
               {window.comment}});
  }
  const std::string out = table.empty() ? "" : table.text(colour) + "\n";
  return out + counted(windows.size(), "maintenance window") + "\n";
}

}  // namespace pingtrail::report
