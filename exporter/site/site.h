// SPDX-License-Identifier: GPL-3.0-or-later
// What pingtrail-exporter shows: every page, made from what is known at the moment of the request.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "exporter/graph/archive_index.h"
#include "exporter/http/route.h"
#include "exporter/metrics/exposition.h"
#include "exporter/metrics/share.h"
#include "exporter/metrics/snapshot.h"
#include "exporter/site/settings.h"
#include "exporter/site/world.h"
#include "perfdata/base/log.h"

namespace pingtrail::site {

// Any thread may call, several at once.
class Site : public http::Pages {
 public:
  // Reads the settings anew, as at start.
  using Settle = std::function<base::Expected<Settings>()>;

  Site(Settings settings, Settle again, const base::Log& log);

  // Reads the file of aliases; at start a bad one is refused, later the old ones stay.
  base::Expected<base::Done> begin();

  // Who may embed the pages, as in a Content-Security-Policy.
  std::string frame_ancestors() const { return settings().frame_ancestors; }

  http::Response status_page(const http::Request& request) override;
  http::Response host_page(const std::string& host, const http::Request& request) override;
  http::Response metrics(const http::Request& request) override;
  http::Response hosts_json(const http::Request& request) override;
  http::Response host_json(const std::string& host, const http::Request& request) override;
  http::Response outages_json(const http::Request& request) override;
  http::Response report_json(const http::Request& request) override;
  http::Response graph(const std::string& host, bool svg, const http::Request& request) override;
  http::Response month_report(const std::string& month, const http::Request& request) override;
  http::Response discovery(const http::Request& request) override;
  bool ready() override;
  base::Expected<base::Done> reload() override;

 private:
  Settings settings() const;
  // A snapshot whose taking began after the call.
  std::shared_ptr<const metrics::Snapshot> snapshot();

  mutable std::mutex settings_mutex_;
  Settings settings_;
  Settle again_;
  const base::Log& log_;
  Reader reader_;
  std::optional<graph::ArchiveIndex> archives_;  // absent without --rrd-dir
  SingleFlight<metrics::Snapshot> snapshots_;
  // Used by one flight at a time.
  metrics::SnapshotShare share_;
  std::shared_ptr<const Aliases> named_from_;  // what names_ was made of
  std::shared_ptr<const metrics::Aliases> names_;
};

}  // namespace pingtrail::site
