// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where errno becomes an Error.
#pragma once

#include <string>

#include "perfdata/base/error.h"

namespace pingtrail::base {

// "object: <what the system says of error_number>", with the kind that fits the number. Take errno
// before anything else may change it.
Error posix_error(const std::string& object, int error_number);

}  // namespace pingtrail::base
