// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/recording.h"

#include <optional>
#include <utility>
#include <vector>

#include "plugin/probe/statistics.h"

namespace pingtrail::check {
namespace {

double in_seconds(Nanoseconds duration) { return std::chrono::duration<double>(duration).count(); }

history::RoundTrips in_seconds(const probe::RoundTrips& trips) {
  return {in_seconds(trips.mean), in_seconds(trips.minimum), in_seconds(trips.maximum),
          in_seconds(trips.median)};
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += text.empty() ? line : "; " + line;
  }
  return text;
}

}  // namespace

bool keeps_history(const CheckConfig& config, const Surroundings& surroundings) {
  if (config.history.disabled) {
    return false;
  }
  if (!config.history.state_dir.empty()) {
    return true;
  }
  if (surroundings.output_is_terminal) {
    return false;
  }
  return config.dialect == Dialect::native || surroundings.packaged_directory_exists;
}

history::HostKey history_key(const CheckConfig& config, const std::string& host,
                             const Surroundings& surroundings) {
  history::HostKey key;
  key.name = host;
  if (config.hosts.size() == 1) {
    if (!config.history.name.empty()) {
      key.name = config.history.name;
    } else if (!surroundings.nagios_hostname.empty()) {
      key.name = surroundings.nagios_hostname;
    }
  }
  key.series = config.history.series;
  if (key.series.empty() && config.only_family) {
    key.series = *config.only_family == probe::Family::ipv4 ? "ipv4" : "ipv6";
  }
  return key;
}

history::ObservedState observed_state(Observation observation) {
  switch (observation) {
    case Observation::up:
      return history::ObservedState::up;
    case Observation::down:
      return history::ObservedState::down;
    case Observation::indeterminate:
      break;
  }
  return history::ObservedState::indeterminate;
}

history::CheckFigures check_figures(const CheckConfig& config, const JudgedHost& host,
                                    const ProbeResults& results) {
  history::CheckFigures figures;
  figures.group = config.history.group;
  std::vector<probe::ProbeRecord> probes;
  for (const JudgedAddress& judged : host.addresses) {
    if (figures.reason.empty()) {
      figures.reason = judged.fault.empty() ? judged.reason : judged.fault;
    }
    if (!judged.target) {
      continue;
    }
    const probe::TargetResult& target = results.targets[*judged.target];
    probes.insert(probes.end(), target.probes.begin(), target.probes.end());
    figures.duplicate += target.duplicates;
    if (figures.address.empty()) {
      figures.address = judged.address;
    }
  }
  const probe::Statistics statistics = probe::statistics(probes);
  figures.sent = statistics.sent;
  figures.received = statistics.received;
  if (statistics.round_trips) {
    figures.round_trips = in_seconds(*statistics.round_trips);
  }
  figures.rtt_s.reserve(statistics.received);
  for (const probe::ProbeRecord& probe : probes) {
    if (probe.fate == probe::ProbeFate::answered) {
      figures.rtt_s.push_back(in_seconds(probe.round_trip));
    }
  }
  return figures;
}

HostHistory host_history(const history::RecordOutcome& outcome, std::chrono::seconds utc_offset) {
  HostHistory said;
  said.note = joined(outcome.notes);
  if (!outcome.after) {
    return said;
  }
  said.outages = outcome.after->counters.outages;
  if (outcome.down_since) {
    said.down = HostHistory::Ongoing{*outcome.down_since, utc_offset, outcome.downtime};
  }
  if (outcome.ended) {
    said.ended = outcome.ended->down;
  }
  return said;
}

}  // namespace pingtrail::check
