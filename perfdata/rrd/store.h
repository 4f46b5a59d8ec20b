// SPDX-License-Identifier: GPL-3.0-or-later
// How rows get into archives: directly, or through a daemon.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/rrd/archive_tree.h"

namespace pingtrail::rrd {

// One a worker; not for several threads. An update is whole or not at all, whenever the process
// ends.
class RrdStore {
 public:
  RrdStore() = default;
  RrdStore(const RrdStore&) = delete;
  RrdStore& operator=(const RrdStore&) = delete;
  RrdStore(RrdStore&&) = delete;
  RrdStore& operator=(RrdStore&&) = delete;
  virtual ~RrdStore() = default;

  // Whether find() is to lock an archive before update().
  virtual bool wants_lock() const = 0;

  // Writes rows ("time:value:value...", times rising, all after the archive's last update), or
  // takes them for the next settle(). ErrorKind::invalid_input: rrdtool refuses one of them; those
  // in front of it are written.
  virtual base::Expected<base::Done> update(const ArchiveName& name, OpenArchive& archive,
                                            std::span<const std::string> rows,
                                            std::int64_t last_time_s) = 0;

  // Whether settle() is due before more is taken.
  virtual bool is_full() const = 0;

  // When it returns well, every row taken is in its archive; otherwise none of those since the last
  // good settle() counts as written, and no archive may be looked at before it was called again and
  // returned well: it puts half-done updates right. With nothing taken it does only that.
  virtual base::Expected<base::Done> settle() = 0;
};

}  // namespace pingtrail::rrd
