// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/live_archive.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "perfdata/history/live_directory.h"
#include "perfdata/history/outages.h"

namespace pingtrail::history {
namespace {

using Spans = std::shared_ptr<const std::vector<TimeSpan>>;

// Maintenance by host: windows for one name are found by it, patterns are tried one by one. Ten
// thousand hosts with a window each are otherwise a hundred million comparisons.
class Plans {
 public:
  explicit Plans(std::span<const MaintenanceWindow> windows) {
    for (const MaintenanceWindow& window : windows) {
      const bool pattern = window.host_glob.find_first_of("*?[") != std::string::npos;
      if (pattern) {
        patterns_.push_back(window);
      } else {
        by_name_[window.host_glob].push_back(window);
      }
    }
  }

  Spans of(const std::string& name) const {
    std::vector<MaintenanceWindow> windows;
    for (const MaintenanceWindow& window : patterns_) {
      if (glob_matches(window.host_glob, name)) windows.push_back(window);
    }
    if (const auto own = by_name_.find(name); own != by_name_.end()) {
      windows.insert(windows.end(), own->second.begin(), own->second.end());
    }
    if (windows.empty()) return none_;
    return std::make_shared<const std::vector<TimeSpan>>(planned_spans(windows, name));
  }

 private:
  Spans none_ = std::make_shared<const std::vector<TimeSpan>>();
  std::vector<MaintenanceWindow> patterns_;
  std::unordered_map<std::string, std::vector<MaintenanceWindow>> by_name_;
};

}  // namespace

bool LiveView::any_readable() const {
  return std::any_of(directories.begin(), directories.end(),
                     [](const DirectoryFacts& directory) { return !directory.trouble; });
}

LiveArchive::LiveArchive(std::vector<std::string> state_dirs) {
  for (std::string& dir : state_dirs) {
    directories_.push_back(std::make_unique<LiveDirectory>(std::move(dir)));
  }
}

LiveArchive::~LiveArchive() = default;

std::shared_ptr<const LiveView> LiveArchive::refresh(WallTime now) {
  const std::lock_guard<std::mutex> alone(busy_);
  auto view = std::make_shared<LiveView>();
  bool changed = generation_ == 0;
  for (const auto& directory : directories_) {
    view->states_read += directory->refresh(now);
    changed = changed || directory->changed();
    view->directories.push_back(directory->facts());
    view->unreadable += directory->facts().unreadable.size();
  }
  if (changed) ++generation_;
  view->generation = generation_;
  const auto before = newest_.lock();
  if (!changed && before) {
    view->archive = before->archive;
    view->facts = before->facts;
    newest_ = view;
    return view;
  }
  for (const auto& directory : directories_) {
    Archive& archive = view->archive;
    archive.maintenance.insert(archive.maintenance.end(), directory->maintenance().begin(),
                               directory->maintenance().end());
    archive.notes.insert(archive.notes.end(), directory->notes().begin(), directory->notes().end());
    archive.verified = archive.verified && directory->facts().verified;
  }
  merge_hosts(*view);
  collect_facts(*view);
  newest_ = view;
  return view;
}

// As load_archive() merges; what was merged of the same histories before is taken as it is.
void LiveArchive::merge_hosts(LiveView& view) {
  std::vector<HistoryPtr> hosts;
  for (const auto& directory : directories_) {
    hosts.insert(hosts.end(), directory->hosts().begin(), directory->hosts().end());
  }
  std::map<HostKey, Merged> merged;
  const Merge merge = [this, &merged](std::span<const HistoryPtr> same) {
    const auto before = merged_.find(same.front()->key);
    const bool known = before != merged_.end() && std::ranges::equal(before->second.of, same);
    HistoryPtr out = known ? before->second.as : merge_shared(same);
    merged.emplace(same.front()->key,
                   Merged{std::vector<HistoryPtr>(same.begin(), same.end()), out});
    return out;
  };
  view.archive.hosts = merge_same_keys(std::move(hosts), merge);
  merged_ = std::move(merged);
}

// A host's planned time is worked out once for each content of the maintenance files.
void LiveArchive::collect_facts(LiveView& view) {
  const bool plans_changed = std::any_of(directories_.begin(), directories_.end(),
                                         [](const auto& d) { return d->maintenance_changed(); });
  // Names that went are forgotten with it, or once they are as many as those that are there.
  if (plans_changed || planned_.size() > 2 * view.archive.hosts.size()) planned_.clear();
  const Plans plans(view.archive.maintenance);
  view.facts.reserve(view.archive.hosts.size());
  for (const HistoryPtr& host : view.archive.hosts) {
    auto& planned = planned_[host->key.name];
    if (planned == nullptr) planned = plans.of(host->key.name);
    view.facts.push_back({planned, parts_in_order(host->parts)});
  }
}

}  // namespace pingtrail::history
