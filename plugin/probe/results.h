// SPDX-License-Identifier: GPL-3.0-or-later
// What a run of probes found out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/error.h"
#include "plugin/probe/address.h"
#include "plugin/probe/plan.h"

namespace pingtrail::probe {

enum class ProbeFate : std::uint8_t {
  unsent,     // the run ended before its turn; does not count
  refused,    // this machine would not send it (see TargetResult::local_fault); does not count
  answered,   // a valid reply came in time
  lost,       // waited its time, or an ICMP error came, and no valid reply
  cut_short,  // still in flight when the deadline ended the run; counts as lost
  abandoned,  // still in flight when the answer was settled (--early); does not count
};

struct ProbeRecord {
  MonoTime sent{};            // kernel's transmit stamp where there is one; meaningless when unsent
  Nanoseconds round_trip{0};  // meaningful for `answered` only
  std::uint32_t arrival = 0;  // 1, 2, 3 ... in order of arrival at this target; `answered` only
  ProbeFate fate = ProbeFate::unsent;

  bool operator==(const ProbeRecord&) const = default;
};

// An ICMP error that was matched to a probe.
struct ProbeError {
  ProbeIndex probe = 0;
  Address reporter;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t next_hop_mtu = 0;

  bool operator==(const ProbeError&) const = default;
};

struct TargetResult {
  Address address;
  std::vector<ProbeRecord> probes;         // one a planned probe, in sending order
  std::vector<ProbeError> errors;          // in order of arrival, at most one a probe
  std::optional<base::Error> local_fault;  // why probes were refused, the last reason seen
  std::uint32_t duplicates = 0;            // further valid replies to an answered probe
  std::uint32_t late = 0;                  // valid replies after their time
  std::uint32_t corrupted = 0;             // replies with the wrong size, payload or sequence

  bool operator==(const TargetResult&) const = default;
};

struct ProbeResults {
  std::vector<TargetResult> targets;  // in the order they were given
  std::uint32_t foreign = 0;          // replies with our id from addresses that were not probed
  bool interrupted = false;           // ended by SIGTERM or SIGINT
  bool deadline_reached = false;      // ended by the plan's deadline, not by its own course
  MonoTime started{};                 // when the first probe was due
  MonoTime finished{};

  bool operator==(const ProbeResults&) const = default;
};

// What is known of one target while the run goes on.
struct TargetTally {
  std::uint32_t planned = 0;      // probes that were asked for
  std::uint32_t unsent = 0;       // of them still to be sent
  std::uint32_t outstanding = 0;  // sent, neither answered nor given up
  std::uint32_t answered = 0;
  std::uint32_t lost = 0;
  std::uint32_t refused = 0;
  Nanoseconds round_trip_sum{0};  // over the answered ones

  bool operator==(const TargetTally&) const = default;
};

}  // namespace pingtrail::probe
