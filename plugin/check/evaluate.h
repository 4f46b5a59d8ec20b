// SPDX-License-Identifier: GPL-3.0-or-later
// From what the probes did to a judgement of each host and of the whole check.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "plugin/check/config.h"
#include "plugin/check/severity.h"
#include "plugin/probe/results.h"
#include "plugin/probe/statistics.h"

namespace pingtrail::check {

using probe::ProbeResults;
using probe::TargetIndex;

// A host as given and the addresses that were probed for it (places in ProbeResults::targets, at
// least one), or why there are none. Two hosts may share a target.
struct HostTargets {
  std::string name;
  base::Expected<std::vector<TargetIndex>> targets;
};

// What a check says about a host for the record. Indeterminate: could not be tried.
enum class Observation : std::uint8_t { up, down, indeterminate };

struct JudgedAddress {
  std::optional<TargetIndex> target;  // absent: the host did not resolve
  std::string address;                // as text; empty when there is none
  Severity severity = Severity::unknown;
  Observation observation = Observation::indeterminate;
  probe::Statistics statistics;
  std::optional<double> loss;  // percent; absent when nothing was sent
  std::optional<double> mos;   // these two are absent without a reply
  std::optional<double> score;
  std::optional<Nanoseconds> jitter_min;  // smallest and largest difference of neighbours; absent
  std::optional<Nanoseconds> jitter_max;  // with fewer than two replies
  int first_reply = 0;                    // 1-based number of the probe answered first; 0: none
  std::string fault;                      // why it could not be judged; empty when it could
  std::string reason;  // "Destination Host Unreachable from 192.0.2.1"; empty when no error came

  bool operator==(const JudgedAddress&) const = default;
};

// What the record of a host adds to the answer. Filled in by whoever keeps the record.
struct HostHistory {
  struct Ongoing {
    base::WallTime since{};              // first failed check
    std::chrono::seconds utc_offset{0};  // local time minus UTC at `since`, for the text
    Milliseconds lasted{0};              // observed downtime so far

    bool operator==(const Ongoing&) const = default;
  };
  std::optional<Ongoing> down;           // the outage that goes on
  std::optional<Milliseconds> ended;     // the outage that this very check ended
  std::optional<std::uint64_t> outages;  // cumulative; absent: not known
  std::string note;                      // trouble with bookkeeping, one line

  bool operator==(const HostHistory&) const = default;
};

struct JudgedHost {
  std::string name;  // as given
  Severity severity = Severity::unknown;
  Observation observation = Observation::indeterminate;  // up when one address is
  std::vector<JudgedAddress> addresses;                  // at least one
  std::optional<HostHistory> history;

  bool operator==(const JudgedHost&) const = default;
};

struct CheckResult {
  Severity severity = Severity::unknown;
  std::vector<JudgedHost> hosts;  // in the order given
  bool interrupted = false;       // by SIGTERM or SIGINT; the severity is then unknown
  std::uint32_t foreign = 0;      // replies from addresses that were not asked

  bool operator==(const CheckResult&) const = default;
};

// To be asked before anything is sent: -m above the number of hosts that are judged (addresses,
// with
// --all-addresses), which is known only after resolution. Absent: go on.
std::optional<base::Error> refuse_targets(const CheckConfig& config,
                                          std::span<const HostTargets> hosts);

// Loss counts over the probes sent. Probes cut short by the deadline or a signal are lost; probes
// in flight when the answer was settled early do not count.
CheckResult evaluate(const CheckConfig& config, const ProbeResults& results,
                     std::span<const HostTargets> hosts);

// Adds the record: `histories[i]` belongs to `result.hosts[i]`; an absent one leaves its host as it
// is. Applies --down-warning and --down-critical and judges the whole again.
CheckResult with_history(const CheckConfig& config, CheckResult result,
                         std::vector<std::optional<HostHistory>> histories);

}  // namespace pingtrail::check
