// SPDX-License-Identifier: GPL-3.0-or-later
// How every host stands at one instant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/report/report.h"

namespace pingtrail::report {

struct StatusRow {
  std::string name;
  std::string series;
  std::string group;
  std::string address;
  std::optional<history::ObservedState> state;  // absent: unknown at this instant
  std::optional<WallTime> since;                // of the state; absent: never observed
  Milliseconds downtime{0};                     // D of the outage that goes on; 0 when up
  std::optional<WallTime> outage_start;         // absent: none goes on
  std::optional<WallTime> last_check;           // whatever came of it
  std::optional<double> rta_s;                  // of the last check
  std::optional<double> loss_pct;               // of the last check; absent: nothing was sent
  std::string reason;                           // of the last check
  bool in_maintenance = false;
  double flapping_pct = 0;
  std::uint64_t outages = 0;   // that began before this instant
  bool reconstructed = false;  // from an RRD, not from the journal
  bool operator==(const StatusRow&) const = default;
};

struct Status {
  WallTime asof{};
  std::string zone;
  std::vector<StatusRow> rows;  // by name and series
  std::vector<std::string> notes;
  bool verified = true;
};

// The row of one key. Checks after `asof` are left out; figures of the last check are absent when
// it came later.
StatusRow status_row(const history::HostHistory& host, WallTime asof,
                     const std::vector<TimeSpan>& planned);

// Every key of the archive, or those of the groups given.
Status build_status(const history::Archive& archive, WallTime asof, const std::string& zone,
                    const std::vector<std::string>& groups = {});

// "UP", "DOWN", "UNKNOWN"
const char* state_title(const std::optional<history::ObservedState>& state);

// An outage with whose it was.
struct OutageRow {
  std::string name;
  std::string series;
  history::Outage outage;
};

struct OutageQuery {
  std::vector<std::string> hosts;  // globs; empty: every host
  TimeSpan window;
  WallTime asof{};
  std::string zone = "UTC";
  Milliseconds min{0};        // shortest D
  std::uint32_t confirm = 1;  // blips are left out
};

struct OutageList {
  OutageQuery query;
  std::vector<OutageRow> rows;  // oldest first
  std::vector<std::string> notes;
};

// Outages that overlap the window, whole. Error: a glob that fits no host.
base::Expected<OutageList> list_outages(const history::Archive& archive, const OutageQuery& query);

}  // namespace pingtrail::report
