// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of -v and -vv.
#pragma once

#include <string>

#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"
#include "plugin/probe/results.h"

namespace pingtrail::check {

// One line a judged address; with -vv one line a probe behind it. Each ends with a newline.
std::string verbose_lines(const CheckConfig& config, const CheckResult& result,
                          const ProbeResults& results);

}  // namespace pingtrail::check
