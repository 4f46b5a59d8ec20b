// SPDX-License-Identifier: GPL-3.0-or-later
// Brings the samples of one archive into it: what is new, in order of time, in as few updates as
// can be, and everything that hinders them named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/rrd/archive_tree.h"
#include "perfdata/rrd/counters.h"
#include "perfdata/rrd/rra_config.h"
#include "perfdata/rrd/source_table.h"
#include "perfdata/rrd/store.h"
#include "perfdata/spool/record.h"

namespace pingtrail::rrd {

struct Sample {
  spool::NumberedRecord line;
  std::size_t file = 0;  // which of the files at hand
};

struct Rejected {
  std::size_t file = 0;
  std::size_t line = 0;
  std::string reason;

  bool operator==(const Rejected&) const = default;
};

// What may have happened to these samples before.
enum class Replay {
  none,    // nothing
  whole,   // a killed process had exactly these in hand: an archive has all of them or none
  partly,  // the samples an archive's time has passed are in it
};

// All samples at hand for one archive.
struct Group {
  ArchiveName name;
  std::vector<Sample> samples;
  bool tried = false;  // write() failed before; its samples may be partly written
};

struct WriterConfig {
  RraConfig rra;
  std::int64_t xml_period_s = 240;               // readers call a page older than 300 s dead
  std::int64_t now_s = 0;                        // wall clock
  std::function<void(const std::string&)> warn;  // from any thread
};

// One a worker. Keeps what it learned of each archive, some 100 bytes a source.
class ArchiveWriter {
 public:
  ArchiveWriter(const ArchiveTree& tree, RrdStore& store, int worker)
      : tree_(tree), store_(store), worker_(worker) {}

  // Writes the group. Rejected samples and items are appended to `rejected` only when it returns
  // well. Errors are of the passing kind: call again with the same group.
  base::Expected<base::Done> write(Group& group, Replay replay, const WriterConfig& config,
                                   std::vector<Rejected>& rejected);

  // Forgets what is known of an archive; after a failed settle() nothing of it is certain.
  void forget(const ArchiveName& name);

  const Counters& counters() const { return counters_; }

 private:
  struct Known {
    bool loaded = false;
    SourceTable table;
    std::optional<std::uint64_t> page;  // fingerprint of the XML page as written
    std::int64_t page_written_s = 0;
    std::string found_page;            // as it stood when the archive was first met, until compared
    std::vector<std::int64_t> recent;  // times written lately, for samples that come a second time
    std::size_t recent_next = 0;
  };
  // One write() on its way.
  struct Pass;

  base::Expected<base::Done> open(Pass& pass) const;
  base::Expected<base::Done> prepare(Pass& pass);
  base::Expected<base::Done> take(Pass& pass, const Sample& sample);
  base::Expected<base::Done> make_room(Pass& pass, const Sample& sample);
  base::Expected<base::Done> flush(Pass& pass);
  base::Expected<base::Done> drop_refused(Pass& pass, const base::Error& refusal);
  base::Expected<base::Done> finish_page(Pass& pass);
  base::Expected<base::Done> write_page(Pass& pass, const spool::Record& record, bool always);
  static bool is_old(Pass& pass, const Sample& sample);
  static void add_row(Pass& pass, const Sample& sample);
  static void written(Pass& pass, std::size_t count);
  void report_items(Pass& pass, const Sample& sample) const;

  const ArchiveTree& tree_;
  RrdStore& store_;
  int worker_;
  Counters counters_;
  std::unordered_map<std::string, Known> known_;
};

}  // namespace pingtrail::rrd
