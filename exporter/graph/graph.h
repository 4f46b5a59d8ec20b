// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of archives.
#pragma once

#include <string>
#include <vector>

#include "exporter/graph/archive_index.h"
#include "exporter/graph/query.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::graph {

struct GraphRequest {
  std::string host;      // true name
  GraphQuery query;      // service, range, size, theme
  bool svg = false;      // else PNG
  base::WallTime now{};  // the right edge
  std::string zone;      // IANA zone of the time axis; "" the machine's
  std::string title;     // "" for host and service
  // Shaded where given; in any order, clipped to the picture.
  std::vector<history::TimeSpan> outages, maintenance, unknown;
};

// Settles for the whole process what librrd takes from the environment: the zone ("" the machine's)
// and English month names, and that no rrdcached is asked. Call it once, before there are other
// threads; draw() does not touch the environment as long as it is asked for this zone.
void prepare_process(const std::string& zone);

// The bytes of the picture. One at a time, whatever the number of threads: librrd keeps
// process-wide state. Waits 3 s at most for an archive that is locked. Errors: those of
// ArchiveIndex::find() and open(); would_block while it stays locked; system with librrd's own
// words.
base::Expected<std::string> draw(ArchiveIndex& index, const GraphRequest& request);

}  // namespace pingtrail::graph
