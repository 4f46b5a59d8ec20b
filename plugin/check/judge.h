// SPDX-License-Identifier: GPL-3.0-or-later
// The single judgements that evaluate.h and early.h share, so that they cannot differ.
#pragma once

#include <array>
#include <cstdint>

#include "plugin/check/config.h"
#include "plugin/check/severity.h"

namespace pingtrail::check {

Severity judge_rta(const Thresholds& limits, Nanoseconds rta);
Severity judge_loss(const Thresholds& limits, double loss_percent);

template <typename T>
Severity judge_at_or_above(const std::optional<Limits<T>>& limits, const T& value) {
  if (limits && limits->critical && value >= *limits->critical) {
    return Severity::critical;
  }
  return limits && limits->warning && value >= *limits->warning ? Severity::warning : Severity::ok;
}

template <typename T>
Severity judge_at_or_below(const std::optional<Limits<T>>& limits, const T& value) {
  if (limits && limits->critical && value <= *limits->critical) {
    return Severity::critical;
  }
  return limits && limits->warning && value <= *limits->warning ? Severity::warning : Severity::ok;
}

// How many judged addresses have each severity, by exit code.
using SeverityCounts = std::array<std::uint64_t, 4>;

// How many hosts have to be alive: -m, or one for check_host. Absent: all count.
std::optional<std::uint32_t> required_alive(const CheckConfig& config);

// The severity of the whole check: the worst, or with a number of hosts required: that many OK are
// OK, that many OK or WARNING are WARNING, else CRITICAL - UNKNOWN when none could be tried.
Severity judge_whole(const CheckConfig& config, const SeverityCounts& counts);

}  // namespace pingtrail::check
