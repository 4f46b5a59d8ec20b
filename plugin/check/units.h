// SPDX-License-Identifier: GPL-3.0-or-later
// The judged addresses of a check in a row, with the names they are printed under.
#pragma once

#include <string>
#include <vector>

#include "plugin/check/evaluate.h"

namespace pingtrail::check {

// One judged address and its host; both borrowed from a CheckResult.
struct Unit {
  const JudgedHost* host = nullptr;
  const JudgedAddress* judged = nullptr;
};

std::vector<Unit> units_of(const CheckResult& result);

// "core-sw", or "core-sw (192.0.2.7)" when the host has several addresses.
std::string unit_name(const Unit& unit);

}  // namespace pingtrail::check
