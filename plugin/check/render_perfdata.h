// SPDX-License-Identifier: GPL-3.0-or-later
// Performance data: 'label'=value[unit];warn;crit;min;max, as the Monitoring Plugins development
// guidelines have it. A value that does not exist is U.
#pragma once

#include <string>

#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/check/units.h"

namespace pingtrail::check {

// Labels and order of check_icmp 2.3.3 (rta pl rtmax rtmin, then what modes of 3.x add); with
// several addresses each label has the host in front.
std::string icmp_perfdata(const CheckConfig& config, const CheckResult& result);

// " rtmed=.. jitter=.. downtime=.. outages=.." of --perfdata full; empty with compat. `prefix` goes
// in front of each label.
std::string full_perfdata(const CheckConfig& config, const Unit& unit, const std::string& prefix);

// "WARN;CRIT" with three decimals of milliseconds; sides that are absent stay empty.
std::string limits_ms(const std::optional<Limits<Nanoseconds>>& limits);

// "WARN;CRIT" as plain numbers.
std::string limits_plain(const std::optional<Limits<double>>& limits);

}  // namespace pingtrail::check
