// SPDX-License-Identifier: GPL-3.0-or-later
// How a session's end is put into results.
#include <algorithm>
#include <utility>

#include "plugin/probe/session.h"

namespace pingtrail::probe {
namespace {

bool was_answered(const TargetResult& result, ProbeIndex probe) {
  return result.probes[probe].fate == ProbeFate::answered;
}

}  // namespace

ProbeRecord ProbeSession::record_of(const Probe& probe) const {
  ProbeRecord record;
  record.sent = probe.has_stamp ? probe.transmitted : probe.sent;
  switch (probe.flight) {
    case Flight::unsent:
      break;
    case Flight::refused:
      record.fate = ProbeFate::refused;
      break;
    case Flight::lost:
      record.fate = ProbeFate::lost;
      break;
    case Flight::in_flight:
      record.fate = settled_ ? ProbeFate::abandoned : ProbeFate::cut_short;
      break;
    case Flight::answered:
      record.fate = ProbeFate::answered;
      record.arrival = probe.arrival;
      // Stamps that contradict each other come from a clock that was set meanwhile.
      if (record.sent > probe.received) record.sent = std::min(probe.sent, probe.received);
      record.round_trip = probe.received - record.sent;
      break;
  }
  return record;
}

TargetResult ProbeSession::take_result(TargetIndex target) {
  TargetState& state = states_[target];
  TargetResult result;
  result.address = addresses_[target];
  const auto per_target = static_cast<std::size_t>(plan_.probes_per_target);
  result.probes.reserve(per_target);
  const auto first = probes_.begin() + static_cast<std::ptrdiff_t>(target * per_target);
  std::transform(first, first + plan_.probes_per_target, std::back_inserter(result.probes),
                 [this](const Probe& probe) { return record_of(probe); });
  result.errors = std::move(state.errors);
  std::erase_if(result.errors,
                [&](const ProbeError& error) { return was_answered(result, error.probe); });
  result.local_fault = std::move(state.local_fault);
  result.duplicates = state.duplicates;
  result.late = state.late;
  result.corrupted = state.corrupted;
  return result;
}

ProbeResults ProbeSession::finish(MonoTime now) && {
  ProbeResults results;
  results.targets.reserve(addresses_.size());
  for (TargetIndex target = 0; target < addresses_.size(); ++target) {
    results.targets.push_back(take_result(target));
  }
  results.foreign = foreign_;
  results.interrupted = interrupted_;
  results.deadline_reached = deadline_reached_;
  results.started = start_;
  results.finished = now;
  return results;
}

}  // namespace pingtrail::probe
