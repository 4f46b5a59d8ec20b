// SPDX-License-Identifier: GPL-3.0-or-later
// status, outages and report.
#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/cli/terminal_progress.h"
#include "exporter/report/csv.h"
#include "exporter/report/html.h"
#include "exporter/report/json.h"
#include "exporter/report/period.h"
#include "exporter/report/text.h"
#include "perfdata/base/number.h"

namespace pingtrail::cli {
namespace {

using base::Expected;
using base::invalid_input;

Expected<int> emitted(std::string_view text) {
  const auto done = emit(text);
  if (!done) return done.error();
  return 0;
}

Expected<std::uint32_t> confirmation(const Words& words) {
  constexpr std::int64_t kMost = 1000;
  const std::string text = words.last("confirm").value_or("1");
  const auto value = base::parse_integer(text);
  if (!value || *value < 1 || *value > kMost) {
    return invalid_input("--confirm: " + text, "not a number from 1 to 1000");
  }
  return static_cast<std::uint32_t>(*value);
}

Expected<report::ReportRequest> report_request(const Words& words, const Setting& where) {
  report::ReportRequest out;
  out.asof = where.asof;
  out.zone = where.zone;
  out.groups = words.all("group");
  const auto period = report::choose_period(
      {words.last("month"), words.last("window"), words.last("from"), words.last("to")}, where.zone,
      where.asof);
  if (!period) return period.error();
  out.window = period->window;
  out.label = period->label;
  const auto confirm = confirmation(words);
  if (!confirm) return confirm.error();
  out.confirm = *confirm;
  if (const auto target = words.last("target")) {
    out.target_pct = base::parse_decimal(*target);
    if (!out.target_pct || *out.target_pct < 0 || *out.target_pct > 100) {
      return invalid_input("--target: " + *target, "not a percentage from 0 to 100");
    }
  }
  return out;
}

std::string rendered(const report::Report& made, Format format) {
  switch (format) {
    case Format::json:
      return report::report_json(made);
    case Format::csv:
      return report::report_csv(made);
    case Format::html:
      return report::report_html(made);
    case Format::text:
      break;
  }
  return report::report_text(made, colour_wanted());
}

Expected<report::OutageQuery> outage_query(const Words& words, const Setting& where) {
  report::OutageQuery query;
  query.hosts = words.all("host");
  query.asof = where.asof;
  query.zone = where.zone;
  const auto span =
      report::choose_span(words.last("from"), words.last("to"), where.zone, where.asof);
  if (!span) return span.error();
  query.window = *span;
  const auto confirm = confirmation(words);
  if (!confirm) return confirm.error();
  query.confirm = *confirm;
  const auto shortest = report::parse_duration(words.last("min").value_or("0"));
  if (!shortest) return base::Error{shortest.error().kind, "--min: " + shortest.error().message};
  query.min = *shortest;
  return query;
}

}  // namespace

Expected<int> run_status(const Words& words) {
  const auto where = setting(words, default_state_dir());
  if (!where) return where.error();
  const auto format = chosen_format(words, false);
  if (!format) return format.error();
  const auto archive = load(*where);
  if (!archive) return archive.error();
  const report::Status status =
      report::build_status(*archive, where->asof, where->zone, words.all("group"));
  if (*format == Format::json) return emitted(report::status_json(status));
  if (*format == Format::csv) return emitted(report::status_csv(status));
  return emitted(report::status_text(status, colour_wanted()));
}

Expected<int> run_outages(const Words& words) {
  const auto where = setting(words, default_state_dir());
  if (!where) return where.error();
  const auto format = chosen_format(words, false);
  if (!format) return format.error();
  const auto query = outage_query(words, *where);
  if (!query) return query.error();
  const auto archive = load(*where);
  if (!archive) return archive.error();
  const auto list = report::list_outages(*archive, *query);
  if (!list) return list.error();
  if (*format == Format::json) return emitted(report::outages_json(*list));
  if (*format == Format::csv) return emitted(report::outages_csv(*list));
  return emitted(report::outages_text(*list, colour_wanted()));
}

Expected<int> run_report(const Words& words) {
  const auto where = setting(words, default_state_dir());
  if (!where) return where.error();
  const auto format = chosen_format(words, true);
  if (!format) return format.error();
  auto request = report_request(words, *where);
  if (!request) return request.error();
  request->days = *format == Format::html;
  const auto archive = load(*where);
  if (!archive) return archive.error();
  TerminalProgress bar("report", "hosts");
  const auto made = report::build_report(
      *archive, *request, [&bar](std::size_t done, std::size_t total) { bar.update(done, total); });
  bar.clear();
  if (!made) return made.error();
  return emitted(rendered(*made, *format));
}

}  // namespace pingtrail::cli
