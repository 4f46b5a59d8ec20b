// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/judge.h"

#include <cstddef>

namespace pingtrail::check {
namespace {

std::uint64_t count(const SeverityCounts& counts, Severity severity) {
  return counts[static_cast<std::size_t>(severity)];
}

}  // namespace

Severity judge_rta(const Thresholds& limits, Nanoseconds rta) {
  return judge_at_or_above(limits.rta, rta);
}

Severity judge_loss(const Thresholds& limits, double loss_percent) {
  if (!limits.loss_above) {
    return judge_at_or_above(limits.loss, loss_percent);
  }
  if (limits.loss && limits.loss->critical && loss_percent > *limits.loss->critical) {
    return Severity::critical;
  }
  return limits.loss && limits.loss->warning && loss_percent > *limits.loss->warning
             ? Severity::warning
             : Severity::ok;
}

std::optional<std::uint32_t> required_alive(const CheckConfig& config) {
  return config.dialect == Dialect::check_host ? 1 : config.min_hosts_alive;
}

Severity judge_whole(const CheckConfig& config, const SeverityCounts& counts) {
  const std::uint64_t ok = count(counts, Severity::ok);
  const std::uint64_t warning = count(counts, Severity::warning);
  const std::uint64_t critical = count(counts, Severity::critical);
  const std::uint64_t unknown = count(counts, Severity::unknown);
  if (const auto required = required_alive(config)) {
    if (ok >= *required) {
      return Severity::ok;
    }
    if (ok + warning >= *required) {
      return Severity::warning;
    }
    return ok + warning + critical == 0 ? Severity::unknown : Severity::critical;
  }
  if (critical > 0) {
    return Severity::critical;
  }
  if (warning > 0) {
    return Severity::warning;
  }
  return unknown > 0 || ok == 0 ? Severity::unknown : Severity::ok;
}

}  // namespace pingtrail::check
