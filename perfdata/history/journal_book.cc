// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/journal_book.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace pingtrail::history {
namespace {

void rename_in(Book& book, const JournalRecord& record) {
  auto old = book.extract(record.key_hash);
  if (old.empty()) return;
  Told& to = book[record.new_key_hash];
  to.key = {record.transition.text, record.series};
  to.builders.splice(to.builders.begin(), old.mapped().builders);
  to.changed = true;
}

void put_key(HostHistory& out, const HostKey& told, const HostState* state) {
  out.key = state == nullptr ? told : state->key;
  if (state == nullptr) return;
  out.group = state->group;
  out.state = *state;
}

// Keeps the history from before where the new one says the same: readers share it.
HistoryPtr kept_or_new(const HistoryPtr& before, HostHistory&& now) {
  if (before && *before == now) return before;
  return std::make_shared<const HostHistory>(std::move(now));
}

}  // namespace

void take_record(Book& book, const JournalRecord& record) {
  const Transition& transition = record.transition;
  if (transition.kind == TransitionKind::amendment) {
    if (transition.amendment == AmendmentKind::rename) rename_in(book, record);
    if (transition.amendment == AmendmentKind::forget) book.erase(record.key_hash);
    return;
  }
  if (transition.kind == TransitionKind::maintenance) return;
  Told& told = book[record.key_hash];
  if (told.builders.empty()) {
    told.key = {record.name, record.series};
    told.builders.emplace_back();
  }
  told.builders.back().add(transition);
  told.changed = true;
}

HostHistory finish_told(Told told, const HostState* state) {
  if (told.builders.empty()) told.builders.emplace_back();
  std::vector<HostHistory> past;
  for (TimelineBuilder& builder : told.builders) {
    const bool newest = &builder == &told.builders.back();
    HostHistory history;
    history.parts = std::move(builder).finish(newest ? state : nullptr);
    past.push_back(std::move(history));
  }
  HostHistory out = past.size() == 1 ? std::move(past.front()) : merge_histories(past);
  put_key(out, told.key, state);
  return out;
}

HistoryPtr finish_on(Told& told, const HostState* state) {
  told.changed = false;
  if (told.builders.size() > 1) {
    Told copy;
    copy.key = told.key;
    copy.builders = told.builders;
    told.history = kept_or_new(told.history, finish_told(std::move(copy), state));
    return told.history;
  }
  std::vector<Part> settled;
  std::vector<Part> open;
  if (told.builders.empty()) {
    open = TimelineBuilder{}.finish(state);
  } else {
    settled = told.builders.front().settle();
    open = TimelineBuilder(told.builders.front()).finish(state);
  }
  HostHistory out;
  const std::size_t before = told.settled;
  out.parts.reserve(before + settled.size() + open.size());
  if (before > 0) {
    const auto& parts = told.history->parts;
    out.parts.assign(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(before));
  }
  std::move(settled.begin(), settled.end(), std::back_inserter(out.parts));
  std::move(open.begin(), open.end(), std::back_inserter(out.parts));
  told.settled = before + settled.size();
  put_key(out, told.key, state);
  told.history = kept_or_new(told.history, std::move(out));
  return told.history;
}

void restore_settled(Told& told) {
  if (told.settled == 0) return;
  told.builders.front().restore(std::span(told.history->parts).first(told.settled));
  told.settled = 0;
}

HistoryPtr merge_shared(std::span<const HistoryPtr> same_key) {
  std::vector<HostHistory> same;
  for (const HistoryPtr& history : same_key) same.push_back(*history);
  return std::make_shared<const HostHistory>(merge_histories(same));
}

std::vector<HistoryPtr> merge_same_keys(std::vector<HistoryPtr> hosts, const Merge& merge) {
  const auto before = [](const HistoryPtr& a, const HistoryPtr& b) { return a->key < b->key; };
  // State files are listed by name, which is nearly the order of the keys.
  if (!std::is_sorted(hosts.begin(), hosts.end(), before)) {
    std::stable_sort(hosts.begin(), hosts.end(), before);
  }
  std::vector<HistoryPtr> out;
  out.reserve(hosts.size());
  for (std::size_t i = 0; i < hosts.size();) {
    std::size_t past = i + 1;
    while (past < hosts.size() && hosts[past]->key == hosts[i]->key) ++past;
    const auto same = std::span<const HistoryPtr>(hosts).subspan(i, past - i);
    out.push_back(same.size() == 1 ? same.front() : merge(same));
    i = past;
  }
  return out;
}

}  // namespace pingtrail::history
