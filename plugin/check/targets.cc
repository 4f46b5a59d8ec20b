// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/targets.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace pingtrail::check {
namespace {

using base::Expected;
using probe::Address;

// Hands out one place for each distinct address.
class Places {
 public:
  explicit Places(std::vector<Address>& addresses) : addresses_(addresses) {}

  probe::TargetIndex of(const Address& address) {
    const auto next = static_cast<probe::TargetIndex>(addresses_.size());
    const auto [found, is_new] = index_.try_emplace(address, next);
    if (is_new) addresses_.push_back(address);
    return found->second;
  }

 private:
  std::vector<Address>& addresses_;
  std::unordered_map<Address, probe::TargetIndex, probe::AddressHash> index_;
};

}  // namespace

Targets choose_targets(const CheckConfig& config, std::span<const Resolution> resolutions,
                       const std::function<Expected<base::Done>(probe::Family)>& can_send) {
  Targets targets;
  Places places(targets.addresses);
  for (std::size_t i = 0; i < resolutions.size(); ++i) {
    const std::string& host = config.hosts[i];
    if (!resolutions[i]) {
      targets.hosts.push_back({host, resolutions[i].error()});
      continue;
    }
    std::vector<probe::TargetIndex> chosen;
    std::optional<base::Error> obstacle;
    for (const Address& address : *resolutions[i]) {
      if (auto possible = can_send(address.family); !possible) {
        if (!obstacle) obstacle = possible.error();
        continue;
      }
      chosen.push_back(places.of(address));
      if (!config.all_addresses) break;
    }
    if (chosen.empty() && obstacle) {
      targets.hosts.push_back({host, *obstacle});
    } else {
      targets.hosts.push_back({host, std::move(chosen)});
    }
  }
  return targets;
}

bool is_pending(const HostTargets& host) {
  return !host.targets && host.targets.error().kind == base::ErrorKind::would_block;
}

void add_late_round(Targets& targets, ProbeResults& results, const Targets& late,
                    ProbeResults late_results) {
  const auto offset = static_cast<probe::TargetIndex>(targets.addresses.size());
  targets.addresses.insert(targets.addresses.end(), late.addresses.begin(), late.addresses.end());
  std::move(late_results.targets.begin(), late_results.targets.end(),
            std::back_inserter(results.targets));
  results.foreign += late_results.foreign;
  results.interrupted = results.interrupted || late_results.interrupted;
  results.deadline_reached = results.deadline_reached || late_results.deadline_reached;
  results.finished = late_results.finished;
  for (std::size_t i = 0; i < targets.hosts.size(); ++i) {
    if (!is_pending(targets.hosts[i])) continue;
    targets.hosts[i] = late.hosts[i];
    if (!targets.hosts[i].targets) continue;
    for (probe::TargetIndex& target : *targets.hosts[i].targets) target += offset;
  }
}

}  // namespace pingtrail::check
