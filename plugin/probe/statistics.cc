// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/statistics.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace pingtrail::probe {
namespace {

Nanoseconds median_of(std::vector<Nanoseconds> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const Nanoseconds below = *std::max_element(values.begin(), middle);
  return (below + *middle) / 2;
}

Nanoseconds mean_difference(const std::vector<Nanoseconds>& values) {
  if (values.size() < 2) return Nanoseconds(0);
  Nanoseconds sum(0);
  for (std::size_t i = 1; i < values.size(); ++i)
    sum += std::chrono::abs(values[i] - values[i - 1]);
  return sum / static_cast<Nanoseconds::rep>(values.size() - 1);
}

RoundTrips round_trips_of(const std::vector<Nanoseconds>& values) {
  RoundTrips trips;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  trips.minimum = *least;
  trips.maximum = *most;
  Nanoseconds sum(0);
  for (const Nanoseconds value : values) sum += value;
  trips.mean = sum / static_cast<Nanoseconds::rep>(values.size());
  trips.median = median_of(values);
  trips.jitter = mean_difference(values);
  return trips;
}

double in_milliseconds(Nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

bool counts(ProbeFate fate) {
  return fate == ProbeFate::answered || fate == ProbeFate::lost || fate == ProbeFate::cut_short;
}

}  // namespace

Statistics statistics(std::span<const ProbeRecord> probes) {
  Statistics figures;
  std::vector<Nanoseconds> values;
  values.reserve(probes.size());
  for (const ProbeRecord& probe : probes) {
    if (!counts(probe.fate)) continue;
    ++figures.sent;
    if (probe.fate == ProbeFate::cut_short) ++figures.cut_short;
    if (probe.fate != ProbeFate::answered) continue;
    values.push_back(probe.round_trip);
  }
  // A reply is out of order when one to a later probe came before it: going backwards, when its
  // arrival is not the earliest seen so far.
  std::uint32_t earliest_arrival = UINT32_MAX;
  for (auto probe = probes.rbegin(); probe != probes.rend(); ++probe) {
    if (probe->fate != ProbeFate::answered) continue;
    if (probe->arrival > earliest_arrival) ++figures.reordered;
    earliest_arrival = std::min(earliest_arrival, probe->arrival);
  }
  figures.received = static_cast<std::uint32_t>(values.size());
  if (!values.empty()) figures.round_trips = round_trips_of(values);
  return figures;
}

std::optional<double> loss_percent(std::uint32_t sent, std::uint32_t received) {
  if (sent == 0) return std::nullopt;
  const std::uint32_t missing = sent > received ? sent - received : 0;
  return 100.0 * missing / sent;
}

double score(Nanoseconds rta, Nanoseconds jitter, double loss_percent) {
  const double latency = in_milliseconds(rta) + 2 * in_milliseconds(jitter) + 10;
  const double delay_loss = latency < 160 ? latency / 40 : (latency - 120) / 10;
  return std::clamp(93.2 - delay_loss - 2.5 * loss_percent, 0.0, 100.0);
}

double mos(double score) {
  return 1 + 0.035 * score + 0.000007 * score * (score - 60) * (100 - score);
}

}  // namespace pingtrail::probe
