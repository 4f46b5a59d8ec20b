// SPDX-License-Identifier: GPL-3.0-or-later
// What the options mean: from a list of options to a CheckConfig.
#pragma once

#include <span>

#include "perfdata/base/expected.h"
#include "plugin/check/config.h"
#include "plugin/check/options.h"

namespace pingtrail::check {

// Applies `given` in order to the dialect's `defaults`, then refuses what does not fit together. A
// refusal names the option, the text and the fact.
base::Expected<CheckConfig> apply_options(const CheckConfig& defaults,
                                          std::span<const GivenOption> given);

}  // namespace pingtrail::check
