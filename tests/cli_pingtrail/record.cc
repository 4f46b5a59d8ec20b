// SPDX-License-Identifier: GPL-3.0-or-later
// Records checks as a plugin would, at instants that the test chooses.
// usage: pingtrail_record DIR NAME SERIES GROUP REASON MS:up|down|indeterminate...
#include <iostream>
#include <string>
#include <string_view>

#include "perfdata/base/number.h"
#include "perfdata/history/recorder.h"

namespace history = pingtrail::history;

namespace {

history::ObservedState state_of(std::string_view word) {
  if (word == "up") return history::ObservedState::up;
  return word == "down" ? history::ObservedState::down : history::ObservedState::indeterminate;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr int kFirstCheck = 6;
  if (argc <= kFirstCheck) return 2;
  const history::HostKey key{argv[2], argv[3]};
  for (int i = kFirstCheck; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto at = pingtrail::base::parse_integer(word.substr(0, word.find(':')));
    if (!at) return 2;
    history::Observation observation;
    observation.wall = history::WallTime(history::Milliseconds(*at));
    observation.state = state_of(word.substr(word.find(':') + 1));
    observation.interval = history::Milliseconds(60000);
    observation.live = false;
    history::CheckFigures figures;
    figures.sent = 5;
    figures.group = argv[4];
    figures.address = "192.0.2.7";
    if (observation.state == history::ObservedState::up) {
      figures.received = 4;
      figures.round_trips = history::RoundTrips{0.000833, 0.0007, 0.001, 0.0008};
    } else {
      figures.reason = argv[5];
    }
    const auto outcome = history::record_check(argv[1], key, observation, figures);
    for (const std::string& note : outcome.notes) std::cerr << note << "\n";
    if (!outcome.recorded) return 1;
  }
  return 0;
}
