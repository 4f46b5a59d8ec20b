// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/reconstruct/reconstruct.h"

#include <algorithm>
#include <set>
#include <utility>

#include "exporter/graph/query.h"
#include "exporter/reconstruct/rows.h"
#include "exporter/reconstruct/rrd_rows.h"

namespace pingtrail::reconstruct {
namespace {

using base::ErrorKind;
using base::Expected;
using graph::ArchiveEntry;
using graph::ReadableArchive;
using history::HostHistory;
using history::ObservedState;
using Shared = std::shared_ptr<const HostHistory>;

// Which source is the packet loss: of services only by name, since what their second source is
// without one cannot be guessed.
std::optional<std::size_t> loss_source(const ReadableArchive& archive, const ArchiveEntry& entry) {
  if (archive.page.sources.empty() && entry.service != graph::kHostService) return std::nullopt;
  const auto ping = graph::ping_sources(archive.page, archive.header.sources.size());
  return ping ? std::optional<std::size_t>(ping->loss) : std::nullopt;
}

Expected<Shared> history_of(const ReadableArchive& archive, const ArchiveEntry& entry) {
  const auto source = loss_source(archive, entry);
  if (!source) return Shared();
  const auto rows = read_rows(archive, *source);
  if (!rows) return rows.error();
  const auto observations = observations_of(*rows, archive.header.step_s);
  HostHistory out = history::replay({entry.host, ""}, observations);
  out.reconstructed = true;
  for (const history::Observation& observation : observations) {
    if (observation.state == ObservedState::indeterminate) continue;
    out.state->last.at = observation.wall;
    out.state->last.state = observation.state;
  }
  if (out.parts.empty()) out.state.reset();
  return std::make_shared<const HostHistory>(std::move(out));
}

// The host's own archive first, then its services by name.
void sort_by_host(std::vector<ArchiveEntry>& entries) {
  const auto own = [](const ArchiveEntry& entry) { return entry.service == graph::kHostService; };
  std::stable_sort(entries.begin(), entries.end(),
                   [&own](const ArchiveEntry& a, const ArchiveEntry& b) {
                     if (a.host != b.host) return a.host < b.host;
                     return own(a) && !own(b);
                   });
}

}  // namespace

Reconstruction::Reconstruction(std::string rrd_dir) : index_(std::move(rrd_dir)) {}

std::vector<Shared> Reconstruction::histories(
    const std::function<bool(std::string_view host)>& known, std::vector<std::string>& notes) {
  std::vector<Shared> out;
  auto entries = index_.entries();
  if (!entries) {
    notes.push_back(entries.error().message);
    return out;
  }
  sort_by_host(*entries);
  const std::lock_guard guard(mutex_);
  std::map<std::string, Cached> seen;
  for (const ArchiveEntry& entry : *entries) {
    const bool has_one = !out.empty() && out.back()->key.name == entry.host;
    if (has_one || known(entry.host) || history::key_fault({entry.host, ""})) continue;
    const auto cached = take(entry, notes);
    if (!cached) continue;
    if (cached->history) out.push_back(cached->history);
    seen.emplace(entry.name.host + "/" + entry.name.service, *cached);
  }
  cache_ = std::move(seen);
  return out;
}

std::optional<Reconstruction::Cached> Reconstruction::take(const ArchiveEntry& entry,
                                                           std::vector<std::string>& notes) {
  const auto identity = index_.identity(entry.name);
  const auto old = cache_.find(entry.name.host + "/" + entry.name.service);
  if (identity && old != cache_.end() && old->second.identity == *identity) return old->second;
  const auto archive = index_.open(entry.name);
  if (!archive) {
    notes.push_back(archive.error().message);
    return std::nullopt;
  }
  auto history = history_of(*archive, entry);
  if (!history) {
    notes.push_back(history.error().message);
    return std::nullopt;
  }
  return Cached{archive->identity, std::move(*history)};
}

}  // namespace pingtrail::reconstruct
