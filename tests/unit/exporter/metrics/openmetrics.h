// SPDX-License-Identifier: GPL-3.0-or-later
// A strict reader of OpenMetrics 1.0.0 as far as we write it: gauges, counters, histograms, infos.
#pragma once

#include <string>
#include <string_view>

namespace pingtrail::metrics::test {

// What is wrong with the text, "line 3: ...", or "".
std::string openmetrics_fault(std::string_view text);

}  // namespace pingtrail::metrics::test
