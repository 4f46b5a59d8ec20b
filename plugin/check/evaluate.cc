// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/evaluate.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "plugin/check/judge.h"
#include "plugin/probe/icmp.h"

namespace pingtrail::check {
namespace {

using probe::ProbeFate;
using probe::ProbeRecord;
using probe::TargetResult;

// The fact of "object: fact", where the object is the name or address that is printed anyway.
std::string fact_of(const std::string& message, std::string_view name, std::string_view address) {
  for (const std::string_view object : {name, address}) {
    if (!object.empty() && message.starts_with(object) &&
        std::string_view(message).substr(object.size()).starts_with(": ")) {
      return message.substr(object.size() + 2);
    }
  }
  return message;
}

std::string reason_of(const TargetResult& target) {
  if (target.errors.empty()) {
    return {};
  }
  const probe::ProbeError& error = target.errors.back();
  std::string reason = probe::error_reason(error.reporter.family, error.type, error.code);
  if (error.next_hop_mtu != 0) {
    reason += " (MTU " + std::to_string(error.next_hop_mtu) + ")";
  }
  return reason + " from " + probe::format_address(error.reporter);
}

// Differences of neighbours in sending order, as the jitter is their mean.
void fill_jitter_range(JudgedAddress& judged, std::span<const ProbeRecord> probes) {
  const ProbeRecord* previous = nullptr;
  for (const ProbeRecord& probe : probes) {
    if (probe.fate != ProbeFate::answered) {
      continue;
    }
    if (previous != nullptr) {
      const Nanoseconds step = std::chrono::abs(probe.round_trip - previous->round_trip);
      judged.jitter_min = std::min(judged.jitter_min.value_or(step), step);
      judged.jitter_max = std::max(judged.jitter_max.value_or(step), step);
    }
    previous = &probe;
  }
}

int first_reply(std::span<const ProbeRecord> probes) {
  for (std::size_t i = 0; i < probes.size(); ++i) {
    if (probes[i].fate == ProbeFate::answered && probes[i].arrival == 1) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

void fill_figures(JudgedAddress& judged, const TargetResult& target) {
  judged.address = probe::format_address(target.address);
  judged.statistics = probe::statistics(target.probes);
  const probe::Statistics& statistics = judged.statistics;
  judged.loss = probe::loss_percent(statistics.sent, statistics.received);
  if (statistics.round_trips) {
    const probe::RoundTrips& trips = *statistics.round_trips;
    judged.score = probe::score(trips.mean, trips.jitter, judged.loss.value_or(0));
    judged.mos = probe::mos(*judged.score);
  }
  judged.reason = reason_of(target);
  judged.first_reply = first_reply(target.probes);
  fill_jitter_range(judged, target.probes);
}

// Why nothing can be said about a target; empty when something can.
std::string fault_of(const JudgedAddress& judged, const ProbeResults& results,
                     const TargetResult& target, std::string_view name) {
  const probe::Statistics& statistics = judged.statistics;
  if (results.interrupted) {
    return "interrupted";
  }
  if (statistics.sent == 0 && target.local_fault) {
    return "could not be tried: " + fact_of(target.local_fault->message, name, judged.address);
  }
  if (statistics.sent == 0) {
    return results.deadline_reached ? "not probed before the timeout"
                                    : "not awaited, the answer was settled";
  }
  // An ICMP error is an answer of a kind: what it says did not need its time.
  if (statistics.received == 0 && statistics.cut_short == statistics.sent &&
      target.errors.empty()) {
    return "no probe could wait its time before the timeout";
  }
  return {};
}

Severity judge_figures(const CheckConfig& config, const JudgedAddress& judged) {
  const Thresholds& limits = config.thresholds;
  const auto& trips = judged.statistics.round_trips;
  if (!trips) {
    return Severity::critical;
  }
  if (config.dialect == Dialect::check_host) {
    return Severity::ok;
  }
  Severity severity = judge_rta(limits, trips->mean);
  if (config.alive) {
    return severity;
  }
  severity = worse(severity, judge_loss(limits, judged.loss.value_or(0)));
  severity = worse(severity, judge_at_or_above(limits.jitter, trips->jitter));
  severity = worse(severity, judge_at_or_below(limits.mos, judged.mos.value_or(0)));
  severity = worse(severity, judge_at_or_below(limits.score, judged.score.value_or(0)));
  const bool disordered = limits.order && judged.statistics.reordered > 0;
  return worse(severity, disordered ? Severity::critical : Severity::ok);
}

// A reply that was not awaited might have come: then nobody knows whether the address is down.
Observation observation_of(const JudgedAddress& judged, std::span<const ProbeRecord> probes) {
  if (judged.statistics.received > 0) {
    return Observation::up;
  }
  const bool given_up = std::any_of(probes.begin(), probes.end(), [](const ProbeRecord& probe) {
    return probe.fate == ProbeFate::abandoned;
  });
  return given_up ? Observation::indeterminate : Observation::down;
}

JudgedAddress judge_address(const CheckConfig& config, const ProbeResults& results,
                            TargetIndex index, std::string_view name) {
  const TargetResult& target = results.targets[index];
  JudgedAddress judged;
  judged.target = index;
  fill_figures(judged, target);
  judged.fault = fault_of(judged, results, target, name);
  if (judged.fault.empty()) {
    judged.severity = judge_figures(config, judged);
    judged.observation = observation_of(judged, target.probes);
  }
  return judged;
}

// Up when one address is; down when none is and at least one is known to be down.
Observation observe(const JudgedHost& host) {
  Observation observation = Observation::indeterminate;
  for (const JudgedAddress& judged : host.addresses) {
    if (judged.observation == Observation::up) {
      return Observation::up;
    }
    if (judged.observation == Observation::down) {
      observation = Observation::down;
    }
  }
  return observation;
}

JudgedHost judge_host(const CheckConfig& config, const ProbeResults& results,
                      const HostTargets& given) {
  JudgedHost host;
  host.name = given.name;
  if (given.targets && !given.targets->empty()) {
    host.addresses.reserve(given.targets->size());
    for (const TargetIndex index : *given.targets) {
      host.addresses.push_back(judge_address(config, results, index, given.name));
    }
  } else {
    JudgedAddress judged;
    judged.fault =
        given.targets ? "no address" : fact_of(given.targets.error().message, given.name, {});
    host.addresses.push_back(std::move(judged));
  }
  host.observation = observe(host);
  return host;
}

// The severities of the hosts and of the whole from those of the addresses.
void judge_again(const CheckConfig& config, CheckResult& result) {
  SeverityCounts counts{};
  for (JudgedHost& host : result.hosts) {
    host.severity = host.addresses.front().severity;
    for (const JudgedAddress& judged : host.addresses) {
      ++counts[static_cast<std::size_t>(judged.severity)];
      host.severity = config.dialect == Dialect::check_host && host.observation == Observation::up
                          ? Severity::ok
                          : worse(host.severity, judged.severity);
    }
  }
  result.severity = result.interrupted ? Severity::unknown : judge_whole(config, counts);
}

}  // namespace

std::optional<base::Error> refuse_targets(const CheckConfig& config,
                                          std::span<const HostTargets> hosts) {
  std::size_t judged = 0;
  for (const HostTargets& host : hosts) {
    judged += host.targets ? std::max<std::size_t>(host.targets->size(), 1) : 1;
  }
  if (!config.min_hosts_alive || *config.min_hosts_alive <= judged) {
    return std::nullopt;
  }
  return base::invalid_input("-m", std::to_string(*config.min_hosts_alive) + " of " +
                                       std::to_string(judged) + " addresses cannot be alive");
}

CheckResult evaluate(const CheckConfig& config, const ProbeResults& results,
                     std::span<const HostTargets> hosts) {
  CheckResult result;
  result.interrupted = results.interrupted;
  result.foreign = results.foreign;
  result.hosts.reserve(hosts.size());
  for (const HostTargets& host : hosts) {
    result.hosts.push_back(judge_host(config, results, host));
  }
  judge_again(config, result);
  return result;
}

CheckResult with_history(const CheckConfig& config, CheckResult result,
                         std::vector<std::optional<HostHistory>> histories) {
  const auto& warning = config.history.down_warning;
  const auto& critical = config.history.down_critical;
  for (std::size_t i = 0; i < result.hosts.size() && i < histories.size(); ++i) {
    JudgedHost& host = result.hosts[i];
    host.history = std::move(histories[i]);
    const bool down = host.observation == Observation::down && host.history && host.history->down;
    if (!down || (!warning && !critical)) {
      continue;
    }
    const bool long_enough = critical && host.history->down->lasted >= *critical;
    for (JudgedAddress& judged : host.addresses) {
      if (judged.observation == Observation::down) {
        judged.severity = long_enough ? Severity::critical : Severity::warning;
      }
    }
  }
  judge_again(config, result);
  return result;
}

}  // namespace pingtrail::check
