// SPDX-License-Identifier: GPL-3.0-or-later
// The text of the first line, in the shape of check_pingtrail and of the check_icmp family.
#pragma once

#include <string>

#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/check/units.h"

namespace pingtrail::check {

// "OK - a: rta 0.833ms, lost 0% :: b: lost 100%". Natively more than ten hosts are counted by
// state, and only those with trouble are listed, ten at most.
std::string icmp_text(const CheckConfig& config, const CheckResult& result);

// ", down for ... since ..." or ", up again after ..."; empty when there is nothing to say or the
// dialect does not show it.
std::string history_text(const CheckConfig& config, const JudgedHost& host);

// "0", "33.33": a loss as the text and perfdata show it.
std::string percent_text(double percent);

}  // namespace pingtrail::check
