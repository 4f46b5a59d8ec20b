// SPDX-License-Identifier: GPL-3.0-or-later
// A whole file at once.
#pragma once

#include <cstddef>
#include <string>

#include "perfdata/base/expected.h"

namespace pingtrail::base {

// The file's bytes. The error names the path; invalid_input when it is larger than `most_bytes`.
Expected<std::string> read_file(const std::string& path, std::size_t most_bytes);

}  // namespace pingtrail::base
