// SPDX-License-Identifier: GPL-3.0-or-later
// All that is known at one moment: histories, those reconstructed from archives, other names. An
// edge.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exporter/reconstruct/reconstruct.h"
#include "exporter/site/aliases.h"
#include "exporter/site/settings.h"
#include "exporter/site/single_flight.h"
#include "exporter/site/views.h"
#include "perfdata/history/live_archive.h"

namespace pingtrail::site {

// One reading. Never changes; whoever holds it may use it as long as they like.
struct World {
  std::shared_ptr<const history::LiveView> live;
  history::Archive archive;  // live and reconstructed
  // As many as archive.hosts.
  std::vector<std::shared_ptr<const std::vector<history::TimeSpan>>> planned;
  std::vector<std::shared_ptr<const history::HostHistory>> reconstructed;
  std::shared_ptr<const Aliases> aliases;
  history::WallTime read_at{};

  // What pages are made from, at an instant and in a zone.
  Ledger ledger(history::WallTime asof, const std::string& zone) const;
};

// Reads what changed, for as many askers at once as there are. Any thread may call.
class Reader {
 public:
  explicit Reader(const Settings& settings);

  // Never older than the call.
  std::shared_ptr<const World> read();

  // Reads the file of aliases again; on error the old ones stay.
  base::Expected<base::Done> take_aliases(const std::string& path);

 private:
  std::shared_ptr<const World> look();

  history::LiveArchive live_;
  std::unique_ptr<reconstruct::Reconstruction> reconstruction_;  // null without archives
  std::mutex aliases_mutex_;
  std::shared_ptr<const Aliases> aliases_;
  SingleFlight<World> flight_;
};

}  // namespace pingtrail::site
