// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/exporter/metrics/estate.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "perfdata/history/maintenance.h"
#include "perfdata/history/outages.h"

namespace pingtrail::metrics::test {
namespace {

using history::HostHistory;
using history::ObservedState;

constexpr std::int64_t kHour = 3600;

// One check a minute from `from_s` to `to_s` before or after noon.
void observe(std::vector<history::Observation>& out, std::int64_t from_s, std::int64_t to_s,
             ObservedState state) {
  for (std::int64_t at = from_s; at < to_s; at += 60) {
    history::Observation observation;
    observation.wall = noon(at);
    observation.state = state;
    observation.interval = Milliseconds(60000);
    observation.live = false;
    out.push_back(observation);
  }
}

HostHistory host(const history::HostKey& key, const std::vector<history::Observation>& seen,
                 const std::string& address, const std::string& group, std::uint32_t received) {
  HostHistory out = history::replay(key, seen);
  history::HostState& state = *out.state;
  state.address = address;
  state.group = group;
  out.group = group;
  state.last.at = seen.empty() ? noon(0) : seen.back().wall;
  state.last.state = seen.empty() ? ObservedState::indeterminate : seen.back().state;
  state.last.sent = seen.empty() ? 0 : 5;
  state.last.received = received;
  state.counters.probes_sent = 5 * seen.size();
  state.counters.probes_received = received * seen.size();
  state.counters.probes_duplicate = received == 5 ? 2 : 0;
  if (received > 0) {
    state.last.round_trips = history::RoundTrips{0.000956, 0.000791, 0.001241, 0.00092};
    for (const double rtt_s : {0.000791, 0.00092, 0.001241, 0.000912, 30.0}) {
      history::add_rtt(state.rtt, rtt_s);
    }
  }
  return out;
}

std::vector<HostHistory> hosts() {
  constexpr auto kUp = ObservedState::up;
  constexpr auto kDown = ObservedState::down;
  std::vector<HostHistory> out;
  std::vector<history::Observation> seen;
  observe(seen, -48 * kHour, -3 * kHour, kUp);
  observe(seen, -3 * kHour, -3 * kHour + 600, kDown);
  observe(seen, -3 * kHour + 600, 0, kUp);
  out.push_back(host({"core-sw", ""}, seen, "192.0.2.7", "core", 5));
  out.push_back(host({"core-sw", "ipv6"}, seen, "2001:db8::7", "core", 4));

  std::vector<history::Observation> down;
  observe(down, -2 * kHour, -600, kUp);
  observe(down, -600, 0, kDown);
  out.push_back(host({"down-6", ""}, down, "2001:db8::6", "core", 0));

  std::vector<history::Observation> stale;
  observe(stale, -26 * kHour, -25 * kHour, kUp);
  out.push_back(host({"stale", ""}, stale, "192.0.2.9", "web", 5));

  std::vector<history::Observation> few;
  observe(few, -kHour, 0, kUp);
  out.push_back(host({"say \"hi\"\\n\nnew line", ""}, few, "", "we\"b", 5));
  // Three names that are one once what is no UTF-8 has been replaced.
  out.push_back(host({"bad\xFFname", ""}, few, "192.0.2.10", "", 5));
  out.push_back(host({"bad\xFEname", ""}, few, "192.0.2.10", "", 5));
  out.push_back(host({"bad\xEF\xBF\xBDname", ""}, few, "192.0.2.10", "", 5));

  HostHistory journal_only = host({"journal-only", ""}, few, "", "", 5);
  journal_only.state.reset();
  out.push_back(journal_only);

  HostHistory never = host({"never", ""}, {}, "", "web", 0);
  never.state->counters.checks = 3;
  never.state->counters.indeterminate = 3;
  out.push_back(never);
  return out;
}

}  // namespace

WallTime noon(std::int64_t seconds) {
  constexpr std::int64_t kNoon = 1795176000;  // 2026-11-20T12:00:00Z
  return WallTime(Milliseconds((kNoon + seconds) * 1000));
}

SnapshotInputs estate() {
  auto view = std::make_shared<history::LiveView>();
  history::Archive& archive = view->archive;
  for (HostHistory& one : hosts()) {
    archive.hosts.push_back(std::make_shared<const HostHistory>(std::move(one)));
  }
  std::sort(archive.hosts.begin(), archive.hosts.end(),
            [](const auto& a, const auto& b) { return a->key < b->key; });
  archive.maintenance.push_back(
      {"down-*", {noon(-300), noon(kHour)}, noon(-kHour), "manual", "work"});
  archive.verified = true;
  for (const auto& one : archive.hosts) {
    view->facts.push_back({std::make_shared<const std::vector<history::TimeSpan>>(
                               history::planned_spans(archive.maintenance, one->key.name)),
                           history::parts_in_order(one->parts)});
  }
  view->directories.push_back(
      {"/var/lib/pingtrail", {}, {"/var/lib/pingtrail/state/x: checksum"}, true});
  view->directories.push_back({"/mnt/\"b\"", "/mnt/\"b\"/state: No such file", {}, true});
  view->unreadable = 1;
  view->states_read = 4;

  std::vector<history::Observation> seen;
  observe(seen, -20 * kHour, 0, ObservedState::up);
  HostHistory rrd = history::replay({"old-rrd", ""}, seen);
  rrd.reconstructed = true;
  HostHistory known = history::replay({"core-sw", ""}, seen);
  known.reconstructed = true;

  SnapshotInputs out;
  out.view = view;
  out.reconstructed = {std::make_shared<const HostHistory>(rrd),
                       std::make_shared<const HostHistory>(known)};
  out.aliases = std::make_shared<const Aliases>(
      Aliases{{"core-sw", "Core switch"}, {"stale", "the \"old\" one"}});
  rrd::Counters writer;
  writer.samples_written_total = 123456789;
  writer.rejects_total = 2;
  writer.updated_ms = 1795175990125;
  writer.pending_files = 3;
  writer.pending_bytes = 81920;
  writer.oldest_pending_ms = 1795175980000;
  writer.newest_sample_s = 1795175985;
  out.writer = writer;
  return out;
}

SnapshotOptions options() {
  SnapshotOptions out;
  out.windows = default_windows();
  out.zone = "Europe/Berlin";
  return out;
}

std::shared_ptr<const Snapshot> snapshot() { return *take_snapshot(estate(), options(), noon(0)); }

ScrapeFigures figures() {
  ScrapeFigures out;
  out.duration = base::Nanoseconds(12345678);
  ProcessFigures process;
  process.cpu_seconds = 12.34;
  process.resident_bytes = 47 << 20;
  process.virtual_bytes = 120 << 20;
  process.open_fds = 12;
  process.max_fds = 1024;
  process.start_time_seconds = 1795100000.25;
  out.process = process;
  return out;
}

std::string golden(const std::string& name, const std::string& now) {
  const std::string path = std::string(PINGTRAIL_GOLDEN_DIR) + "/" + name;
  if (std::getenv("PINGTRAIL_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << now;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace pingtrail::metrics::test
