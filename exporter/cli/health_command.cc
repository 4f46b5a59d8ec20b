// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/report/health.h"
#include "exporter/report/period.h"
#include "perfdata/base/number.h"
#include "perfdata/base/posix_error.h"
#include "perfdata/base/read_file.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/slot_store.h"
#include "perfdata/rrd/counters.h"
#include "perfdata/spool/directory_spool.h"

namespace pingtrail::cli {
namespace {

using base::Expected;
using base::invalid_input;
using report::HealthFacts;
using report::HealthLimits;
using report::SpoolFacts;
using report::WriterFacts;

Expected<base::Done> take_duration(const Words& words, const std::string& option,
                                   base::Milliseconds& into) {
  const auto text = words.last(option);
  if (!text) return base::ok();
  const auto value = report::parse_duration(*text);
  if (!value) return base::Error{value.error().kind, "--" + option + ": " + value.error().message};
  into = *value;
  return base::ok();
}

Expected<base::Done> take_percent(const Words& words, const std::string& option, double& into) {
  const auto text = words.last(option);
  if (!text) return base::ok();
  const auto value = base::parse_decimal(*text);
  if (!value || *value < 0 || *value > 100) {
    return invalid_input("--" + option + ": " + *text, "not a percentage from 0 to 100");
  }
  into = *value;
  return base::ok();
}

Expected<base::Done> take_count(const Words& words, const std::string& option, std::int64_t& into) {
  const auto text = words.last(option);
  if (!text) return base::ok();
  const auto value = base::parse_integer(*text);
  if (!value || *value < 1)
    return invalid_input("--" + option + ": " + *text, "not a number from 1");
  into = *value;
  return base::ok();
}

// The first pair in which what warns lies beyond what is critical.
Expected<base::Done> ordered(const HealthLimits& limits) {
  const auto above = [](const std::string& name) {
    return invalid_input("--" + name + "-warning", "above --" + name + "-critical");
  };
  if (limits.age_warning > limits.age_critical) return above("age");
  if (limits.spool_age_warning > limits.spool_age_critical) return above("spool-age");
  if (limits.spool_files_warning > limits.spool_files_critical) return above("spool-files");
  if (limits.writer_age_warning > limits.writer_age_critical) return above("writer-age");
  if (limits.free_warning_pct < limits.free_critical_pct) {
    return invalid_input("--free-warning", "below --free-critical");
  }
  return base::ok();
}

Expected<HealthLimits> limits_of(const Words& words) {
  HealthLimits out;
  for (const auto& done : {take_duration(words, "age-warning", out.age_warning),
                           take_duration(words, "age-critical", out.age_critical),
                           take_percent(words, "free-warning", out.free_warning_pct),
                           take_percent(words, "free-critical", out.free_critical_pct),
                           take_duration(words, "spool-age-warning", out.spool_age_warning),
                           take_duration(words, "spool-age-critical", out.spool_age_critical),
                           take_count(words, "spool-files-warning", out.spool_files_warning),
                           take_count(words, "spool-files-critical", out.spool_files_critical),
                           take_duration(words, "writer-age-warning", out.writer_age_warning),
                           take_duration(words, "writer-age-critical", out.writer_age_critical)}) {
    if (!done) return done.error();
  }
  if (auto done = ordered(out); !done) return done.error();
  return out;
}

void take_states(HealthFacts& facts, const history::StateListing& listing, base::WallTime now) {
  facts.hosts += listing.states.size();
  facts.unreadable += listing.unreadable.size();
  for (const history::HostState& state : listing.states) {
    facts.pending += state.pending.size();
    facts.lost += state.lost_transitions;
    if (state.counters.checks == 0) continue;
    const base::Milliseconds age = std::max(base::Milliseconds{0}, now - state.last.at);
    facts.newest_check_age = std::min(facts.newest_check_age.value_or(age), age);
  }
}

void take_journal(HealthFacts& facts, const std::string& dir,
                  const std::vector<history::HostState>& states) {
  auto chain = history::walk_journal(dir, {});
  if (!chain) {
    facts.broken.push_back(chain.error().message);
    return;
  }
  chain = history::held_against(std::move(*chain), states);
  facts.records += chain->records;
  if (chain->state == history::ChainState::broken) facts.broken.push_back("broken: " + chain->fact);
  if (chain->state == history::ChainState::torn_end) {
    facts.torn.push_back("torn end: " + chain->fact);
  }
}

Expected<base::Done> take_disk(HealthFacts& facts, const std::string& dir) {
  struct statvfs disk {};
  if (statvfs(dir.c_str(), &disk) != 0) return base::posix_error(dir, errno);
  if (disk.f_blocks == 0) return base::ok();
  // What the unprivileged may use, of what they ever could: as df counts it.
  const double available = static_cast<double>(disk.f_bavail);
  const double used = static_cast<double>(disk.f_blocks - disk.f_bfree);
  const double percent = available + used > 0 ? 100 * available / (available + used) : 0;
  if (percent <= facts.free_pct) {
    facts.free_pct = percent;
    facts.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  return base::ok();
}

base::Milliseconds age_of(base::WallTime at, base::WallTime now) {
  return std::max(base::Milliseconds{0}, now - at);
}

// The lines of a file of rejects; one that vanished meanwhile has none.
Expected<std::uint64_t> lines_of(const std::string& directory, const std::string& name) {
  auto file = spool::look_at(directory, name);
  if (!file && file.error().kind == base::ErrorKind::not_found) return std::uint64_t{0};
  if (!file) return file.error();
  constexpr std::size_t kPiece = std::size_t{1} << 16;
  std::uint64_t lines = 0;
  for (std::string piece;;) {
    const auto next = file->next(kPiece, piece);
    if (!next) return next.error();
    if (*next == spool::Piece::end) return lines;
    lines += *next == spool::Piece::oversized
                 ? 1
                 : static_cast<std::uint64_t>(std::count(piece.begin(), piece.end(), '\n'));
  }
}

// What is in one of the spool's directories; those that the writer makes may not be there yet.
Expected<std::vector<spool::SpoolFile>> files_in(const std::string& directory, bool required) {
  auto files = spool::waiting_files(directory);
  if (!files && !required && files.error().kind == base::ErrorKind::not_found) {
    return std::vector<spool::SpoolFile>{};
  }
  return files;
}

Expected<base::Done> take_spool(SpoolFacts& facts, const std::string& dir, base::WallTime now) {
  for (const std::string& place : {dir, dir + "/claimed"}) {
    const auto files = files_in(place, place == dir);
    if (!files) return files.error();
    for (const spool::SpoolFile& file : *files) {
      ++facts.files;
      facts.bytes += file.bytes;
      const base::WallTime changed(base::Milliseconds(file.modified_ns / 1'000'000));
      if (facts.oldest_age && age_of(changed, now) <= *facts.oldest_age) continue;
      facts.oldest_age = age_of(changed, now);
      facts.oldest = place + "/" + file.name;
    }
  }
  const auto rejects = files_in(dir + "/rejected", false);
  if (!rejects) return rejects.error();
  for (const spool::SpoolFile& file : *rejects) {
    const auto lines = lines_of(dir + "/rejected", file.name);
    if (!lines) return lines.error();
    facts.rejected_lines += *lines;
  }
  return base::ok();
}

Expected<base::Done> take_writer(HealthFacts& facts, const std::string& dir, base::WallTime now) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 16;
  const std::string path = dir + "/.pingtrail/counters";
  const auto text = base::read_file(path, kMostBytes);
  if (!text) return text.error();
  const rrd::Counters counters = rrd::parse_counters(*text);
  if (counters.updated_ms <= 0) return invalid_input(path, "no updated_ms");
  const auto since = [now](std::int64_t at_ms) {
    return age_of(base::WallTime(base::Milliseconds(at_ms)), now);
  };
  WriterFacts writer = facts.writer.value_or(WriterFacts{});
  if (writer.oldest.empty() || since(counters.updated_ms) > writer.age) {
    writer.age = since(counters.updated_ms);
    writer.oldest = dir;
  }
  const auto take_oldest = [&](std::optional<base::Milliseconds>& into, std::int64_t at_ms) {
    if (at_ms > 0) into = std::max(into.value_or(base::Milliseconds{0}), since(at_ms));
  };
  take_oldest(writer.newest_sample_age, counters.newest_sample_s * 1000);
  take_oldest(writer.oldest_pending_age, counters.oldest_pending_ms);
  writer.rejects += counters.rejects_total;
  writer.store_failures += counters.store_failures_total;
  facts.writer = writer;
  return base::ok();
}

// What cannot be looked at is said beside what can.
void take_archiving(HealthFacts& facts, const Words& words, base::WallTime now) {
  for (const std::string& dir : words.all("spool")) {
    if (!facts.spool) facts.spool.emplace();
    if (auto done = take_spool(*facts.spool, dir, now); !done) {
      facts.unknown.push_back(done.error().message);
    }
  }
  for (const std::string& dir : words.all("rrd-dir")) {
    if (auto done = take_writer(facts, dir, now); !done) {
      facts.unknown.push_back(done.error().message);
    }
  }
}

}  // namespace

Expected<int> run_health(const Words& words) {
  const auto where = setting(words, default_state_dir());
  if (!where) return where.error();
  const auto limits = limits_of(words);
  if (!limits) return limits.error();
  HealthFacts facts;
  for (const std::string& dir : where->state_dirs) {
    const auto listing = history::read_states(dir);
    if (!listing) return listing.error();
    take_states(facts, *listing, where->asof);
    take_journal(facts, dir, listing->states);
    if (auto done = take_disk(facts, dir); !done) return done.error();
  }
  take_archiving(facts, words, where->asof);
  const report::Health health = report::judge_health(facts, *limits);
  if (auto done = emit(health.line + "\n"); !done) return done.error();
  return health.exit_code;
}

}  // namespace pingtrail::cli
