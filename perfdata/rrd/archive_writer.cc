// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/archive_writer.h"

#include <algorithm>
#include <utility>

#include "perfdata/rrd/local_store.h"
#include "perfdata/rrd/xml_page.h"

namespace pingtrail::rrd {
namespace {

using base::Done;
using base::Error;
using base::ErrorKind;
using base::Expected;

constexpr std::int64_t kEarliest =
    10LL * 365 * 86'400 + 86'400;  // librrd starts no archive before 1980
constexpr std::int64_t kClockSkew =
    3'600;  // a sample from beyond would lock the archive until then
constexpr std::size_t kRecentTimes = 64;

bool passes_by(const Error& error) {
  return error.kind != ErrorKind::invalid_input && error.kind != ErrorKind::not_permitted;
}

std::string item_reason(std::size_t position, const text::Item& item) {
  constexpr std::size_t kShown = 60;
  std::string shown = printable(item.text.substr(0, kShown));
  if (item.text.size() > kShown) shown += "...";
  return "item " + std::to_string(position) + " (" + shown +
         "): " + std::string(text::fault_text(item.fault)) + "; stored as unknown";
}

}  // namespace

struct ArchiveWriter::Pass {
  Pass(Group& group_at_hand, Known& known_of_it, const WriterConfig& writer_config,
       Replay what_may_be)
      : group(group_at_hand), known(known_of_it), config(writer_config), replay(what_may_be) {}

  Group& group;
  Known& known;
  const WriterConfig& config;
  Replay replay;
  Presence presence = Presence::missing;
  OpenArchive archive;
  bool stale = false;              // updated since it was opened
  std::int64_t found_last_s = -1;  // the archive's time when it was first opened
  std::int64_t last_s = -1;        // newest time written or about to be
  std::vector<text::Item> items;   // of the sample at hand
  std::string_view command;
  std::vector<std::string> rows;
  std::vector<const Sample*> row_samples;
  const Sample* newest = nullptr;
  std::vector<Rejected> rejected;
  Counters counters;

  void reject(const Sample& sample, std::string reason) {
    rejected.push_back({sample.file, sample.line.line, std::move(reason)});
  }
  std::size_t sources() const {
    return presence == Presence::whole ? archive.header.sources.size() : 0;
  }
  void read_items(const Sample& sample) {
    items.clear();
    text::ItemReader reader(sample.line.record.perfdata);
    for (text::Item item; reader.next(item);) items.push_back(item);
    command = reader.command();
  }
};

void ArchiveWriter::forget(const ArchiveName& name) {
  known_.erase(name.host + "/" + name.service);
}

Expected<Done> ArchiveWriter::write(Group& group, Replay replay, const WriterConfig& config,
                                    std::vector<Rejected>& rejected) {
  std::stable_sort(
      group.samples.begin(), group.samples.end(),
      [](const Sample& a, const Sample& b) { return a.line.record.time_s < b.line.record.time_s; });
  Known& known = known_[group.name.host + "/" + group.name.service];
  Pass pass(group, known, config, group.tried ? Replay::partly : replay);
  auto done = prepare(pass);
  for (const Sample& sample : group.samples) {
    if (done) done = take(pass, sample);
  }
  if (done) done = flush(pass);
  if (done) done = finish_page(pass);
  if (!done && passes_by(done.error())) {
    group.tried = true;
    forget(group.name);
    ++counters_.store_failures_total;
    return done;
  }
  if (!done) {
    pass.rejected.clear();
    for (const Sample& sample : group.samples) pass.reject(sample, done.error().message);
    forget(group.name);
  }
  rejected.insert(rejected.end(), std::make_move_iterator(pass.rejected.begin()),
                  std::make_move_iterator(pass.rejected.end()));
  add_totals(counters_, pass.counters);
  return base::ok();
}

Expected<Done> ArchiveWriter::open(Pass& pass) const {
  auto found = tree_.find(pass.group.name, store_.wants_lock());
  if (!found) return found.error();
  if (found->waited) ++pass.counters.lock_waits_total;
  pass.presence = found->presence;
  pass.stale = false;
  if (found->presence == Presence::damaged) {
    const std::string path = tree_.path(pass.group.name);
    if (auto done = tree_.set_aside(pass.group.name, pass.config.now_s); !done) return done;
    pass.config.warn(path + ": " + found->fault + "; set aside and begun anew");
    ++pass.counters.archives_set_aside_total;
    pass.presence = Presence::missing;
    return base::ok();
  }
  pass.archive = std::move(found->archive);
  return base::ok();
}

Expected<Done> ArchiveWriter::prepare(Pass& pass) {
  if (auto done = open(pass); !done) return done;
  Known& known = pass.known;
  if (!known.loaded) {
    auto xml = tree_.read_xml(pass.group.name);
    if (!xml) return xml.error();
    known.table = SourceTable(parse_xml_sources(xml->text));
    known.page_written_s = xml->modified_s;
    known.found_page = std::move(xml->text);
    known.loaded = true;
  }
  if (pass.presence != Presence::whole) return base::ok();
  pass.found_last_s = pass.last_s = pass.archive.header.last_update_s;
  if (known.table.size() < pass.sources() && !pass.group.samples.empty()) {
    pass.read_items(pass.group.samples.front());
    known.table.adopt(pass.items, pass.sources());
  }
  const auto& samples = pass.group.samples;
  const bool ours = std::any_of(samples.begin(), samples.end(), [&](const Sample& sample) {
    return sample.line.record.time_s == pass.found_last_s;
  });
  // A killed process stops between updates (undo log), so the archive's time is that of a sample it
  // had in hand, or from before.
  if (pass.replay == Replay::whole) pass.replay = ours ? Replay::partly : Replay::none;
  return base::ok();
}

// Whether the archive is already past the sample; then it is counted or rejected here.
bool ArchiveWriter::is_old(Pass& pass, const Sample& sample) {
  const std::int64_t time_s = sample.line.record.time_s;
  if (time_s > pass.last_s) return false;
  if (time_s > pass.found_last_s && pass.newest != nullptr) {
    if (sample.line.record.perfdata == pass.newest->line.record.perfdata) {
      ++pass.counters.samples_duplicate_total;
    } else {
      pass.reject(sample, "a second sample of the same second");
    }
    return true;
  }
  const auto& recent = pass.known.recent;
  const bool known_time = std::find(recent.begin(), recent.end(), time_s) != recent.end();
  if (pass.replay == Replay::partly || known_time || time_s == pass.found_last_s) {
    ++pass.counters.samples_duplicate_total;
  } else {
    pass.reject(sample, "older than the newest sample of its archive, " +
                            std::to_string(pass.found_last_s));
  }
  return true;
}

void ArchiveWriter::report_items(Pass& pass, const Sample& sample) const {
  for (std::size_t i = 0; i < pass.items.size(); ++i) {
    if (pass.items[i].fault != text::ItemFault::none)
      pass.reject(sample, item_reason(i + 1, pass.items[i]));
  }
}

Expected<Done> ArchiveWriter::take(Pass& pass, const Sample& sample) {
  const spool::Record& record = sample.line.record;
  pass.read_items(sample);
  if (pass.items.empty()) return base::ok();
  if (record.time_s < kEarliest) {
    pass.reject(sample, "its time lies before 1980");
    return base::ok();
  }
  if (record.time_s > pass.config.now_s + kClockSkew) {
    pass.reject(sample, "its time lies more than an hour in the future");
    return base::ok();
  }
  if (is_old(pass, sample)) return base::ok();
  const bool labelled = std::any_of(pass.items.begin(), pass.items.end(),
                                    [](const text::Item& item) { return !item.label.empty(); });
  if (!labelled) {
    pass.reject(sample, "no item with a label");
    return base::ok();
  }
  if (!pass.known.table.assign(pass.items)) {
    pass.reject(sample, "more than " + std::to_string(SourceTable::kMostSources) +
                            " sources in one archive");
    return base::ok();
  }
  pass.known.table.remember(pass.items);
  if (pass.known.table.size() > pass.sources()) {
    if (auto done = make_room(pass, sample); !done) return done;
  }
  report_items(pass, sample);
  add_row(pass, sample);
  return base::ok();
}

void ArchiveWriter::add_row(Pass& pass, const Sample& sample) {
  const auto& types = pass.archive.header.sources;
  const auto& places = pass.known.table.places();
  std::vector<const text::Item*> by_source(types.size(), nullptr);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i]) by_source[*places[i]] = &pass.items[i];
  }
  std::string row = std::to_string(sample.line.record.time_s);
  for (std::size_t i = 0; i < types.size(); ++i) {
    row += ':';
    if (by_source[i] == nullptr) {
      row += 'U';
    } else {
      append_update_value(row, *by_source[i], types[i]);
    }
  }
  pass.rows.push_back(std::move(row));
  pass.row_samples.push_back(&sample);
  pass.newest = &sample;
  pass.last_s = sample.line.record.time_s;
}

// Gives the archive the sources the table has more, or makes the archive. The page first: sources
// it names too many are added when we come back, but nobody could tell the labels of unnamed ones.
Expected<Done> ArchiveWriter::make_room(Pass& pass, const Sample& sample) {
  if (auto done = flush(pass); !done) return done;
  if (auto done = store_.settle(); !done) return done;
  if (pass.stale) {
    if (auto done = open(pass); !done) return done;
  }
  if (auto done = write_page(pass, sample.line.record, true); !done) return done;
  const auto& sources = pass.known.table.sources();
  const std::size_t have = pass.sources();
  std::vector<NewSource> added;
  for (std::size_t i = have; i < sources.size(); ++i) added.push_back({sources[i].unit == "c"});
  const ArchiveName& name = pass.group.name;
  const RraConfig& rra = pass.config.rra;
  if (pass.presence == Presence::whole) {
    if (auto done = add_sources(tree_, name, worker_, pass.archive, rra.heartbeat_s, added); !done)
      return done;
    pass.counters.sources_added_total += static_cast<std::int64_t>(added.size());
  } else {
    const std::int64_t start_s = sample.line.record.time_s - rra.step_s;
    if (auto done = create_archive(tree_, name, worker_, rra, start_s, added); !done) return done;
    ++pass.counters.archives_created_total;
  }
  if (auto done = open(pass); !done) return done;
  if (pass.sources() >= sources.size()) return base::ok();
  return Error{ErrorKind::system, tree_.path(name) + ": has not got the sources just added"};
}

Expected<Done> ArchiveWriter::flush(Pass& pass) {
  while (!pass.rows.empty()) {
    if (pass.stale) {
      if (auto done = open(pass); !done) return done;
    }
    if (pass.presence != Presence::whole) {
      return Error{ErrorKind::system,
                   tree_.path(pass.group.name) + ": went away during the update"};
    }
    const std::int64_t last_s = pass.row_samples.back()->line.record.time_s;
    auto done = store_.update(pass.group.name, pass.archive, pass.rows, last_s);
    pass.stale = true;
    if (done) {
      written(pass, pass.rows.size());
      return base::ok();
    }
    if (done.error().kind != ErrorKind::invalid_input) return done;
    if (auto again = drop_refused(pass, done.error()); !again) return again;
  }
  return base::ok();
}

// librrd stops at the first row it refuses: those in front of it are written.
Expected<Done> ArchiveWriter::drop_refused(Pass& pass, const Error& refusal) {
  if (auto done = open(pass); !done) return done;
  const std::int64_t reached_s =
      pass.presence == Presence::whole ? pass.archive.header.last_update_s : -1;
  std::size_t done_rows = 0;
  while (done_rows < pass.rows.size() &&
         pass.row_samples[done_rows]->line.record.time_s <= reached_s)
    ++done_rows;
  const bool refused = done_rows < pass.rows.size();
  if (refused) pass.reject(*pass.row_samples[done_rows], refusal.message);
  written(pass, done_rows);
  if (refused) {
    pass.rows.erase(pass.rows.begin());
    pass.row_samples.erase(pass.row_samples.begin());
  }
  return base::ok();
}

void ArchiveWriter::written(Pass& pass, std::size_t count) {
  Known& known = pass.known;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t time_s = pass.row_samples[i]->line.record.time_s;
    if (known.recent.size() < kRecentTimes) {
      known.recent.push_back(time_s);
    } else {
      known.recent[known.recent_next] = time_s;
    }
    known.recent_next = (known.recent_next + 1) % kRecentTimes;
    pass.counters.newest_sample_s = std::max(pass.counters.newest_sample_s, time_s);
  }
  pass.counters.samples_written_total += static_cast<std::int64_t>(count);
  pass.rows.erase(pass.rows.begin(), pass.rows.begin() + static_cast<std::ptrdiff_t>(count));
  pass.row_samples.erase(pass.row_samples.begin(),
                         pass.row_samples.begin() + static_cast<std::ptrdiff_t>(count));
}

// The page of the newest sample; when all were there already and nothing is known of the page, that
// of the one the archive ends with: a killed process may not have come to it.
Expected<Done> ArchiveWriter::finish_page(Pass& pass) {
  if (pass.newest == nullptr && !pass.known.page) {
    for (const Sample& sample : pass.group.samples) {
      if (sample.line.record.time_s != pass.found_last_s) continue;
      pass.read_items(sample);
      SourceTable table = pass.known.table;
      if (!table.assign(pass.items) || table.size() > pass.sources()) continue;
      table.remember(pass.items);
      pass.known.table = std::move(table);
      pass.newest = &sample;
    }
  }
  if (pass.newest == nullptr) return base::ok();
  pass.read_items(*pass.newest);
  return write_page(pass, pass.newest->line.record, false);
}

Expected<Done> ArchiveWriter::write_page(Pass& pass, const spool::Record& record, bool always) {
  Known& known = pass.known;
  const std::string_view command = pass.command.empty() ? record.command : pass.command;
  const XmlPage page{tree_.root(),
                     pass.group.name,
                     template_name(command),
                     pass.config.rra.heartbeat_s,
                     known.table.sources(),
                     record,
                     {}};
  const std::uint64_t print = fingerprint(page);
  const std::int64_t age_s = pass.config.now_s - known.page_written_s;
  const bool due = age_s < 0 || age_s >= pass.config.xml_period_s;
  if (!always && !due && known.page == print) return base::ok();
  const std::string text = render_xml(page);
  const bool met_before = !known.page && !known.found_page.empty();
  const bool as_found = met_before && !always && !due && same_but_values(text, known.found_page);
  known.found_page = {};
  if (as_found) {
    known.page = print;
    return base::ok();
  }
  auto done = tree_.write_xml(pass.group.name, text, worker_);
  if (!done && passes_by(done.error())) return done;
  // The samples are more than their page.
  if (!done) pass.config.warn(done.error().message);
  known.page = print;
  known.page_written_s = pass.config.now_s;
  return base::ok();
}

}  // namespace pingtrail::rrd
