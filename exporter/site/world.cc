// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/world.h"

#include <algorithm>
#include <utility>

#include "perfdata/base/posix_clock.h"
#include "perfdata/base/read_file.h"

namespace pingtrail::site {
namespace {

using history::HostHistory;
using history::TimeSpan;
using Planned = std::shared_ptr<const std::vector<TimeSpan>>;

bool by_key(const std::shared_ptr<const HostHistory>& a,
            const std::shared_ptr<const HostHistory>& b) {
  return a->key < b->key;
}

// Puts the reconstructed hosts in their places among those with a history.
void add_reconstructed(World& world, std::vector<std::shared_ptr<const HostHistory>> more) {
  if (more.empty()) return;
  std::sort(more.begin(), more.end(), by_key);
  std::vector<std::shared_ptr<const HostHistory>> hosts;
  std::vector<Planned> planned;
  std::size_t next = 0;
  const auto take_more = [&](const HostHistory* before) {
    while (next < more.size() && (before == nullptr || more[next]->key < before->key)) {
      planned.push_back(std::make_shared<const std::vector<TimeSpan>>(
          history::planned_spans(world.archive.maintenance, more[next]->key.name)));
      hosts.push_back(std::move(more[next++]));
    }
  };
  for (std::size_t i = 0; i < world.archive.hosts.size(); ++i) {
    take_more(world.archive.hosts[i].get());
    hosts.push_back(std::move(world.archive.hosts[i]));
    planned.push_back(std::move(world.planned[i]));
  }
  take_more(nullptr);
  world.archive.hosts = std::move(hosts);
  world.planned = std::move(planned);
}

}  // namespace

Ledger World::ledger(history::WallTime asof, const std::string& zone) const {
  return {archive, [this](std::size_t place) -> const auto& {return *planned[place];
}
, *aliases, asof, zone
};  // namespace pingtrail::site
}

Reader::Reader(const Settings& settings)
    : live_(settings.state_dirs), aliases_(std::make_shared<const Aliases>()) {
  if (!settings.rrd_dir.empty()) {
    reconstruction_ = std::make_unique<reconstruct::Reconstruction>(settings.rrd_dir);
  }
}

std::shared_ptr<const World> Reader::read() {
  return flight_.get([this] { return look(); });
}

std::shared_ptr<const World> Reader::look() {
  auto out = std::make_shared<World>();
  out->read_at = base::wall_now();
  out->live = live_.refresh(out->read_at);
  out->archive = out->live->archive;
  for (const history::HostFacts& facts : out->live->facts) out->planned.push_back(facts.planned);
  if (reconstruction_) {
    const auto& hosts = out->live->archive.hosts;
    const auto known = [&hosts](std::string_view name) {
      const auto at = std::partition_point(hosts.begin(), hosts.end(), [name](const auto& host) {
        return std::string_view(host->key.name) < name;
      });
      return at != hosts.end() && (*at)->key.name == name;
    };
    out->reconstructed = reconstruction_->histories(known, out->archive.notes);
    add_reconstructed(*out, out->reconstructed);
  }
  {
    const std::lock_guard lock(aliases_mutex_);
    out->aliases = aliases_;
  }
  return out;
}

base::Expected<base::Done> Reader::take_aliases(const std::string& path) {
  std::shared_ptr<const Aliases> fresh = std::make_shared<const Aliases>();
  if (!path.empty()) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 30;  // Nagios' object cache can be large
    const auto text = base::read_file(path, kMostBytes);
    if (!text) return base::Error{text.error().kind, "--aliases: " + text.error().message};
    auto parsed = parse_aliases(*text);
    if (!parsed) return base::Error{parsed.error().kind, path + ": " + parsed.error().message};
    fresh = std::make_shared<const Aliases>(*std::move(parsed));
  }
  const std::lock_guard lock(aliases_mutex_);
  aliases_ = std::move(fresh);
  return base::ok();
}

}  // namespace pingtrail::site
