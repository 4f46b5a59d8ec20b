// SPDX-License-Identifier: GPL-3.0-or-later
// --early: can any probe that is still out change the exit code?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/probe/results.h"
#include "plugin/probe/session.h"

namespace pingtrail::check {

// Keeps for every host which judgements are still possible. A check of a single host is also not
// settled while its record could still say either UP or DOWN: with four of five probes lost the
// exit code may be fixed, and the fifth reply still makes the host UP. Cost of an update is that of
// the targets that changed. Fits probe::Settled:
//   EarlyJudge judge(config, hosts, target_count);
//   run(..., [&](const ProbeSession& s, std::span<const TargetIndex> c) { return judge.settled(s,
//   c); });
class EarlyJudge {
 public:
  EarlyJudge(const CheckConfig& config, std::span<const HostTargets> hosts, std::size_t targets);

  // Takes in the tallies of `changed` and answers whether the exit code is fixed.
  bool settled(const probe::ProbeSession& session, std::span<const TargetIndex> changed);

  // The two halves of settled().
  void update(TargetIndex target, const probe::TargetTally& tally);
  bool settled() const;

 private:
  struct Unit {
    std::uint8_t possible = 0;  // bit s: Severity s can still come out
    std::uint32_t users = 0;    // how many judged addresses this target stands for
    bool answered = false;
    bool open = false;  // a reply may still come
  };
  std::uint8_t possibilities(const probe::TargetTally& tally) const;
  bool observation_is_open() const;

  CheckConfig config_;
  Nanoseconds wait_;
  bool single_host_;
  std::vector<Unit> units_;
  std::vector<std::uint32_t> sets_;  // how many judged addresses have each of the 16 sets
};

}  // namespace pingtrail::check
