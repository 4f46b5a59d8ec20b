// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/early.h"

#include <algorithm>

#include "plugin/check/judge.h"
#include "plugin/check/targets.h"
#include "plugin/probe/statistics.h"

namespace pingtrail::check {
namespace {

constexpr std::uint8_t bit(Severity severity) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(severity));
}

// The severities from `least` to `most` in order of badness; UNKNOWN is not among them, as it does
// not come from figures.
std::uint8_t from_to(Severity least, Severity most) {
  std::uint8_t set = 0;
  for (const Severity severity : {Severity::ok, Severity::warning, Severity::critical}) {
    if (badness(least) <= badness(severity) && badness(severity) <= badness(most)) {
      set |= bit(severity);
    }
  }
  return set;
}

bool judges_more(const Thresholds& limits) {
  return limits.jitter || limits.mos || limits.score || limits.order;
}

Nanoseconds mean(Nanoseconds sum, std::uint64_t count) {
  return sum / static_cast<Nanoseconds::rep>(count);
}

Severity best_of(std::uint8_t set) {
  Severity best = Severity::critical;
  for (const Severity severity : {Severity::warning, Severity::unknown, Severity::ok}) {
    best = (set & bit(severity)) != 0 ? severity : best;
  }
  return best;
}

Severity worst_of(std::uint8_t set) {
  Severity worst = Severity::ok;
  for (const Severity severity : {Severity::unknown, Severity::warning, Severity::critical}) {
    worst = (set & bit(severity)) != 0 ? severity : worst;
  }
  return worst;
}

}  // namespace

EarlyJudge::EarlyJudge(const CheckConfig& config, std::span<const HostTargets> hosts,
                       std::size_t targets)
    : config_(config),
      wait_(reply_wait(config)),
      single_host_(hosts.size() == 1),
      units_(targets),
      sets_(16, 0) {
  probe::TargetTally fresh;
  fresh.planned = fresh.unsent = static_cast<std::uint32_t>(config.probes);
  const std::uint8_t possible = possibilities(fresh);
  for (const HostTargets& host : hosts) {
    if (is_pending(host)) {
      ++sets_[from_to(Severity::ok, Severity::critical) | bit(Severity::unknown)];
      continue;
    }
    if (!host.targets || host.targets->empty()) {
      ++sets_[bit(Severity::unknown)];
      continue;
    }
    for (const TargetIndex target : *host.targets) {
      units_[target].possible = possible;
      units_[target].open = true;
      ++units_[target].users;
      ++sets_[possible];
    }
  }
}

bool EarlyJudge::settled(const probe::ProbeSession& session, std::span<const TargetIndex> changed) {
  for (const TargetIndex target : changed) {
    update(target, session.tally(target));
  }
  return settled();
}

void EarlyJudge::update(TargetIndex target, const probe::TargetTally& tally) {
  Unit& unit = units_[target];
  sets_[unit.possible] -= unit.users;
  unit.possible = possibilities(tally);
  unit.answered = tally.answered > 0;
  unit.open = tally.unsent + tally.outstanding > 0;
  sets_[unit.possible] += unit.users;
}

// Between the best and the worst end of the probes that are still open: loss and mean round trip
// time move one way only, so that every other end lies between these two.
std::uint8_t EarlyJudge::possibilities(const probe::TargetTally& tally) const {
  const std::uint32_t open = tally.unsent + tally.outstanding;
  const std::uint32_t known = tally.answered + tally.lost;
  if (known == 0) {
    // Nothing may ever be sent, or the deadline may come first: then it is UNKNOWN.
    return open == 0 ? bit(Severity::unknown)
                     : from_to(Severity::ok, Severity::critical) | bit(Severity::unknown);
  }
  if (tally.answered > 0 && (config_.dialect == Dialect::check_host || config_.alive)) {
    return config_.alive
               ? bit(judge_rta(config_.thresholds, mean(tally.round_trip_sum, tally.answered)))
               : bit(Severity::ok);
  }
  if (tally.answered + open == 0) {
    const bool by_duration = config_.history.down_warning || config_.history.down_critical;
    return by_duration ? from_to(Severity::warning, Severity::critical) : bit(Severity::critical);
  }
  const Thresholds& limits = config_.thresholds;
  const std::uint32_t sent = known + open;
  Severity least = Severity::ok;
  if (!config_.alive && config_.dialect != Dialect::check_host) {
    least = judge_loss(limits, *probe::loss_percent(sent, tally.answered + open));
    least = worse(least, judge_rta(limits, mean(tally.round_trip_sum, tally.answered + open)));
  }
  Severity most = Severity::critical;
  if (tally.answered > 0 && !judges_more(limits)) {
    most = judge_loss(limits, *probe::loss_percent(sent, tally.answered));
    const Nanoseconds slowest =
        std::max(mean(tally.round_trip_sum, tally.answered),
                 mean(tally.round_trip_sum + wait_ * static_cast<Nanoseconds::rep>(open),
                      tally.answered + open));
    most = worse(most, judge_rta(limits, slowest));
  }
  return from_to(least, most);
}

bool EarlyJudge::observation_is_open() const {
  if (!single_host_) {
    return false;
  }
  const auto answered = [](const Unit& unit) { return unit.answered; };
  const auto open = [](const Unit& unit) { return unit.open; };
  return std::none_of(units_.begin(), units_.end(), answered) &&
         std::any_of(units_.begin(), units_.end(), open);
}

bool EarlyJudge::settled() const {
  if (observation_is_open()) {
    return false;
  }
  SeverityCounts best{};
  SeverityCounts worst{};
  for (std::size_t set = 1; set < sets_.size(); ++set) {
    const auto possible = static_cast<std::uint8_t>(set);
    best[static_cast<std::size_t>(best_of(possible))] += sets_[set];
    worst[static_cast<std::size_t>(worst_of(possible))] += sets_[set];
  }
  if (!required_alive(config_)) {
    return judge_whole(config_, best) == judge_whole(config_, worst);
  }
  // With a number required UNKNOWN is as bad as CRITICAL for the count, but a check in which
  // everything is UNKNOWN is itself UNKNOWN: that end must be out of reach too.
  std::uint32_t never_unknown = 0;
  std::uint32_t always_unknown = 0;
  std::uint32_t judged = 0;
  for (std::size_t set = 1; set < sets_.size(); ++set) {
    judged += sets_[set];
    never_unknown += (set & bit(Severity::unknown)) == 0 ? sets_[set] : 0;
    always_unknown += set == bit(Severity::unknown) ? sets_[set] : 0;
  }
  const Severity result = judge_whole(config_, worst);
  if (judge_whole(config_, best) != result) {
    return false;
  }
  return result == Severity::ok || result == Severity::warning || never_unknown > 0 ||
         always_unknown == judged;
}

}  // namespace pingtrail::check
