// SPDX-License-Identifier: GPL-3.0-or-later
// What one call of the check is asked to do: the options as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "plugin/probe/address.h"
#include "plugin/probe/plan.h"

namespace pingtrail::check {

using base::Milliseconds;
using base::MonoTime;
using base::Nanoseconds;

// Whose options, text shape and perfdata labels hold; chosen by the name the program is called by.
enum class Dialect : std::uint8_t {
  native,           // check_pingtrail
  check_icmp,       // of Monitoring Plugins, 2.3.3 and 3.x
  check_host,       // the same program as host check: one answer is enough
  check_rta_multi,  // the same program with a shorter packet interval
  check_ping,
  check_fping,
};

enum class PerfdataStyle : std::uint8_t { compat, full };

// A pair of limits; either side may be missing.
template <typename T>
struct Limits {
  std::optional<T> warning;
  std::optional<T> critical;

  bool operator==(const Limits&) const = default;
};

// What is judged. A mode that is absent is shown, not judged.
struct Thresholds {
  std::optional<Limits<Nanoseconds>> rta;     // alerts at and above
  std::optional<Limits<double>> loss;         // percent; alerts at and above, see loss_above
  std::optional<Limits<Nanoseconds>> jitter;  // alerts at and above
  std::optional<Limits<double>> mos;          // alerts at and below
  std::optional<Limits<double>> score;        // alerts at and below
  bool order = false;                         // replies out of order are CRITICAL
  bool loss_above = false;                    // as check_fping: only loss above the limit alerts

  bool operator==(const Thresholds&) const = default;
};

// Where and how the past of a host is kept. Values only; see perfdata/history.
struct HistoryOptions {
  std::string state_dir;  // empty: the packaged directory
  bool disabled = false;  // --no-history
  std::string name;       // empty: not given
  std::string series;
  std::string group;
  std::string spool;                     // empty: none
  std::optional<Milliseconds> interval;  // expected check interval
  std::optional<Milliseconds> down_warning;
  std::optional<Milliseconds> down_critical;

  bool operator==(const HistoryOptions&) const = default;
};

struct CheckConfig {
  Dialect dialect = Dialect::native;
  std::vector<std::string> hosts;            // as given, at least one
  std::optional<probe::Family> only_family;  // -4, -6
  bool all_addresses = false;                // probe every address behind a name
  int probes = 5;                            // 1..probe::kMaxProbesPerTarget
  Nanoseconds packet_interval = std::chrono::milliseconds(80);
  Nanoseconds target_interval{0};
  std::optional<double> rate;  // probes per second, above 0
  Thresholds thresholds;
  std::optional<std::uint32_t> min_hosts_alive;  // -m, at least 1
  std::optional<std::uint8_t> ttl;               // 1..255
  std::uint32_t payload_bytes = 68;              // 0..probe::kMaxPayloadBytes
  std::optional<std::string> source;             // address or interface
  std::optional<std::uint8_t> tos;               // the whole byte
  bool dont_fragment = false;
  std::optional<std::uint32_t> fwmark;
  Nanoseconds timeout = std::chrono::seconds(10);
  std::optional<Nanoseconds> reply_timeout;  // check_fping -T: how long a reply may take
  bool early = false;
  bool alive = false;  // check_fping -a: the first reply decides, loss is not judged
  int verbosity = 0;   // number of -v
  PerfdataStyle perfdata = PerfdataStyle::compat;
  bool html_link = false;  // check_ping -L
  HistoryOptions history;

  bool operator==(const CheckConfig&) const = default;
};

// How long a probe waits for its reply while the timeout does not bind: max(critical RTA, 1 s).
Nanoseconds reply_wait(const CheckConfig& config);

// The plan of the run. `deadline` is the instant by which the probing must have ended.
probe::ProbePlan probe_plan(const CheckConfig& config, MonoTime deadline);

}  // namespace pingtrail::check
