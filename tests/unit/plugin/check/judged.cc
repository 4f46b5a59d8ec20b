// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/plugin/check/judged.h"

#include <utility>

#include "perfdata/base/number.h"
#include "plugin/check/dialect.h"

namespace pingtrail::check::testing_support {

probe::TargetResult target(std::string_view address, std::string_view probes) {
  probe::TargetResult result;
  result.address = probe::parse_address(address).value();
  std::uint32_t arrival = 0;
  while (!probes.empty()) {
    const std::size_t blank = probes.find(' ');
    const std::string_view word = probes.substr(0, blank);
    probes = blank == std::string_view::npos ? std::string_view() : probes.substr(blank + 1);
    probe::ProbeRecord record;
    if (const auto microseconds = base::parse_integer(word)) {
      record.fate = probe::ProbeFate::answered;
      record.round_trip = std::chrono::microseconds(*microseconds);
      record.arrival = ++arrival;
    } else if (word == "x") {
      record.fate = probe::ProbeFate::lost;
    } else if (word == "r") {
      record.fate = probe::ProbeFate::refused;
    } else if (word == "c") {
      record.fate = probe::ProbeFate::cut_short;
    } else if (word == "a") {
      record.fate = probe::ProbeFate::abandoned;
    }
    result.probes.push_back(record);
  }
  return result;
}

ProbeResults results(std::vector<probe::TargetResult> targets) {
  ProbeResults made;
  made.targets = std::move(targets);
  return made;
}

std::vector<HostTargets> hosts(std::vector<std::string> names) {
  std::vector<HostTargets> made;
  for (std::string& name : names) {
    const auto index = static_cast<TargetIndex>(made.size());
    made.push_back({std::move(name), std::vector<TargetIndex>{index}});
  }
  return made;
}

CheckConfig config() {
  CheckConfig made = native_rules().defaults;
  made.hosts = {"h"};
  return made;
}

}  // namespace pingtrail::check::testing_support
