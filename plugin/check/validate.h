// SPDX-License-Identifier: GPL-3.0-or-later
// What the options must be together, whichever way each of them came.
#pragma once

#include <optional>

#include "perfdata/base/error.h"
#include "plugin/check/config.h"

namespace pingtrail::check {

// Absent: the configuration makes sense.
std::optional<base::Error> find_contradiction(const CheckConfig& config);

}  // namespace pingtrail::check
