// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/targets.h"

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

}  // namespace pingtrail::check
