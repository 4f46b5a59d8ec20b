// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/json.h"

#include <nlohmann/json.hpp>

#include "exporter/report/words.h"

namespace pingtrail::report {
namespace {

using Json = nlohmann::ordered_json;
using history::Outage;
using history::WindowFigures;

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

double seconds(Milliseconds span) { return std::chrono::duration<double>(span).count(); }

template <typename T>
Json optional_value(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json optional_instant(const std::optional<WallTime>& at) {
  return at ? Json(utc_text(*at)) : Json(nullptr);
}

Json optional_text(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

const char* source_word(bool reconstructed) { return reconstructed ? "reconstructed" : "journal"; }

void put_outage(Json& out, const Outage& outage) {
  out["start"] = utc_text(outage.start);
  out["end"] = optional_instant(outage.end);
  out["ongoing"] = !outage.end.has_value();
  out["downtime_s"] = seconds(outage.down);
  out["unknown_inside_s"] = seconds(outage.unknown);
  out["lower_bound_s"] = seconds(outage.lower_bound);
  out["upper_bound_s"] = outage.upper_bound ? Json(seconds(*outage.upper_bound)) : Json(nullptr);
  out["planned_s"] = seconds(outage.planned);
  out["reason"] = optional_text(outage.reason);
  out["source"] = source_word(outage.reconstructed);
  if (outage.resolution) out["resolution_s"] = seconds(*outage.resolution);
}

void put_figures(Json& out, const WindowFigures& figures) {
  out["window_s"] = seconds(figures.window);
  out["up_s"] = seconds(figures.up.unplanned);
  out["up_planned_s"] = seconds(figures.up.planned);
  out["down_s"] = seconds(figures.down.unplanned);
  out["down_planned_s"] = seconds(figures.down.planned);
  out["unknown_s"] = seconds(figures.unknown.unplanned);
  out["unknown_planned_s"] = seconds(figures.unknown.planned);
  out["availability_pct"] = optional_value(figures.availability_pct);
  out["availability_incl_planned_pct"] = optional_value(figures.availability_incl_planned_pct);
  out["availability_worst_pct"] = optional_value(figures.availability_worst_pct);
  out["availability_best_pct"] = optional_value(figures.availability_best_pct);
  out["coverage_pct"] = optional_value(figures.coverage_pct);
  out["outages_started"] = figures.outages_started;
  out["mttr_s"] = optional_value(figures.mttr_s);
  out["mtbf_s"] = optional_value(figures.mtbf_s);
}

void put_host(Json& out, const HostReport& host) {
  put_figures(out, host.figures);
  if (host.reconstructed) out["source"] = source_word(true);
  Json outages = Json::array();
  for (const Outage& outage : host.outages) {
    if (!outage.blip) put_outage(outages.emplace_back(Json::object()), outage);
  }
  out["outages"] = std::move(outages);
}

// `"key":[` and one element a line: a report of ten thousand hosts is never one value in memory.
class List {
 public:
  List(std::string& out, std::string_view key) : out_(out) {
    out_ += ",\n\"" + std::string(key) + "\":[";
  }
  void add(const Json& element) {
    out_ += (empty_ ? "\n " : ",\n ") + dumped(element);
    empty_ = false;
  }
  void end() { out_ += empty_ ? "]" : "\n]"; }

 private:
  std::string& out_;
  bool empty_ = true;
};

// The object without its closing brace, for lists to follow.
std::string opened(const Json& head) {
  std::string out = dumped(head);
  out.pop_back();
  return out;
}

void add_notes(std::string& out, const std::vector<std::string>& notes) {
  List list(out, "notes");
  for (const std::string& note : notes) list.add(note);
  list.end();
}

Json budget_json(const std::optional<ErrorBudget>& budget) {
  Json out;
  out["allowed_s"] = seconds(budget->allowed);
  out["used_s"] = seconds(budget->used);
  out["left_s"] = seconds(budget->allowed - budget->used);
  out["used_pct"] = optional_value(budget->used_pct);
  out["met"] = optional_value(budget->met);
  return out;
}

Json report_head(const Report& report) {
  const ReportRequest& request = report.request;
  Json out;
  out["from"] = utc_text(request.window.from);
  out["to"] = utc_text(request.window.to);
  out["asof"] = utc_text(request.asof);
  out["zone"] = request.zone;
  out["label"] = optional_text(request.label);
  out["confirm"] = request.confirm;
  out["target_pct"] = optional_value(request.target_pct);
  out["journal_verified"] = report.verified;
  put_figures(out["total"], report.total.figures);
  return out;
}

void add_groups(std::string& out, const Report& report) {
  List list(out, "groups");
  for (const GroupReport& group : report.groups) {
    Json element;
    element["group"] = group.name;
    element["hosts"] = Json::array();
    for (const std::size_t place : group.hosts) element["hosts"] += report.hosts[place].name;
    put_figures(element, group.figures);
    list.add(element);
  }
  list.end();
}

void add_hosts(std::string& out, const Report& report) {
  List hosts(out, "hosts");
  for (const HostReport& host : report.hosts) {
    Json element;
    element["host"] = host.name;
    put_host(element, host);
    hosts.add(element);
  }
  hosts.end();
  List series(out, "series");
  for (const HostReport& host : report.series) {
    Json element;
    element["host"] = host.name;
    element["series"] = host.series;
    put_host(element, host);
    series.add(element);
  }
  series.end();
}

void add_blips(std::string& out, const Report& report) {
  List list(out, "blips");
  for (const HostReport& host : report.hosts) {
    for (const Outage& outage : host.outages) {
      if (!outage.blip) continue;
      Json element;
      element["host"] = host.name;
      put_outage(element, outage);
      list.add(element);
    }
  }
  list.end();
}

void add_worst(std::string& out, const Report& report) {
  List list(out, "worst");
  for (const std::size_t place : report.worst) {
    const HostReport& host = report.hosts[place];
    Json element;
    element["host"] = host.name;
    element["down_s"] = seconds(host.figures.down.unplanned);
    element["outages_started"] = host.figures.outages_started;
    element["availability_pct"] = optional_value(host.figures.availability_pct);
    list.add(element);
  }
  list.end();
}

void add_budgets(std::string& out, const Report& report) {
  List list(out, "error_budgets");
  const auto add = [&list](const char* key, const Json& name, const auto& budget) {
    if (!budget) return;
    Json element;
    element[key] = name;
    element.update(budget_json(budget));
    list.add(element);
  };
  add("total", true, report.total.budget);
  for (const GroupReport& group : report.groups) add("group", group.name, group.budget);
  for (const HostReport& host : report.hosts) add("host", host.name, host.budget);
  list.end();
}

void add_monitoring(std::string& out, const Report& report) {
  List list(out, "monitoring_outages");
  for (const history::MonitoringOutage& outage : report.monitoring) {
    Json element;
    element["start"] = utc_text(outage.span.from);
    element["end"] = utc_text(outage.span.to);
    element["hosts"] = outage.hosts;
    element["observed"] = outage.observed;
    list.add(element);
  }
  list.end();
}

Json status_element(const StatusRow& row) {
  Json out;
  out["host"] = row.name;
  out["series"] = optional_text(row.series);
  out["group"] = optional_text(row.group);
  out["address"] = optional_text(row.address);
  out["state"] = row.state ? history::state_word(*row.state) : "unknown";
  out["since"] = optional_instant(row.since);
  out["downtime_s"] = seconds(row.downtime);
  out["outage_start"] = optional_instant(row.outage_start);
  out["outages"] = row.outages;
  out["last_check"] = optional_instant(row.last_check);
  out["last_rta_s"] = optional_value(row.rta_s);
  out["last_loss_pct"] = optional_value(row.loss_pct);
  out["last_reason"] = optional_text(row.reason);
  out["in_maintenance"] = row.in_maintenance;
  out["flapping_pct"] = row.flapping_pct;
  out["source"] = source_word(row.reconstructed);
  return out;
}

}  // namespace

std::string status_json(const Status& status) {
  std::string out =
      opened(Json{{"asof", utc_text(status.asof)}, {"journal_verified", status.verified}});
  List list(out, "hosts");
  for (const StatusRow& row : status.rows) list.add(status_element(row));
  list.end();
  add_notes(out, status.notes);
  return out + "\n}\n";
}

std::string outages_json(const OutageList& list) {
  std::string out = opened(Json{{"from", utc_text(list.query.window.from)},
                                {"to", utc_text(list.query.window.to)},
                                {"asof", utc_text(list.query.asof)}});
  List rows(out, "outages");
  for (const OutageRow& row : list.rows) {
    Json element;
    element["host"] = row.name;
    element["series"] = optional_text(row.series);
    put_outage(element, row.outage);
    rows.add(element);
  }
  rows.end();
  add_notes(out, list.notes);
  return out + "\n}\n";
}

std::string report_json(const Report& report) {
  std::string out = opened(report_head(report));
  add_monitoring(out, report);
  add_groups(out, report);
  add_hosts(out, report);
  add_blips(out, report);
  add_worst(out, report);
  if (report.request.target_pct) add_budgets(out, report);
  add_notes(out, report.notes);
  return out + "\n}\n";
}

std::string maintenance_json(std::span<const history::MaintenanceWindow> windows) {
  std::string out = "[";
  for (const history::MaintenanceWindow& window : windows) {
    Json element;
    element["host"] = window.host_glob;
    element["from"] = utc_text(window.span.from);
    element["to"] = utc_text(window.span.to);
    element["added"] = utc_text(window.added);
    element["origin"] = window.origin;
    element["comment"] = window.comment;
    out += (out.size() == 1 ? "\n " : ",\n ") + dumped(element);
  }
  return out + "\n]\n";
}

std::string error_json(std::string_view message) { return dumped(Json{{"error", message}}) + "\n"; }

std::string targets_json(const Status& status) {
  std::string out = "[";
  for (const StatusRow& row : status.rows) {
    Json element;
    element["targets"] = Json::array({row.address.empty() ? row.name : row.address});
    Json& labels = element["labels"];
    labels["__meta_pingtrail_host"] = row.name;
    labels["__meta_pingtrail_series"] = row.series;
    labels["__meta_pingtrail_group"] = row.group;
    labels["__meta_pingtrail_state"] = row.state ? history::state_word(*row.state) : "unknown";
    out += (out.size() == 1 ? "\n " : ",\n ") + dumped(element);
  }
  return out + "\n]\n";
}

}  // namespace pingtrail::report
