// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/csv.h"

#include "exporter/report/words.h"

namespace pingtrail::report {
namespace {

using history::WindowFigures;

// One record, field by field.
class Record {
 public:
  explicit Record(std::string& out) : out_(out) {}
  Record& add(std::string_view text) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += csv_field(text);
    return *this;
  }
  Record& add(Milliseconds span) { return add(seconds_text(span)); }
  Record& add(const std::optional<double>& value) {
    return add(value ? decimal_text(*value) : std::string());
  }
  Record& add(const std::optional<WallTime>& at) { return add(at ? utc_text(*at) : std::string()); }
  Record& add(const std::optional<Milliseconds>& span) {
    return add(span ? seconds_text(*span) : std::string());
  }
  void end() { out_ += "\r\n"; }

 private:
  std::string& out_;
  bool first_ = true;
};

const char* source_word(bool reconstructed) { return reconstructed ? "reconstructed" : "journal"; }

void add_figures(std::string& out, std::string_view kind, std::string_view name,
                 std::string_view series, std::string_view group, const WindowFigures& f,
                 const std::optional<ErrorBudget>& budget, std::string_view source = {}) {
  Record record(out);
  record.add(kind).add(name).add(series).add(group).add(f.window);
  record.add(f.up.unplanned).add(f.up.planned).add(f.down.unplanned).add(f.down.planned);
  record.add(f.unknown.unplanned).add(f.unknown.planned);
  record.add(f.availability_pct).add(f.availability_incl_planned_pct);
  record.add(f.availability_worst_pct).add(f.availability_best_pct).add(f.coverage_pct);
  record.add(std::to_string(f.outages_started)).add(f.mttr_s).add(f.mtbf_s);
  using Span = std::optional<Milliseconds>;
  record.add(budget ? Span(budget->allowed) : Span());
  record.add(budget ? Span(budget->used) : Span());
  record.add(source).end();
}

}  // namespace

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string status_csv(const Status& status) {
  std::string out =
      "host,series,group,address,state,since,downtime_s,last_check,last_rta_s,last_loss_pct,"
      "last_reason,in_maintenance,source\r\n";
  for (const StatusRow& row : status.rows) {
    Record record(out);
    record.add(row.name).add(row.series).add(row.group).add(row.address);
    record.add(row.state ? history::state_word(*row.state) : "unknown").add(row.since);
    record.add(row.downtime).add(row.last_check).add(row.rta_s).add(row.loss_pct);
    record.add(row.reason).add(row.in_maintenance ? "1" : "0");
    record.add(source_word(row.reconstructed)).end();
  }
  return out;
}

std::string outages_csv(const OutageList& list) {
  std::string out =
      "host,series,start,end,ongoing,downtime_s,unknown_inside_s,lower_bound_s,upper_bound_s,"
      "planned_s,reason,source,resolution_s\r\n";
  for (const OutageRow& row : list.rows) {
    const history::Outage& outage = row.outage;
    Record record(out);
    record.add(row.name).add(row.series).add(std::optional(outage.start)).add(outage.end);
    record.add(outage.end ? "0" : "1").add(outage.down).add(outage.unknown);
    record.add(outage.lower_bound).add(outage.upper_bound).add(outage.planned);
    record.add(outage.reason).add(source_word(outage.reconstructed)).add(outage.resolution).end();
  }
  return out;
}

std::string report_csv(const Report& report) {
  std::string out =
      "kind,name,series,group,window_s,up_s,up_planned_s,down_s,down_planned_s,unknown_s,"
      "unknown_planned_s,availability_pct,availability_incl_planned_pct,availability_worst_pct,"
      "availability_best_pct,coverage_pct,outages_started,mttr_s,mtbf_s,budget_allowed_s,"
      "budget_used_s,source\r\n";
  for (const HostReport& host : report.hosts) {
    add_figures(out, "host", host.name, host.series, host.group, host.figures, host.budget,
                source_word(host.reconstructed));
  }
  for (const HostReport& host : report.series) {
    add_figures(out, "series", host.name, host.series, host.group, host.figures, host.budget,
                source_word(host.reconstructed));
  }
  for (const GroupReport& group : report.groups) {
    add_figures(out, "group", group.name, "", group.name, group.figures, group.budget);
  }
  add_figures(out, "all", "", "", "", report.total.figures, report.total.budget);
  return out;
}

std::string maintenance_csv(std::span<const history::MaintenanceWindow> windows) {
  std::string out = "host,from,to,added,origin,comment\r\n";
  for (const history::MaintenanceWindow& window : windows) {
    Record record(out);
    record.add(window.host_glob).add(utc_text(window.span.from)).add(utc_text(window.span.to));
    record.add(utc_text(window.added)).add(window.origin).add(window.comment).end();
  }
  return out;
}

}  // namespace pingtrail::report
