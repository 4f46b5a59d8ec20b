// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/site.h"

#include <algorithm>
#include <utility>

#include "exporter/site/answers.h"
#include "exporter/site/query.h"
#include "exporter/site/spark.h"
#include "perfdata/base/number.h"

namespace pingtrail::site {
namespace {

// Pages for people do not refuse what they do not know: a link may carry things of its own.
StatusFilter filter_of(const QueryItems& query) {
  StatusFilter out;
  out.state = value_of(query, "state");
  out.group = value_of(query, "group");
  out.text = value_of(query, "q");
  const auto page = base::parse_integer(value_of(query, "page"));
  if (page && *page > 0) out.page = static_cast<std::size_t>(*page);
  return out;
}

}  // namespace

Site::Site(Settings settings, Settle again, const base::Log& log)
    : settings_(std::move(settings)), again_(std::move(again)), log_(log), reader_(settings_) {
  if (!settings_.rrd_dir.empty()) archives_.emplace(settings_.rrd_dir);
}

base::Expected<base::Done> Site::begin() { return reader_.take_aliases(settings().aliases); }

Settings Site::settings() const {
  const std::lock_guard lock(settings_mutex_);
  return settings_;
}

bool Site::ready() { return reader_.read()->live->any_readable(); }

base::Expected<base::Done> Site::reload() {
  auto fresh = again_();
  if (!fresh) return fresh.error();
  if (auto done = reader_.take_aliases(fresh->aliases); !done) return done;
  {
    const std::lock_guard lock(settings_mutex_);
    // Directories, addresses and the web configuration's place hold until the next start.
    fresh->state_dirs = settings_.state_dirs;
    fresh->rrd_dir = settings_.rrd_dir;
    fresh->listen = settings_.listen;
    fresh->web_config = settings_.web_config;
    settings_ = *std::move(fresh);
  }
  log_(base::LogLevel::info, "configuration read again");
  return base::ok();
}

http::Response Site::status_page(const http::Request& request) {
  const auto world = reader_.read();
  const Ledger ledger = world->ledger(world->read_at, settings().zone);
  StatusPage page = make_status_page(ledger, filter_of(request.query));
  for (StatusLine& line : page.lines) {
    // A series has no archive of its own.
    if (!archives_ || !line.row.series.empty()) continue;
    for (const std::string& name : ledger.aliases.same_as(line.row.name)) {
      line.rtt_s = day_of(*archives_, name, world->read_at);
      if (!line.rtt_s.empty()) break;
    }
  }
  return html(status_html(page));
}

}  // namespace pingtrail::site
