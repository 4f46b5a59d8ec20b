// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/severity.h"

#include <array>
#include <cstddef>

namespace pingtrail::check {

std::string_view severity_name(Severity severity) {
  constexpr std::array<std::string_view, 4> kNames = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  return kNames[static_cast<std::size_t>(severity)];
}

int badness(Severity severity) {
  constexpr std::array<int, 4> kRanks = {0, 2, 3, 1};
  return kRanks[static_cast<std::size_t>(severity)];
}

Severity worse(Severity a, Severity b) { return badness(a) < badness(b) ? b : a; }

}  // namespace pingtrail::check
