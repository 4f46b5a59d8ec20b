// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/snapshot.h"

#include <algorithm>
#include <array>
#include <utility>

#include "exporter/metrics/catalogue.h"
#include "exporter/metrics/text.h"
#include "perfdata/history/calendar.h"
#include "perfdata/history/outages.h"

namespace pingtrail::metrics {
namespace {

using history::HostHistory;
using history::HostState;
using history::ObservedState;
using history::TimeSpan;

// What one row is made of.
struct Source {
  const HostHistory* history = nullptr;
  std::span<const TimeSpan> planned;
  bool in_order = false;
};

// The samples of one host, before they go into their columns.
class Values {
 public:
  explicit Values(std::size_t windows) : samples_(kFixedColumns + windows * kWindowColumns) {}

  void clear() { std::fill(samples_.begin(), samples_.end(), Sample{}); }
  Sample& operator[](Column column) { return samples_[static_cast<std::size_t>(column)]; }
  Sample& of_window(std::size_t window, std::size_t part) {
    return samples_[kFixedColumns + window * kWindowColumns + part];
  }
  std::span<const Sample> all() const { return samples_; }

 private:
  std::vector<Sample> samples_;
};

void put_split(Values& values, Column unplanned, Column planned,
               const history::PlannedSplit& split) {
  values[unplanned] = Sample::seconds(split.unplanned);
  values[planned] = Sample::seconds(split.planned);
}

void put_state(Values& values, const HostState& state, WallTime asof) {
  const auto now = history::state_at(state, asof);
  if (now) values[Column::up] = Sample::count(*now == ObservedState::up ? 1 : 0);
  if (state.last_up) values[Column::last_up] = Sample::instant(*state.last_up);
  if (!state.state) return;
  values[Column::state_change] = Sample::instant(state.since);
  values[Column::outage_duration] = Sample::seconds(history::downtime_at(state, asof));
  if (state.outage) values[Column::outage_start] = Sample::instant(state.outage->start);
}

void put_counters(Values& values, const history::Counters& counters) {
  values[Column::outages] = Sample::count(counters.outages);
  put_split(values, Column::up_unplanned, Column::up_planned, counters.up);
  put_split(values, Column::down_unplanned, Column::down_planned, counters.down);
  put_split(values, Column::unknown_unplanned, Column::unknown_planned, counters.unknown);
  values[Column::sent] = Sample::count(counters.probes_sent);
  values[Column::received] = Sample::count(counters.probes_received);
  values[Column::duplicate] = Sample::count(counters.probes_duplicate);
}

void put_last(Values& values, const HostState& state) {
  if (state.counters.checks == 0) return;
  const history::LastResult& last = state.last;
  values[Column::last_check] = Sample::instant(last.at);
  if (last.sent > 0) {
    const double lost = static_cast<double>(last.sent) - std::min(last.received, last.sent);
    values[Column::loss] = Sample::real(lost / last.sent);
  }
  if (!last.round_trips) return;
  values[Column::rtt_min] = Sample::real(last.round_trips->min_s);
  values[Column::rtt_avg] = Sample::real(last.round_trips->mean_s);
  values[Column::rtt_max] = Sample::real(last.round_trips->max_s);
  values[Column::rtt_median] = Sample::real(last.round_trips->median_s);
}

void put_windows(Values& values, const Source& source, std::span<const TimeSpan> windows,
                 WallTime asof) {
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto figures =
        history::window_split(*source.history, windows[i], asof, source.planned, source.in_order);
    values.of_window(i, 0) = Sample::ratio_of_percent(figures.availability_pct);
    values.of_window(i, 1) = Sample::ratio_of_percent(figures.coverage_pct);
    values.of_window(i, 2) = Sample::seconds(figures.down.unplanned);
  }
}

void put_host(Values& values, const Source& source, std::span<const TimeSpan> windows,
              WallTime asof) {
  values.clear();
  put_windows(values, source, windows, asof);
  const bool planned = history::covered(source.planned, asof, asof + Milliseconds{1}).count() > 0;
  values[Column::in_maintenance] = Sample::count(planned ? 1 : 0);
  // What an RRD tells is good for windows only: it has no checks to count.
  if (source.history->reconstructed || !source.history->state) return;
  const HostState& state = *source.history->state;
  put_state(values, state, asof);
  put_counters(values, state.counters);
  put_last(values, state);
  values[Column::flapping] = Sample::real(history::flapping_percent(state.flaps));
}

// Longer values are cut; only aliases and groups from hand-written files come near.
constexpr std::size_t kLongestValue = 1024;

// Appends `,name="value"` unless the value is empty. Returns whether bytes were replaced.
bool append_label(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return false;
  out += ',';
  out += name;
  out += "=\"";
  const bool replaced = append_escaped(out, value.substr(0, kLongestValue));
  out += '"';
  return replaced;
}

std::uint16_t bytes_since(const std::string& text, std::size_t begin) {
  return static_cast<std::uint16_t>(text.size() - begin);
}

// Appends the host's labels to the snapshot.
HostRow write_labels(Snapshot& out, const HostHistory& history, const Aliases* aliases) {
  std::string& text = out.label_text;
  HostRow row;
  row.history = &history;
  row.at = text.size();
  text += Snapshot::kHostLabel;
  bool replaced = append_escaped(text, history.key.name);
  row.name_bytes = bytes_since(text, row.at + Snapshot::kHostLabel.size());
  if (history.state && !history.state->address.empty()) {
    text += Snapshot::kAddressLabel;
    const std::size_t begin = text.size();
    append_escaped(text, std::string_view(history.state->address).substr(0, kLongestValue));
    row.address_bytes = bytes_since(text, begin);
  }
  text += '"';
  replaced = append_label(text, "series", history.key.series) || replaced;
  // Two keys that differ only in bytes that are no UTF-8 must not become one series.
  if (replaced) {
    const std::string series =
        history.key.series.empty() ? "" : "~" + percent_encoded(history.key.series);
    append_label(text, "host_bytes", percent_encoded(history.key.name) + series);
  }
  row.labels_bytes = bytes_since(text, row.at);
  append_label(text, "group", history.group);
  if (aliases != nullptr) {
    const auto alias = aliases->find(history.key.name);
    if (alias != aliases->end()) append_label(text, "alias", alias->second);
  }
  append_label(text, "source", history.reconstructed ? "reconstructed" : "journal");
  row.info_bytes = bytes_since(text, row.at + row.labels_bytes);
  return row;
}

base::Expected<std::vector<TimeSpan>> window_spans(const SnapshotOptions& options, WallTime asof) {
  std::vector<TimeSpan> out;
  for (const WindowSpec& window : options.windows) {
    if (window.length) {
      out.push_back({asof - *window.length, asof});
      continue;
    }
    const auto month = history::month_of(asof, options.zone);
    if (!month) return month.error();
    out.push_back({month->from, asof});
  }
  return out;
}

// The view's hosts and those of RRDs that it does not know, by key.
std::vector<Source> sources(const SnapshotInputs& inputs) {
  const auto& view = *inputs.view;
  std::vector<Source> out;
  out.reserve(view.archive.hosts.size() + inputs.reconstructed.size());
  for (std::size_t i = 0; i < view.archive.hosts.size(); ++i) {
    out.push_back({view.archive.hosts[i].get(), *view.facts[i].planned, view.facts[i].in_order});
  }
  const auto by_name = [](const auto& host, const std::string& name) {
    return host->key.name < name;
  };
  for (const auto& host : inputs.reconstructed) {
    const auto& known = view.archive.hosts;
    const auto same = std::lower_bound(known.begin(), known.end(), host->key.name, by_name);
    if (same != known.end() && (*same)->key.name == host->key.name) continue;
    out.push_back({host.get(), {}, history::parts_in_order(host->parts)});
  }
  if (!inputs.reconstructed.empty()) {
    std::stable_sort(out.begin(), out.end(), [](const Source& a, const Source& b) {
      return a.history->key < b.history->key;
    });
  }
  return out;
}

}  // namespace

base::Expected<std::shared_ptr<const Snapshot>> take_snapshot(const SnapshotInputs& inputs,
                                                              const SnapshotOptions& options,
                                                              WallTime asof) {
  const auto spans = window_spans(options, asof);
  if (!spans) return spans.error();
  const std::vector<Source> hosts = sources(inputs);
  auto out = std::make_shared<Snapshot>();
  out->view = inputs.view;
  out->reconstructed = inputs.reconstructed;
  out->asof = asof;
  for (const WindowSpec& window : options.windows) out->windows.push_back(window.label);
  out->histogram = options.histogram.value_or(hosts.size() <= kHistogramHosts);
  out->writer = inputs.writer;
  out->hosts.reserve(hosts.size());
  Values values(spans->size());
  out->columns.resize(values.all().size());
  for (auto& column : out->columns) column.reserve(hosts.size());
  for (const Source& source : hosts) {
    out->hosts.push_back(write_labels(*out, *source.history, inputs.aliases.get()));
    put_host(values, source, *spans, asof);
    for (std::size_t i = 0; i < out->columns.size(); ++i)
      out->columns[i].push_back(values.all()[i]);
  }
  return std::shared_ptr<const Snapshot>(std::move(out));
}

}  // namespace pingtrail::metrics
