// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin's standard output.
#pragma once

#include <string>

#include "perfdata/base/error.h"
#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/probe/results.h"

namespace pingtrail::check {

// Everything that goes to standard output, with the last newline: first line `text|perfdata`, then
// the lines of -v (one a host) and -vv (one a probe). `results` is what `result` was judged from.
std::string render(const CheckConfig& config, const CheckResult& result,
                   const ProbeResults& results);

// "UNKNOWN - object: fact\n": the answer when there is nothing to judge, under every name.
std::string render_unknown(const base::Error& error);

}  // namespace pingtrail::check
