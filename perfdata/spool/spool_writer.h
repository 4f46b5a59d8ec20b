// SPDX-License-Identifier: GPL-3.0-or-later
// Leaving perfdata in a spool directory, for sites whose core writes none.
#pragma once

#include <string>
#include <string_view>

#include "perfdata/base/expected.h"

namespace pingtrail::spool {

// Makes the file `directory`/`name` with `text`, complete from the moment it can be seen. `name`
// must be one no other writer uses ("perfdata.<pid>.<nanoseconds>"); a file of that name already
// there is an error and stays as it is. A process that is killed leaves no part of a file behind.
base::Expected<base::Done> leave_in_spool(const std::string& directory, const std::string& name,
                                          std::string_view text);

}  // namespace pingtrail::spool
