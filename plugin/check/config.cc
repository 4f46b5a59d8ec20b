// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/config.h"

#include <algorithm>

namespace pingtrail::check {

Nanoseconds reply_wait(const CheckConfig& config) {
  if (config.reply_timeout) {
    return *config.reply_timeout;
  }
  // A reply that takes longer than the critical limit need not be waited for; under one second the
  // probes of a lossy but quick host would be given up too early to be seen as late.
  Nanoseconds wait = std::chrono::seconds(1);
  if (config.thresholds.rta && config.thresholds.rta->critical) {
    wait = std::max(wait, *config.thresholds.rta->critical);
  }
  return wait;
}

probe::ProbePlan probe_plan(const CheckConfig& config, MonoTime deadline) {
  probe::ProbePlan plan;
  plan.probes_per_target = config.probes;
  plan.packet_interval = config.packet_interval;
  plan.target_interval = config.target_interval;
  if (config.rate) {
    plan.minimum_gap = Nanoseconds(static_cast<Nanoseconds::rep>(1e9 / *config.rate));
  }
  plan.wait = reply_wait(config);
  plan.deadline = deadline;
  return plan;
}

}  // namespace pingtrail::check
