// SPDX-License-Identifier: GPL-3.0-or-later
// /metrics: a snapshot that all scrapes of one moment share, and its text for each.
#include <stdexcept>
#include <utility>

#include "exporter/metrics/collect.h"
#include "exporter/metrics/negotiate.h"
#include "exporter/site/answers.h"
#include "exporter/site/query.h"
#include "exporter/site/site.h"
#include "perfdata/base/posix_clock.h"

namespace pingtrail::site {
namespace {

class Text : public http::BodySource {
 public:
  explicit Text(metrics::Exposition exposition) : exposition_(std::move(exposition)) {}
  bool next(std::string& out) override { return exposition_.next(out); }

 private:
  metrics::Exposition exposition_;
};

// What people call each name.
std::shared_ptr<const metrics::Aliases> names_of(const Aliases& aliases) {
  auto out = std::make_shared<metrics::Aliases>();
  for (const HostNames& names : aliases.entries()) {
    const std::string& shown = names.alias.empty() ? names.name : names.alias;
    if (!names.alias.empty()) out->emplace(names.name, shown);
    for (const std::string& other : names.others) out->emplace(other, shown);
  }
  return out;
}

}  // namespace

std::shared_ptr<const metrics::Snapshot> Site::snapshot() {
  return snapshots_.get([this] {
    const Settings now = settings();
    const auto world = reader_.read();
    metrics::SnapshotInputs inputs;
    inputs.view = world->live;
    inputs.reconstructed = world->reconstructed;
    if (named_from_ != world->aliases) {
      names_ = names_of(*world->aliases);
      named_from_ = world->aliases;
    }
    inputs.aliases = names_;
    if (!now.rrd_dir.empty()) inputs.writer = metrics::read_writer_counters(now.rrd_dir);
    const metrics::SnapshotOptions options{now.windows, now.zone, now.histogram};
    auto taken = share_.take(inputs, options, world->read_at);
    if (!taken) throw std::runtime_error(taken.error().message);
    return *std::move(taken);
  });
}

http::Response Site::metrics(const http::Request& request) {
  const auto words = words_of(request.query, {"host", "group"});
  if (!words) return plain_error(words.error());
  metrics::ExpositionOptions options;
  options.format = metrics::negotiate(request.accept);
  options.filter = {words->all("host"), words->all("group")};
  options.compat = settings().compat;
  const base::MonoTime begin = base::mono_now();
  auto taken = snapshot();
  metrics::ScrapeFigures figures;
  figures.duration = base::mono_now() - begin;
  figures.process = metrics::read_process_figures();
  http::Response out;
  out.headers.emplace_back("Content-Type", metrics::content_type(options.format));
  out.source =
      std::make_shared<Text>(metrics::Exposition(std::move(taken), std::move(options), figures));
  return out;
}

}  // namespace pingtrail::site
