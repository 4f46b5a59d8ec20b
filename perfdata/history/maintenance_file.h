// SPDX-License-Identifier: GPL-3.0-or-later
// DIR/maintenance on disk. An edge; the grammar is maintenance.h.
#pragma once

#include <string>
#include <string_view>

#include "perfdata/base/expected.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::history {

// The whole file; "" when there is none.
base::Expected<std::string> read_maintenance_text(const std::string& state_dir);

// Appends whole lines under the file's lock.
base::Expected<base::Done> append_maintenance_text(const std::string& state_dir,
                                                   std::string_view lines);

// Changes whenever the file does; 0 when there is none. One system call.
std::uint64_t maintenance_signature(const std::string& state_dir);

// Brings the state's cache of windows up to date: one system call while the file is unchanged. A
// file that cannot be read leaves the cache as it was.
void refresh_maintenance(const std::string& state_dir, HostState& state, WallTime now);

}  // namespace pingtrail::history
