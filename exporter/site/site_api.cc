// SPDX-License-Identifier: GPL-3.0-or-later
// The answers for programs, and the monthly report.
#include <algorithm>
#include <utility>

#include "exporter/cli/requests.h"
#include "exporter/report/html.h"
#include "exporter/report/json.h"
#include "exporter/site/answers.h"
#include "exporter/site/query.h"
#include "exporter/site/site.h"

namespace pingtrail::site {
namespace {

using base::Error;
using base::ErrorKind;

// The rows at those places, with the notes of the whole.
report::Status status_at(const Ledger& ledger, const std::vector<std::size_t>& places) {
  report::Status out;
  out.asof = ledger.asof;
  out.zone = ledger.zone;
  out.notes = ledger.archive.notes;
  out.verified = ledger.archive.verified;
  for (const std::size_t place : places) {
    out.rows.push_back(
        report::status_row(*ledger.archive.hosts[place], ledger.asof, ledger.planned(place)));
  }
  return out;
}

std::vector<std::size_t> places_in(const Ledger& ledger, const std::vector<std::string>& groups) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < ledger.archive.hosts.size(); ++i) {
    const std::string& group = ledger.archive.hosts[i]->group;
    if (groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end()) {
      out.push_back(i);
    }
  }
  return out;
}

}  // namespace

http::Response Site::hosts_json(const http::Request& request) {
  const auto words = words_of(request.query, {"group", "tz", "asof"});
  if (!words) return json_error(words.error());
  const auto world = reader_.read();
  const auto moment = moment_of(*words, settings().zone, world->read_at);
  if (!moment) return json_error(moment.error());
  const Ledger ledger = world->ledger(moment->asof, moment->zone);
  return json(report::status_json(status_at(ledger, places_in(ledger, words->all("group")))));
}

http::Response Site::host_json(const std::string& host, const http::Request& request) {
  const auto words = words_of(request.query, {"tz", "asof"});
  if (!words) return json_error(words.error());
  const auto world = reader_.read();
  const auto moment = moment_of(*words, settings().zone, world->read_at);
  if (!moment) return json_error(moment.error());
  const Ledger ledger = world->ledger(moment->asof, moment->zone);
  const auto places = places_of(ledger, host);
  if (places.empty()) return json_error(Error{ErrorKind::not_found, host + ": no such host"});
  return json(report::status_json(status_at(ledger, places)));
}

http::Response Site::outages_json(const http::Request& request) {
  const auto words =
      words_of(request.query, {"host", "from", "to", "min", "confirm", "tz", "asof"});
  if (!words) return json_error(words.error());
  const auto world = reader_.read();
  const auto moment = moment_of(*words, settings().zone, world->read_at);
  if (!moment) return json_error(moment.error());
  const auto query = cli::outage_query(*words, moment->zone, moment->asof);
  if (!query) return json_error(query.error());
  const auto list = report::list_outages(world->archive, *query);
  if (!list) return json_error(list.error());
  return json(report::outages_json(*list));
}

http::Response Site::report_json(const http::Request& request) {
  const auto words = words_of(
      request.query, {"month", "window", "from", "to", "tz", "group", "target", "confirm", "asof"});
  if (!words) return json_error(words.error());
  const auto world = reader_.read();
  const auto moment = moment_of(*words, settings().zone, world->read_at);
  if (!moment) return json_error(moment.error());
  const auto wanted = cli::report_request(*words, moment->zone, moment->asof);
  if (!wanted) return json_error(wanted.error());
  const auto made = report::build_report(world->archive, *wanted);
  if (!made) return json_error(made.error());
  return json(report::report_json(*made));
}

http::Response Site::month_report(const std::string& month, const http::Request& request) {
  auto words = words_of(request.query, {"tz", "group", "target", "confirm", "asof"});
  if (!words) return plain_error(words.error());
  words->add("month", month);
  const auto world = reader_.read();
  const auto moment = moment_of(*words, settings().zone, world->read_at);
  if (!moment) return plain_error(moment.error());
  auto wanted = cli::report_request(*words, moment->zone, moment->asof);
  if (!wanted) return plain_error(wanted.error());
  wanted->days = true;
  const auto made = report::build_report(world->archive, *wanted);
  if (!made) return plain_error(made.error());
  return html(report::report_html(*made));
}

http::Response Site::discovery(const http::Request& request) {
  const auto words = words_of(request.query, {"group"});
  if (!words) return json_error(words.error());
  const auto world = reader_.read();
  const Ledger ledger = world->ledger(world->read_at, settings().zone);
  return json(report::targets_json(status_at(ledger, places_in(ledger, words->all("group")))));
}

}  // namespace pingtrail::site
