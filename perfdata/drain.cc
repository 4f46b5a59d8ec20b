// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/drain.h"

#include <fnmatch.h>

#include <algorithm>
#include <thread>
#include <tuple>
#include <utility>

#include "perfdata/base/posix_clock.h"
#include "perfdata/rrd/layout.h"
#include "perfdata/rrd/local_store.h"
#include "perfdata/rrd/rrdcached_store.h"
#include "perfdata/rrd/undo_log.h"

namespace pingtrail::drain {
namespace {

using base::Done;
using base::Error;
using base::ErrorKind;
using base::Expected;

constexpr std::size_t kLongestLine = std::size_t{1024} * 1024;
constexpr std::int64_t kMsInS = 1000;
constexpr std::chrono::seconds kPatience{10};

std::int64_t now_s() { return base::wall_now().time_since_epoch().count() / kMsInS; }

Expected<Done> undo_half_updates(const rrd::ArchiveTree& tree, const DrainConfig& config) {
  rrd::BeforePutBack before;
  std::shared_ptr<rrd::CacheConnection> connection;
  if (config.rrdcached) {
    connection = std::make_shared<rrd::CacheConnection>(*config.rrdcached);
    if (auto done = connection->connect(); !done) return done;
    before = [connection](const std::string& path) { return rrd::let_go(*connection, path); };
  }
  const auto restored = rrd::put_back(tree, before);
  if (!restored) return restored.error();
  if (*restored > 0)
    config.warn(std::to_string(*restored) + " half-done updates undone, to be done again");
  return base::ok();
}

}  // namespace

Drain::Drain(spool::DirectorySpool& spool, const rrd::ArchiveTree& tree, DrainConfig config)
    : spool_(spool), tree_(tree), config_(std::move(config)) {}

Expected<std::unique_ptr<Drain>> Drain::start(spool::DirectorySpool& spool,
                                              const rrd::ArchiveTree& tree, DrainConfig config) {
  if (auto done = undo_half_updates(tree, config); !done) return done.error();
  tree.sweep();
  std::unique_ptr<Drain> drain(new Drain(spool, tree, std::move(config)));
  if (auto done = drain->add_workers(); !done) return done.error();
  return drain;
}

Expected<Done> Drain::add_workers() {
  const int count = config_.rrdcached ? 1 : std::max(config_.threads, 1);
  for (int number = 0; number < count; ++number) {
    auto undo = rrd::UndoLog::open(tree_, number);
    if (!undo) return undo.error();
    auto worker = std::make_unique<Worker>();
    worker->store = config_.rrdcached
                        ? rrd::make_rrdcached_store(tree_, *config_.rrdcached, *std::move(undo))
                        : rrd::make_local_store(*std::move(undo));
    worker->writer = std::make_unique<rrd::ArchiveWriter>(tree_, *worker->store, number);
    workers_.push_back(std::move(worker));
  }
  return base::ok();
}

void Drain::configure(const DrainConfig& config) {
  config_.rra = config.rra;
  config_.only_command = config.only_command;
}

rrd::Counters Drain::counters() const {
  rrd::Counters sum = counters_;
  for (const auto& worker : workers_) add_totals(sum, worker->writer->counters());
  return sum;
}

Expected<bool> Drain::step(const std::atomic<bool>& stop) {
  for (;;) {
    Expected<Done> done = base::ok();
    switch (stage_) {
      case Stage::claim: {
        auto claimed = claim();
        if (!claimed || !*claimed) return claimed;
        stage_ = Stage::read;
        break;
      }
      case Stage::read:
        done = read_pieces();
        if (done) stage_ = Stage::write;
        break;
      case Stage::write:
        done = write_groups(stop);
        if (done) stage_ = Stage::reject;
        break;
      case Stage::reject:
        done = write_rejects();
        if (done) stage_ = Stage::release;
        break;
      case Stage::release:
        done = release();
        if (!done) break;
        stage_ = reading_ < files_.size() ? Stage::read : Stage::claim;
        if (stage_ == Stage::claim) return true;
        break;
    }
    if (!done) return done.error();
  }
}

// The next batch of files: what a dead process had claimed, or as many waiting files as fit.
Expected<bool> Drain::claim() {
  files_.clear();
  reading_ = released_ = 0;
  several_pieces_ = false;
  reader_.reset();
  if (recovering_) {
    auto left = spool_.claimed();
    if (!left) return left.error();
    files_ = *std::move(left);
    if (!files_.empty()) return true;
    recovering_ = false;
  }
  const auto pending = spool_.pending();
  if (!pending) return pending.error();
  if (pending->empty()) held_back_.clear();
  std::uint64_t bytes = 0;
  for (const spool::SpoolFile& file : *pending) {
    if (files_.size() >= config_.files_at_once) break;
    if (!files_.empty() && bytes + file.bytes > config_.bytes_at_once) break;
    const auto claimed = spool_.claim(file);
    if (!claimed && claimed.error().kind == ErrorKind::not_permitted) {
      // One file of another user must not stop all the others.
      if (unreadable_.insert(file.name).second)
        config_.warn(claimed.error().message + "; left where it is");
      continue;
    }
    if (!claimed) return claimed.error();
    if (!*claimed) {
      if (is_worth_waiting_for(file.name)) break;
      continue;
    }
    held_back_.erase(file.name);
    files_.push_back(file);
    bytes += file.bytes;
  }
  return !files_.empty();
}

// Younger files wait for an older one that is just being written, since samples must come in order;
// but not for ever.
bool Drain::is_worth_waiting_for(const std::string& name) {
  const base::MonoTime now = base::mono_now();
  return now - held_back_.try_emplace(name, now).first->second < kPatience;
}

bool Drain::whole_batch_at_hand() const { return reading_ == files_.size() && !several_pieces_; }

Expected<Done> Drain::read_pieces() {
  std::size_t bytes = 0;
  while (reading_ < files_.size() && bytes < config_.bytes_at_once) {
    const std::string& name = files_[reading_].name;
    if (!reader_) {
      if (auto done = spool_.start_over(name); !done) return done;
      auto reader = spool_.read(name);
      if (!reader) return reader.error();
      reader_ = *std::move(reader);
      next_line_ = 1;
    }
    std::string text;
    const auto piece = reader_->next(std::max(config_.bytes_at_once - bytes, kLongestLine), text);
    if (!piece) return piece.error();
    if (*piece == spool::Piece::end) {
      reader_.reset();
      ++reading_;
    } else if (*piece == spool::Piece::oversized) {
      rejected_.push_back({reading_, next_line_++, "the line is longer than 1 MiB"});
    } else {
      bytes += text.size();
      pieces_.push_back(std::move(text));
      take_piece(pieces_.back(), reading_);
    }
  }
  if (reading_ < files_.size()) several_pieces_ = true;
  group_done_.assign(groups_.size(), false);
  return base::ok();
}

void Drain::take_piece(std::string_view text, std::size_t file) {
  spool::SpoolBatch batch;
  next_line_ = spool::parse_spool(text, next_line_, batch);
  for (const spool::BadLine& bad : batch.bad)
    rejected_.push_back({file, bad.line, std::string(bad.reason)});
  for (const spool::NumberedRecord& line : batch.records) add_sample(line, file);
}

void Drain::add_sample(const spool::NumberedRecord& line, std::size_t file) {
  const spool::Record& record = line.record;
  if (!takes_command(config_.only_command, record)) {
    ++counters_.samples_filtered_total;
    return;
  }
  std::string names(1, record.kind == spool::RecordKind::host ? 'h' : 's');
  names.append(record.host).append(1, '\0').append(record.service);
  auto known = group_of_names_.find(names);
  if (known == group_of_names_.end()) {
    rrd::ArchiveName name;
    const std::string_view fault = archive_name(record, name);
    if (!fault.empty()) {
      rejected_.push_back({file, line.line, std::string(fault)});
      return;
    }
    // Different names may come down to one archive; it has one group, and so one owner.
    const auto [at, is_new] =
        group_of_archive_.try_emplace(name.host + "/" + name.service, groups_.size());
    if (is_new) groups_.push_back({std::move(name), {}, false});
    known = group_of_names_.emplace(std::move(names), at->second).first;
  }
  groups_[known->second].samples.push_back({line, file});
}

Expected<Done> Drain::write_groups(const std::atomic<bool>& stop) {
  for (const auto& worker : workers_) {
    worker->groups.clear();
    worker->failure.reset();
  }
  for (const auto& [archive, group] : group_of_archive_) {
    if (group_done_[group]) continue;
    workers_[std::hash<std::string>()(archive) % workers_.size()]->groups.push_back(group);
  }
  // In the order of the spool, which is as good as any and does not change.
  for (const auto& worker : workers_) std::sort(worker->groups.begin(), worker->groups.end());
  const rrd::WriterConfig config{config_.rra, 240, now_s(), config_.warn};
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < workers_.size(); ++i) {
    threads.emplace_back([&, i] { run(*workers_[i], config, stop); });
  }
  run(*workers_[0], config, stop);
  for (std::thread& thread : threads) thread.join();
  std::optional<Error> failure;
  for (const auto& worker : workers_) {
    for (const std::size_t group : worker->groups) group_done_[group] = true;
    if (worker->failure && !failure) failure = worker->failure;
    rejected_.insert(rejected_.end(), worker->rejected.begin(), worker->rejected.end());
    worker->rejected.clear();
  }
  // run() leaves in a worker's list what is done; what is not is asked for again.
  if (failure) return *failure;
  return base::ok();
}

// Writes the worker's groups; afterwards its list holds those that are done.
void Drain::run(Worker& worker, const rrd::WriterConfig& config, const std::atomic<bool>& stop) {
  rrd::Replay replay = rrd::Replay::none;
  if (recovering_) replay = whole_batch_at_hand() ? rrd::Replay::whole : rrd::Replay::partly;
  std::vector<std::size_t> settled;
  std::vector<std::size_t> open;
  std::size_t settled_rejects = worker.rejected.size();
  const auto settle = [&] {
    bool well = false;
    if (const auto done = worker.store->settle(); done) {
      settled.insert(settled.end(), open.begin(), open.end());
      settled_rejects = worker.rejected.size();
      well = true;
    } else {
      for (const std::size_t group : open) {
        groups_[group].tried = true;
        worker.writer->forget(groups_[group].name);
      }
      worker.rejected.resize(settled_rejects);
      if (!worker.failure) worker.failure = done.error();
    }
    open.clear();
    return well;
  };
  if (!settle()) worker.groups.clear();
  for (const std::size_t group : worker.groups) {
    if (stop && worker.failure) break;
    const auto done = worker.writer->write(groups_[group], replay, config, worker.rejected);
    if (done) {
      open.push_back(group);
      if (worker.store->is_full() && !settle()) break;
    } else if (!worker.failure) {
      worker.failure = done.error();
    }
    // A daemon that is gone is gone for all of them.
    if (worker.failure && worker.failure->kind == ErrorKind::unreachable) break;
  }
  settle();
  worker.groups = std::move(settled);
}

Expected<Done> Drain::write_rejects() {
  if (rejects_written_ == 0) {
    std::sort(rejected_.begin(), rejected_.end(),
              [](const rrd::Rejected& a, const rrd::Rejected& b) {
                return std::tie(a.file, a.line, a.reason) < std::tie(b.file, b.line, b.reason);
              });
  }
  for (; rejects_written_ < rejected_.size(); ++rejects_written_) {
    const rrd::Rejected& rejected = rejected_[rejects_written_];
    if (auto done = spool_.reject(files_[rejected.file].name, rejected.line, rejected.reason);
        !done)
      return done;
    ++counters_.rejects_total;
  }
  return base::ok();
}

Expected<Done> Drain::release() {
  for (; released_ < reading_; ++released_) {
    if (auto done = spool_.release(files_[released_].name); !done) return done;
    ++counters_.files_released_total;
  }
  groups_.clear();
  group_done_.clear();
  group_of_names_.clear();
  group_of_archive_.clear();
  rejected_.clear();
  rejects_written_ = 0;
  pieces_.clear();
  return base::ok();
}

bool takes_command(const std::string& glob, const spool::Record& record) {
  if (glob.empty()) return true;
  const std::string command(
      record.command.substr(0, std::min(record.command.find('!'), record.command.size())));
  return ::fnmatch(glob.c_str(), command.c_str(), 0) == 0;
}

}  // namespace pingtrail::drain
