// SPDX-License-Identifier: GPL-3.0-or-later
// Reading rows through librrd.
#pragma once

#include <cstddef>
#include <vector>

#include "exporter/graph/archive_index.h"
#include "exporter/reconstruct/rows.h"
#include "perfdata/base/expected.h"

namespace pingtrail::reconstruct {

// All AVERAGE rows of a source (from 1), a stretch an RRA. Waits 3 s at most for an archive that is
// locked (would_block). Usable by several threads at once.
base::Expected<std::vector<Stretch>> read_rows(const graph::ReadableArchive& archive,
                                               std::size_t source);

}  // namespace pingtrail::reconstruct
