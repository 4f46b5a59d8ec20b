// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/units.h"

#include "plugin/check/text.h"

namespace pingtrail::check {

std::vector<Unit> units_of(const CheckResult& result) {
  std::vector<Unit> units;
  units.reserve(result.hosts.size());
  for (const JudgedHost& host : result.hosts) {
    for (const JudgedAddress& judged : host.addresses) {
      units.push_back({&host, &judged});
    }
  }
  return units;
}

std::string unit_name(const Unit& unit) {
  std::string name = printable(unit.host->name);
  if (unit.host->addresses.size() > 1) {
    name += " (" + unit.judged->address + ")";
  }
  return name;
}

}  // namespace pingtrail::check
