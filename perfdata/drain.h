// SPDX-License-Identifier: GPL-3.0-or-later
// From spool to archives: claims files, groups their samples by archive, has every group written,
// and releases a file when nothing of it is left to do. Whatever fails is tried again with the same
// samples; whatever kills the process is made up for by the next one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "perfdata/rrd/archive_tree.h"
#include "perfdata/rrd/archive_writer.h"
#include "perfdata/rrd/counters.h"
#include "perfdata/rrd/protocol.h"
#include "perfdata/rrd/rra_config.h"
#include "perfdata/rrd/store.h"
#include "perfdata/spool/directory_spool.h"

namespace pingtrail::drain {

struct DrainConfig {
  rrd::RraConfig rra = rrd::default_rra_config();
  std::string only_command;                                   // glob; "" takes every command
  std::optional<rrd::CacheAddress> rrdcached;                 // absent: librrd in this process
  int threads = 1;                                            // with rrdcached always one
  std::size_t bytes_at_once = std::size_t{16} * 1024 * 1024;  // of spool text; bounds the memory
  std::size_t files_at_once = 1000;
  std::function<void(const std::string&)> warn = [](const std::string&) {};  // from any thread
};

class Drain {
 public:
  // First makes good what a killed process left: half-done updates and files in the making.
  // `spool` and `tree` must outlive it.
  static base::Expected<std::unique_ptr<Drain>> start(spool::DirectorySpool& spool,
                                                      const rrd::ArchiveTree& tree,
                                                      DrainConfig config);

  // Works on until one batch of files is released. False when there was nothing to do. After an
  // error, call again: it goes on where it was. `stop` ends it early between two archives, with an
  // error as well.
  base::Expected<bool> step(const std::atomic<bool>& stop);

  // Takes effect with the next batch; rrdcached and threads stay what they are.
  void configure(const DrainConfig& config);

  // Since start.
  rrd::Counters counters() const;

 private:
  struct Worker {
    std::unique_ptr<rrd::RrdStore> store;
    std::unique_ptr<rrd::ArchiveWriter> writer;
    std::vector<std::size_t> groups;  // of those at hand
    std::vector<rrd::Rejected> rejected;
    std::optional<base::Error> failure;
  };
  enum class Stage { claim, read, write, reject, release };

  Drain(spool::DirectorySpool& spool, const rrd::ArchiveTree& tree, DrainConfig config);
  base::Expected<base::Done> add_workers();
  base::Expected<bool> claim();
  bool is_worth_waiting_for(const std::string& name);
  base::Expected<base::Done> read_pieces();
  void take_piece(std::string_view text, std::size_t file);
  void add_sample(const spool::NumberedRecord& line, std::size_t file);
  base::Expected<base::Done> write_groups(const std::atomic<bool>& stop);
  void run(Worker& worker, const rrd::WriterConfig& config, const std::atomic<bool>& stop);
  base::Expected<base::Done> write_rejects();
  base::Expected<base::Done> release();
  bool whole_batch_at_hand() const;

  spool::DirectorySpool& spool_;
  const rrd::ArchiveTree& tree_;
  DrainConfig config_;
  std::vector<std::unique_ptr<Worker>> workers_;
  rrd::Counters counters_;

  // The batch: files, and how far reading has come.
  Stage stage_ = Stage::claim;
  bool recovering_ = true;  // claimed files of a process that died come first
  std::vector<spool::SpoolFile> files_;
  std::set<std::string> unreadable_;                 // told about already
  std::map<std::string, base::MonoTime> held_back_;  // files that could not be had, since when
  std::size_t reading_ = 0;
  std::optional<spool::ClaimedFile> reader_;
  std::size_t next_line_ = 1;
  bool several_pieces_ = false;

  // What was read of it and is at hand.
  std::deque<std::string> pieces_;
  std::vector<rrd::Group> groups_;
  std::vector<bool> group_done_;
  std::unordered_map<std::string, std::size_t> group_of_names_, group_of_archive_;
  std::vector<rrd::Rejected> rejected_;
  std::size_t rejects_written_ = 0;
  std::size_t released_ = 0;
};

// Whether the glob takes the record's command, by its name without arguments; "" takes every one.
bool takes_command(const std::string& glob, const spool::Record& record);

}  // namespace pingtrail::drain
