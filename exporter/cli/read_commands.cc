// SPDX-License-Identifier: GPL-3.0-or-later
// status, outages and report.
#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/cli/requests.h"
#include "exporter/cli/terminal_progress.h"
#include "exporter/report/csv.h"
#include "exporter/report/html.h"
#include "exporter/report/json.h"
#include "exporter/report/text.h"

namespace pingtrail::cli {
namespace {

using base::Expected;

Expected<int> emitted(std::string_view text) {
  const auto done = emit(text);
  if (!done) return done.error();
  return 0;
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
  const auto query = outage_query(words, where->zone, where->asof);
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
  auto request = report_request(words, where->zone, where->asof);
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
