// SPDX-License-Identifier: GPL-3.0-or-later
// Archives through rrdcached, for sites where it is there already.
#pragma once

#include <memory>
#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/rrd/archive_tree.h"
#include "perfdata/rrd/protocol.h"
#include "perfdata/rrd/store.h"
#include "perfdata/rrd/undo_log.h"

namespace pingtrail::rrd {

// One connection. Everything waits 10 s at most.
class CacheConnection {
 public:
  explicit CacheConnection(CacheAddress address) : address_(std::move(address)) {}

  base::Expected<base::Done> connect();  // does nothing when connected
  void disconnect();
  base::Expected<base::Done> send(std::string_view bytes);
  base::Expected<std::string> read_line();

  // One command, its whole answer passed over; an error status is an answer.
  base::Expected<Status> ask(const std::string& command);

 private:
  base::Expected<base::Done> connect_unix();
  base::Expected<base::Done> connect_inet();
  base::Error broken(const std::string& fact);
  std::string shown() const;

  CacheAddress address_;
  base::Fd socket_;
  LineBuffer lines_;
};

// Makes the daemon write what it holds of an archive, and then forget the archive.
base::Expected<base::Done> let_go(CacheConnection& connection, const std::string& path);

// Takes rows until settle() sends them in one BATCH, has every archive flushed, and reads from the
// archives themselves that they are there. When the daemon dies in between, perhaps in the middle
// of an update, the headers noted before are put back as soon as it answers again.
std::unique_ptr<RrdStore> make_rrdcached_store(const ArchiveTree& tree, CacheAddress address,
                                               UndoLog undo);

}  // namespace pingtrail::rrd
