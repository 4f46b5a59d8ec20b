// SPDX-License-Identifier: GPL-3.0-or-later
// What a check leaves behind about each host, and what the record says back to it. Values only; the
// files are plugin/record's.
#pragma once

#include <string>

#include "perfdata/history/host_state.h"
#include "perfdata/history/recorder.h"
#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/probe/results.h"

namespace pingtrail::check {

// Facts about the process that decide whether history is kept.
struct Surroundings {
  bool output_is_terminal = false;
  bool packaged_directory_exists = false;
  std::string nagios_hostname{};  // $NAGIOS_HOSTNAME, "" when unset
  std::string nagios_service{};   // $NAGIOS_SERVICEDESC, "" when unset
};

// Off by --no-history; without --state-dir also on a terminal, so that trying a check by hand
// leaves no trace, and under the names of other programs where the packaged directory does not
// exist.
bool keeps_history(const CheckConfig& config, const Surroundings& surroundings);

// --name, else $NAGIOS_HOSTNAME, else the host as given; with several hosts always the last. The
// series is --series, else the family that was forced.
history::HostKey history_key(const CheckConfig& config, const std::string& host,
                             const Surroundings& surroundings);

history::ObservedState observed_state(Observation observation);

// The figures of all addresses of the host together.
history::CheckFigures check_figures(const CheckConfig& config, const JudgedHost& host,
                                    const ProbeResults& results);

// `utc_offset` is local time minus UTC at outcome.down_since.
HostHistory host_history(const history::RecordOutcome& outcome, std::chrono::seconds utc_offset);

}  // namespace pingtrail::check
