// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures, and the page of a host that shows them.
#include <algorithm>
#include <utility>

#include "exporter/graph/graph.h"
#include "exporter/site/answers.h"
#include "exporter/site/query.h"
#include "exporter/site/site.h"

namespace pingtrail::site {
namespace {

using base::Error;
using base::ErrorKind;
using history::TimeSpan;

// What the host's history shades in the picture: outages, maintenance, and time without knowledge.
void shade(graph::GraphRequest& picture, const Ledger& ledger,
           const std::vector<std::size_t>& places) {
  if (places.empty()) return;
  std::vector<history::HostKey> keys;
  keys.reserve(places.size());
  for (const std::size_t place : places) keys.push_back(ledger.archive.hosts[place]->key);
  const std::size_t place = places[history::leading_series(keys)];
  const history::HostHistory& host = *ledger.archive.hosts[place];
  const TimeSpan window{picture.now - picture.query.range, picture.now};
  for (const history::StateSpan& one : history::state_spans(host, window, ledger.asof)) {
    if (!one.state) {
      picture.unknown.push_back(one.span);
    } else if (*one.state == history::ObservedState::down) {
      picture.outages.push_back(one.span);
    }
  }
  for (const TimeSpan& span : ledger.planned(place)) {
    if (span.from < window.to && span.to > window.from) picture.maintenance.push_back(span);
  }
}

}  // namespace

http::Response Site::graph(const std::string& host, bool svg, const http::Request& request) {
  const auto query = graph::parse_graph_query(request.query);
  if (!query) return plain_error(query.error());
  if (!archives_) {
    return plain_error(Error{ErrorKind::not_found, "graphs: no directory of archives is set"});
  }
  const auto world = reader_.read();
  const Ledger ledger = world->ledger(world->read_at, settings().zone);
  graph::GraphRequest picture;
  picture.query = *query;
  picture.svg = svg;
  picture.now = world->read_at;
  picture.zone = ledger.zone;
  shade(picture, ledger, places_of(ledger, host));
  base::Expected<std::string> drawn = Error{ErrorKind::not_found, host + ": no archive"};
  for (const std::string& name : ledger.aliases.same_as(host)) {
    picture.host = name;
    drawn = graph::draw(*archives_, picture);
    if (drawn || drawn.error().kind != ErrorKind::not_found) break;
  }
  if (!drawn) return plain_error(drawn.error());
  http::Response out;
  out.headers.emplace_back("Content-Type", svg ? "image/svg+xml" : "image/png");
  out.body = *std::move(drawn);
  return out;
}

http::Response Site::host_page(const std::string& host, const http::Request& request) {
  const auto world = reader_.read();
  const Ledger ledger = world->ledger(world->read_at, settings().zone);
  const auto places = places_of(ledger, host);
  std::vector<std::string> services;
  std::vector<std::string> notes;
  if (archives_) {
    for (const std::string& name : ledger.aliases.same_as(host)) {
      auto found = archives_->services(name);
      if (!found) notes.push_back(found.error().message);
      if (!found || found->empty()) continue;
      services = *std::move(found);
      break;
    }
  }
  if (places.empty() && services.empty()) {
    return plain_error(Error{ErrorKind::not_found, host + ": no such host"});
  }
  HostPage page = make_host_page(ledger, host, places);
  page.notes = std::move(notes);
  const std::string wanted = value_of(request.query, "service");
  const auto there = std::find(services.begin(), services.end(), wanted);
  if (there != services.end()) {
    page.service = wanted;
  } else if (!services.empty()) {
    page.service = services.front();
  }
  page.services = std::move(services);
  return html(host_html(page));
}

}  // namespace pingtrail::site
