// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/import.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "perfdata/history/advance.h"
#include "perfdata/history/import_line.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/maintenance_file.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::history {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestLine = 65536;
constexpr std::size_t kMostTransitions = 65536;  // held in memory before they are written
constexpr std::size_t kHostsAtOnce = 128;        // locked together, for a few milliseconds
constexpr int kLockTries = 100;
constexpr Milliseconds kJournalWait{5000};

// One host's state in memory, and what its file held when it was read.
struct Imported {
  HostState state;
  std::optional<HostState> read;  // absent: there was no file
  std::vector<Transition> transitions;
  bool dirty = false;
};

struct Hasher {
  using is_transparent = void;  // NOLINT(readability-identifier-naming): the library's word
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};
using Hosts = std::unordered_map<std::string, Imported, Hasher, std::equal_to<>>;

// All boot times of a file belong to one boot. It is named by when it began, so that the same file
// taken again is known again, whatever the wall clock did in it.
BootId boot_of(const ImportLine& line) {
  BootId id{'i', 'm', 'p', 'o', 'r', 't'};
  const auto began = static_cast<std::uint64_t>(
      (line.at.time_since_epoch() - line.boot->time_since_epoch()).count());
  for (std::size_t i = 0; i < 8; ++i)
    id[8 + i] = static_cast<std::uint8_t>(began >> (8 * i) & 0xff);
  return id;
}

// A state file that a live check holds is free again within milliseconds.
base::Expected<OpenState> open_patiently(const std::string& dir, const HostKey& key) {
  auto open = open_state(dir, key, true);
  for (int i = 0; i < kLockTries && !open && open.error().kind == base::ErrorKind::would_block;
       ++i) {
    open = open_state(dir, key, true);
  }
  return open;
}

}  // namespace

struct Importer::Work {
  std::string dir;
  std::function<void(const BadLine&)> bad_line;
  Hosts hosts;
  std::vector<MaintenanceWindow> windows;
  std::optional<BootId> boot;
  ImportColumns columns;
  ImportLine line;
  ImportSummary summary;
  std::string rest;       // an unfinished line
  bool skipping = false;  // it is too long and dropped up to its end
  std::size_t line_number = 0;
  std::size_t waiting = 0;  // transitions in memory
  bool prepared = false;

  base::Expected<base::Done> prepare();
  base::Expected<Imported*> host(std::string_view name);
  base::Expected<base::Done> take_line(std::string_view text);
  base::Expected<base::Done> apply();
  base::Expected<base::Done> flush();
  base::Expected<base::Done> flush_some(std::span<Imported* const> some, JournalFile& journal);
  void bad(std::string fact);
};

void Importer::Work::bad(std::string fact) {
  ++summary.bad_lines;
  if (bad_line) bad_line({line_number, std::move(fact)});
}

base::Expected<base::Done> Importer::Work::prepare() {
  if (prepared) return base::ok();
  const auto text = read_maintenance_text(dir);
  if (!text) return text.error();
  windows = parse_maintenance(*text).windows;
  // Whatever is wrong with the directory shows before the first line is taken.
  if (auto journal = JournalFile::open(dir); !journal) return journal.error();
  prepared = true;
  return base::ok();
}

base::Expected<Imported*> Importer::Work::host(std::string_view name) {
  const auto found = hosts.find(name);
  if (found != hosts.end()) return &found->second;
  const HostKey key{std::string(name), ""};
  Imported entry;
  auto read = read_state(dir, key);
  if (read) {
    if (read->key != key) return base::invalid_input(key.name, "its state file holds another host");
    entry.read = *read;
    entry.state = std::move(*read);
  } else if (read.error().kind == base::ErrorKind::not_permitted) {
    return read.error();
  }
  entry.state.key = key;
  // Everything is booked by all windows at once; the next live check reads the file anew.
  entry.state.maintenance = {};
  entry.state.maintenance.windows = planned_spans(windows, key.name);
  ++summary.hosts;
  return &hosts.emplace(key.name, std::move(entry)).first->second;
}

base::Expected<base::Done> Importer::Work::apply() {
  auto entry = host(line.host);
  if (!entry) return entry.error();
  HostState& state = (*entry)->state;
  Observation observation;
  observation.wall = line.at;
  observation.boot = line.boot;
  observation.state = line.state;
  observation.interval = line.interval;
  observation.live = false;
  if (line.boot) {
    if (!boot) boot = boot_of(line);
    observation.boot_id = *boot;
  }
  Step step = advance_in_place(state, observation);
  (*entry)->dirty = true;
  if (step.verdict == Verdict::late) {
    ++summary.late;
    return base::ok();
  }
  ++(step.verdict == Verdict::applied ? summary.applied : summary.indeterminate);
  if (step.verdict == Verdict::applied || line.at > state.last.at) {
    state.last = LastResult{line.at, line.state, 0, 0, {}, {}};
  }
  for (Transition& transition : step.transitions) {
    (*entry)->transitions.push_back(std::move(transition));
  }
  waiting += step.transitions.size();
  summary.transitions += step.transitions.size();
  return waiting >= kMostTransitions ? flush() : base::ok();
}

base::Expected<base::Done> Importer::Work::take_line(std::string_view text) {
  ++line_number;
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  // Spreadsheets mark UTF-8 so; it is no part of the first field.
  if (line_number == 1 && text.starts_with(kByteOrderMark))
    text.remove_prefix(kByteOrderMark.size());
  if (text.empty()) return base::ok();
  if (line_number == 1 && text.starts_with("time,")) {
    const std::string fact = parse_import_header(text, columns);
    if (!fact.empty()) return base::invalid_input("line 1", fact);
    return base::ok();
  }
  ++summary.lines;
  std::string fact = parse_import_line(text, columns, line);
  if (!fact.empty()) {
    bad(std::move(fact));
    return base::ok();
  }
  return apply();
}

base::Expected<base::Done> Importer::Work::flush_some(std::span<Imported* const> some,
                                                      JournalFile& journal) {
  std::vector<OpenState> open;
  std::vector<Append> batch;
  for (Imported* entry : some) {
    auto file = open_patiently(dir, entry->state.key);
    if (!file) return file.error();
    const bool same = file->fresh ? !entry->read.has_value() : entry->read == file->state;
    // A damaged file is begun anew; one that a live check wrote meanwhile must not lose that.
    if (!same && !file->note) {
      return base::Error{base::ErrorKind::would_block,
                         display_name(entry->state.key) +
                             ": a check recorded it during the import; import the file again"};
    }
    const std::vector<Transition>& left = entry->state.pending;
    if (!left.empty())
      batch.push_back({entry->state.key, entry->state.pending_floor, true, left, 0});
    batch.push_back({entry->state.key, 0, false, entry->transitions, 0});
    open.push_back(std::move(*file));
  }
  if (auto done = journal.append(batch, kJournalWait); !done) return done.error();
  for (std::size_t i = 0; i < some.size(); ++i) {
    some[i]->state.pending.clear();
    open[i].state = some[i]->state;
    if (auto written = open[i].write(); !written) return written.error();
    // As it reads back: texts cut, at most four windows.
    auto stored = read_state(dir, some[i]->state.key);
    if (!stored) return stored.error();
    some[i]->read = std::move(*stored);
    waiting -= some[i]->transitions.size();
    some[i]->transitions.clear();
    some[i]->dirty = false;
  }
  return base::ok();
}

base::Expected<base::Done> Importer::Work::flush() {
  auto journal = JournalFile::open(dir);
  if (!journal) return journal.error();
  std::vector<Imported*> dirty;
  for (auto& [name, entry] : hosts) {
    if (entry.dirty) dirty.push_back(&entry);
  }
  std::sort(dirty.begin(), dirty.end(),
            [](const Imported* a, const Imported* b) { return a->state.key < b->state.key; });
  for (std::size_t i = 0; i < dirty.size(); i += kHostsAtOnce) {
    const std::size_t count = std::min(kHostsAtOnce, dirty.size() - i);
    auto done = flush_some(std::span(dirty).subspan(i, count), *journal);
    if (!done) return done;
  }
  return base::ok();
}

Importer::Importer(std::string state_dir, std::function<void(const BadLine&)> bad_line)
    : work_(std::make_unique<Work>()) {
  work_->dir = std::move(state_dir);
  work_->bad_line = std::move(bad_line);
}
Importer::~Importer() = default;
Importer::Importer(Importer&&) noexcept = default;
Importer& Importer::operator=(Importer&&) noexcept = default;

base::Expected<base::Done> Importer::feed(std::string_view piece) {
  Work& work = *work_;
  if (auto ready = work.prepare(); !ready) return ready;
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    const bool whole = end != std::string_view::npos;
    piece.remove_prefix(whole ? end + 1 : piece.size());
    if (work.skipping || work.rest.size() + part.size() > kLongestLine) {
      if (!work.skipping) {
        ++work.line_number;
        ++work.summary.lines;
        work.bad("longer than 65536 bytes");
        --work.line_number;
      }
      work.skipping = !whole;
      if (whole) ++work.line_number;
      work.rest.clear();
      continue;
    }
    if (!whole) {
      work.rest += part;
      break;
    }
    base::Expected<base::Done> done = base::ok();
    if (work.rest.empty()) {
      done = work.take_line(part);
    } else {
      work.rest += part;
      const std::string text = std::exchange(work.rest, {});
      done = work.take_line(text);
    }
    if (!done) return done;
  }
  return base::ok();
}

base::Expected<ImportSummary> Importer::finish() {
  Work& work = *work_;
  if (auto ready = work.prepare(); !ready) return ready.error();
  if (!work.rest.empty()) {
    const std::string text = std::exchange(work.rest, {});
    if (auto done = work.take_line(text); !done) return done.error();
  }
  if (auto done = work.flush(); !done) return done.error();
  return work.summary;
}

}  // namespace pingtrail::history
