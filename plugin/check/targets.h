// SPDX-License-Identifier: GPL-3.0-or-later
// From the hosts of a configuration to the distinct addresses that are probed for them.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "perfdata/base/expected.h"
#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/probe/address.h"

namespace pingtrail::check {

// The addresses behind one host in the order of preference, at least one; or why there are none.
using Resolution = base::Expected<std::vector<probe::Address>>;

struct Targets {
  std::vector<probe::Address> addresses;  // each once, however many hosts share it
  std::vector<HostTargets> hosts;         // in the order of the configuration
};

// `resolutions[i]` belongs to `config.hosts[i]`. Of several addresses behind a name the first that
// `can_send` says yes to is taken, or all such with config.all_addresses; when it refuses all, its
// error for the first becomes the host's.
Targets choose_targets(const CheckConfig& config, std::span<const Resolution> resolutions,
                       const std::function<base::Expected<base::Done>(probe::Family)>& can_send);

// Whether a host has no answer of the name service yet (an error of the kind would_block).
bool is_pending(const HostTargets& host);

// Takes in a second round: `late` and `late_results` are of all hosts again, those of the first
// round without targets. Hosts that were pending in `targets` and have targets now get theirs.
void add_late_round(Targets& targets, ProbeResults& results, const Targets& late,
                    ProbeResults late_results);

}  // namespace pingtrail::check
