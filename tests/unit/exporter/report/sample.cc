// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/exporter/report/sample.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

namespace pingtrail::report::test {
namespace {

using history::HostHistory;
using history::ObservedState;
using history::Part;

constexpr std::int64_t kDay = 86400;

struct Run {
  std::int64_t from_s;  // since March 1
  std::int64_t to_s;
  ObservedState state;
  const char* reason = "";
};

// Parts with one check a minute. What lies between two runs is unknown; the newest is still
// observed.
HostHistory host(const std::string& name, const std::string& series, const std::string& group,
                 const std::vector<Run>& runs) {
  HostHistory out;
  out.key = {name, series};
  out.group = group;
  for (const Run& run : runs) {
    Part part;
    part.state = run.state;
    part.first = march(run.from_s);
    part.last = march(run.to_s - 60);
    part.until = march(run.to_s);
    part.interval = Milliseconds(60000);
    part.checks = static_cast<std::uint32_t>((run.to_s - run.from_s) / 60);
    part.reason = run.reason;
    if (!out.parts.empty()) out.parts.back().next = part.first;
    out.parts.push_back(part);
  }
  return out;
}

constexpr auto kUp = ObservedState::up;
constexpr auto kDown = ObservedState::down;
constexpr std::int64_t kOff = 9 * kDay + 7200;    // the monitor stops
constexpr std::int64_t kOn = 9 * kDay + 14400;    // and is back
constexpr std::int64_t kNow = 19 * kDay + 46800;  // 2026-03-20T12:00Z

void add_state(HostHistory& history, const char* address) {
  history::HostState state;
  state.key = history.key;
  state.group = history.group;
  state.address = address;
  state.counters.checks = 20000;
  state.last = {
      march(kNow - 30), kUp, 5, 4, history::RoundTrips{0.000833, 0.0007, 0.001, 0.0008}, ""};
  history.state = state;
}

}  // namespace

WallTime march(std::int64_t seconds) {
  constexpr std::int64_t kBegin = 1772319600;  // 2026-02-28T23:00:00Z
  return WallTime(Milliseconds((kBegin + seconds) * 1000));
}

history::Archive sample_archive() {
  std::vector<HostHistory> hosts;
  hosts.push_back(host("<b>&\"x\"", "", "web",
                       {{-kDay, 4 * kDay, kUp},
                        {4 * kDay, 4 * kDay + 7200, kDown, "say \"hi\", <script>alert(1)</script>"},
                        {4 * kDay + 7200, kOff, kUp},
                        {kOn, kNow, kUp}}));
  hosts.push_back(
      host("core-sw", "", "core",
           {{-kDay, 2 * kDay + 600, kUp},
            {2 * kDay + 600, 2 * kDay + 900, kDown, "Destination Host Unreachable from 192.0.2.1"},
            {2 * kDay + 900, kOff, kUp},
            {kOn, kNow, kUp}}));
  hosts.push_back(host("never-seen", "", "", {}));
  hosts.push_back(host("web-01", "", "web",
                       {{-kDay, 10 * kDay, kUp},
                        {10 * kDay, 10 * kDay + 1800, kDown, "planned work"},
                        {10 * kDay + 1800, kNow - 3600, kUp},
                        {kNow - 3600, kNow, kDown, "no answer"}}));
  hosts.push_back(host("web-01", "ipv6", "web", {{-kDay, kOff, kUp}, {kOn, kNow, kUp}}));
  add_state(hosts[1], "192.0.2.7");
  history::Archive out;
  for (HostHistory& one : hosts) {
    out.hosts.push_back(std::make_shared<const HostHistory>(std::move(one)));
  }
  out.maintenance.push_back({"web-*",
                             {march(10 * kDay - 600), march(10 * kDay + 3600)},
                             march(9 * kDay),
                             "manual",
                             "kernel, \"twice\""});
  out.notes.push_back("/var/lib/pingtrail/state/bad: checksum");
  return out;
}

ReportRequest sample_request() {
  ReportRequest out;
  // The last Sunday of March has 23 hours.
  out.window = {march(0), march(31 * kDay - 3600)};
  out.asof = march(kNow);
  out.zone = "Europe/Berlin";
  out.label = "2026-03";
  out.target_pct = 99.9;
  out.days = true;
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

}  // namespace pingtrail::report::test
