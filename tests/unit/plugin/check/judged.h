// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up results of probes, for the tests of this directory.
#pragma once

#include <string_view>

#include "plugin/check/evaluate.h"

namespace pingtrail::check::testing_support {

// A target whose probes are given as letters and numbers parted by blanks: a number is a reply
// after so many microseconds, "x" lost, "-" unsent, "r" refused, "c" cut short, "a" abandoned.
probe::TargetResult target(std::string_view address, std::string_view probes);

ProbeResults results(std::vector<probe::TargetResult> targets);

// One host per target, called by `names`.
std::vector<HostTargets> hosts(std::vector<std::string> names);

// The defaults of check_pingtrail for one host "h".
CheckConfig config();

}  // namespace pingtrail::check::testing_support
