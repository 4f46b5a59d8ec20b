// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/archive.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "perfdata/history/journal_book.h"
#include "perfdata/history/maintenance_file.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::history {
namespace {

constexpr Milliseconds kPeopleWait{5000};  // people and timers, not checks

void load_maintenance(const std::string& dir, Archive& archive) {
  auto file = read_maintenance(dir);
  if (!file) {
    archive.notes.push_back(file.error().message);
    return;
  }
  note_maintenance(dir, *file, archive.notes);
  for (MaintenanceWindow& window : file->windows) {
    archive.maintenance.push_back(std::move(window));
  }
}

base::Expected<base::Done> load_directory(const std::string& dir, Archive& archive,
                                          std::vector<HistoryPtr>& hosts) {
  auto listing = read_states(dir);
  if (!listing) return listing.error();
  for (std::string& note : listing->unreadable) archive.notes.push_back(std::move(note));
  Book book;
  auto report =
      walk_journal(dir, [&book](const JournalRecord& record) { take_record(book, record); });
  if (report) report = held_against(std::move(*report), listing->states);
  if (!note_journal(dir, report, archive.notes)) archive.verified = false;
  for (const HostState& state : listing->states) {
    auto told = book.extract(key_hash(state.key));
    hosts.push_back(std::make_shared<const HostHistory>(
        finish_told(told.empty() ? Told{} : std::move(told.mapped()), &state)));
  }
  std::vector<std::uint64_t> rest;
  for (const auto& [hash, told] : book) rest.push_back(hash);
  std::sort(rest.begin(), rest.end());
  for (const std::uint64_t hash : rest) {
    hosts.push_back(
        std::make_shared<const HostHistory>(finish_told(std::move(book.at(hash)), nullptr)));
  }
  load_maintenance(dir, archive);
  return base::ok();
}

Transition amendment(AmendmentKind kind, WallTime now) {
  Transition out;
  out.kind = TransitionKind::amendment;
  out.amendment = kind;
  out.at = now;
  return out;
}

base::Expected<base::Done> append_record(const std::string& dir, const HostKey& key,
                                         const Transition& transition,
                                         std::uint64_t new_key_hash = 0) {
  auto journal = JournalFile::open(dir);
  if (!journal) return journal.error();
  const Append append{key, 0, false, {&transition, 1}, new_key_hash};
  return journal->append({&append, 1}, kPeopleWait);
}

// Every series under a name, from state files and journal.
base::Expected<std::vector<HostKey>> series_of(const std::string& dir, const std::string& name) {
  Archive archive;
  std::vector<HistoryPtr> hosts;
  if (auto loaded = load_directory(dir, archive, hosts); !loaded) return loaded.error();
  std::vector<HostKey> out;
  for (const HistoryPtr& history : hosts) {
    if (history->key.name == name) out.push_back(history->key);
  }
  return out;
}

base::Expected<base::Done> rename_key(const std::string& dir, const HostKey& from,
                                      const HostKey& to, WallTime now) {
  auto old = open_state(dir, from, false);
  if (old) {
    auto target = open_state(dir, to, true);
    if (!target) return target.error();
    target->state = old->state;
    target->state.key = to;
    if (auto written = target->write(); !written) return written.error();
  } else if (old.error().kind != base::ErrorKind::not_found) {
    return old.error();
  }
  Transition record = amendment(AmendmentKind::rename, now);
  record.text = to.name;
  if (auto done = append_record(dir, from, record, key_hash(to)); !done) return done.error();
  return remove_state(dir, from);
}

// What was planned for the old name is planned for the new one: a past month keeps its figures. A
// pattern goes along up to now only, as what it will fit from now on is its writer's to say.
base::Expected<base::Done> carry_planned(const std::string& dir, const std::string& from,
                                         const std::string& to, WallTime now) {
  const auto file = read_maintenance(dir);
  if (!file) return file.error();
  std::vector<MaintenanceWindow> carried;
  for (const MaintenanceWindow& window : file->windows) {
    if (!glob_matches(window.host_glob, from) || glob_matches(window.host_glob, to)) continue;
    MaintenanceWindow copy = window;
    const bool own = window.host_glob == from || window.host_glob == glob_of(from);
    if (!own) copy.span.to = std::min(copy.span.to, now);
    copy.host_glob = glob_of(to);
    copy.added = now;
    if (copy.span.from < copy.span.to) carried.push_back(std::move(copy));
  }
  const auto added = add_maintenance(dir, carried, now);
  if (!added) return added.error();
  return base::ok();
}

}  // namespace

bool has_begun(const HostState& state) {
  return state.state && state.pending.empty() && state.lost_transitions == 0;
}

ChainReport held_against(ChainReport walked, std::span<const HostState> states) {
  return held_against(std::move(walked), std::any_of(states.begin(), states.end(), has_begun));
}

ChainReport held_against(ChainReport walked, bool any_begun) {
  if (walked.present || !any_begun) return walked;
  walked.state = ChainState::broken;
  walked.first_bad = 0;
  walked.fact = "record 0: missing, there is no journal to the states";
  return walked;
}

bool note_journal(const std::string& dir, const base::Expected<ChainReport>& report,
                  std::vector<std::string>& notes) {
  if (!report) {
    notes.push_back(report.error().message);
    return false;
  }
  if (report->state == ChainState::intact) return true;
  notes.push_back(dir + "/journal/chain: " + report->fact);
  return report->state != ChainState::broken;
}

void note_maintenance(const std::string& dir, const MaintenanceFile& file,
                      std::vector<std::string>& notes) {
  for (const BadLine& bad : file.bad) {
    notes.push_back(dir + "/maintenance: line " + std::to_string(bad.line) + ": " + bad.fact);
  }
}

base::Expected<Archive> load_archive(std::span<const std::string> state_dirs) {
  Archive out;
  std::vector<HistoryPtr> hosts;
  for (const std::string& dir : state_dirs) {
    if (auto loaded = load_directory(dir, out, hosts); !loaded) return loaded.error();
  }
  out.hosts = merge_same_keys(std::move(hosts));
  return out;
}

base::Expected<MaintenanceFile> read_maintenance(const std::string& state_dir) {
  const auto text = read_maintenance_text(state_dir);
  if (!text) return text.error();
  return parse_maintenance(*text);
}

base::Expected<std::size_t> add_maintenance(const std::string& state_dir,
                                            std::span<const MaintenanceWindow> windows,
                                            WallTime now) {
  const auto present = read_maintenance(state_dir);
  if (!present) return present.error();
  using Identity = std::tuple<std::string, WallTime, WallTime, std::string>;
  const auto identity = [](const MaintenanceWindow& window) {
    return Identity{window.host_glob, window.span.from, window.span.to, window.origin};
  };
  std::set<Identity> seen;
  for (const MaintenanceWindow& window : present->windows) seen.insert(identity(window));
  std::string lines;
  std::vector<Transition> records;
  std::vector<HostKey> keys;
  for (const MaintenanceWindow& window : windows) {
    if (!seen.insert(identity(window)).second) continue;
    lines += format_maintenance(window);
    Transition record = amendment(AmendmentKind::maintenance, now);
    if (window.span.from >= now) record.kind = TransitionKind::maintenance;
    record.from = window.span.from;
    record.to = window.span.to;
    record.text = window.comment;
    records.push_back(std::move(record));
    keys.push_back({window.host_glob, ""});
  }
  if (records.empty()) return std::size_t{0};
  auto journal = JournalFile::open(state_dir);
  if (!journal) return journal.error();
  if (auto done = append_maintenance_text(state_dir, lines); !done) return done.error();
  std::vector<Append> batch;
  for (std::size_t i = 0; i < records.size(); ++i) {
    batch.push_back({keys[i], 0, false, {&records[i], 1}, 0});
  }
  if (auto done = journal->append(batch, kPeopleWait); !done) return done.error();
  return records.size();
}

base::Expected<base::Done> rename_host(const std::string& state_dir, const std::string& old_name,
                                       const std::string& new_name, WallTime now) {
  if (const auto fault = key_fault({new_name, ""})) return base::invalid_input(new_name, *fault);
  const auto keys = series_of(state_dir, old_name);
  if (!keys) return keys.error();
  if (keys->empty()) return base::Error{base::ErrorKind::not_found, old_name + ": no such host"};
  const auto taken = series_of(state_dir, new_name);
  if (!taken) return taken.error();
  if (!taken->empty()) return base::invalid_input(new_name, "this name is in use");
  // First, as a rename that is killed halfway can be said again, and then finds these there.
  if (auto done = carry_planned(state_dir, old_name, new_name, now); !done) return done;
  for (const HostKey& key : *keys) {
    auto done = rename_key(state_dir, key, {new_name, key.series}, now);
    if (!done) return done;
  }
  return base::ok();
}

base::Expected<base::Done> forget_host(const std::string& state_dir, const std::string& name,
                                       WallTime now) {
  const auto keys = series_of(state_dir, name);
  if (!keys) return keys.error();
  if (keys->empty()) return base::Error{base::ErrorKind::not_found, name + ": no such host"};
  for (const HostKey& key : *keys) {
    auto done = append_record(state_dir, key, amendment(AmendmentKind::forget, now));
    if (!done) return done;
    if (auto removed = remove_state(state_dir, key); !removed) return removed;
  }
  return base::ok();
}

}  // namespace pingtrail::history
