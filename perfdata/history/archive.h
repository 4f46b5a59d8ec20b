// SPDX-License-Identifier: GPL-3.0-or-later
// Whole state directories: reading all of them, and the amendments that people make. An edge.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/maintenance.h"
#include "perfdata/history/timeline.h"

namespace pingtrail::history {

struct Archive {
  // Sorted by key; several directories merged. Shared, so that one reading after the other can keep
  // what did not change.
  std::vector<std::shared_ptr<const HostHistory>> hosts;
  std::vector<MaintenanceWindow> maintenance;  // of all directories
  std::vector<std::string> notes;              // unreadable files, bad lines, a broken chain
  bool verified = true;                        // every chain intact (a torn end is not)
};

// The chain as it was walked, held against the states of its directory (read before it was walked):
// a journal that is not there although a host's changes had been appended to it is broken.
ChainReport held_against(ChainReport walked, std::span<const HostState> states);
ChainReport held_against(ChainReport walked, bool any_begun);

// Whether a journal must know of this state: a first observation is a change, so that every host
// has a record once nothing is pending.
bool has_begun(const HostState& state);

// What there is to say of a directory's journal and maintenance file, one line each. The first
// tells whether the chain is verified: intact, or with a torn end only.
bool note_journal(const std::string& dir, const base::Expected<ChainReport>& report,
                  std::vector<std::string>& notes);
void note_maintenance(const std::string& dir, const MaintenanceFile& file,
                      std::vector<std::string>& notes);

// Reads states, journals and maintenance of one or several directories (HA pairs, satellites). A
// host with a journal but no state and one with a state but no journal are both there. Fails only
// when a directory cannot be read at all.
base::Expected<Archive> load_archive(std::span<const std::string> state_dirs);

// Appends windows to DIR/maintenance (those already there are left out) and a record of each to the
// journal. Returns how many were new.
base::Expected<std::size_t> add_maintenance(const std::string& state_dir,
                                            std::span<const MaintenanceWindow> windows,
                                            WallTime now);

// DIR/maintenance as it is; a missing file is empty.
base::Expected<MaintenanceFile> read_maintenance(const std::string& state_dir);

// All series of a host under a new name, and the maintenance that was planned for it, as amendment
// records; not_found when there is no such
// host, invalid_input when the new name is in use.
base::Expected<base::Done> rename_host(const std::string& state_dir, const std::string& old_name,
                                       const std::string& new_name, WallTime now);

// Drops a host and all its series from every report from now on. The records stay.
base::Expected<base::Done> forget_host(const std::string& state_dir, const std::string& name,
                                       WallTime now);

}  // namespace pingtrail::history
