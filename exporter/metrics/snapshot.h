// SPDX-License-Identifier: GPL-3.0-or-later
// All values of one scrape as of one instant. Pure; never changes once taken, so that any number of
// scrapes may print the same one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/sample.h"
#include "perfdata/base/expected.h"
#include "perfdata/history/live_archive.h"
#include "perfdata/rrd/counters.h"

namespace pingtrail::metrics {

using base::Milliseconds;
using base::WallTime;

// A window that ends at as-of: a length, or the calendar month up to now.
struct WindowSpec {
  std::string label;                   // "24h", "month": the value of the label `window`
  std::optional<Milliseconds> length;  // absent: the month of the zone
  bool operator==(const WindowSpec&) const = default;
};

constexpr std::size_t kMaxWindows = 16;

// "24h", "30d", "90m", "2w", "3600s", "month". The error names the text: not a window, given twice,
// or more than kMaxWindows.
base::Expected<std::vector<WindowSpec>> parse_windows(std::span<const std::string> texts);

// Host name to what people call it.
using Aliases = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kHistogramHosts = 2000;

struct SnapshotOptions {
  std::vector<WindowSpec> windows;  // as from parse_windows(); see default_windows()
  std::string zone = "UTC";         // of `month`
  std::optional<bool> histogram;    // absent: off above kHistogramHosts hosts
  bool operator==(const SnapshotOptions&) const = default;
};

// 24h, 30d and month.
std::vector<WindowSpec> default_windows();

// What a snapshot is taken of.
struct SnapshotInputs {
  std::shared_ptr<const history::LiveView> view;  // not null
  // Hosts known from RRDs only; those that the view knows too are left out.
  std::vector<std::shared_ptr<const history::HostHistory>> reconstructed;
  std::shared_ptr<const Aliases> aliases;  // may be null
  std::optional<rrd::Counters> writer;     // as from read_writer_counters()
};

// One host, or one series of it. Its labels lie in Snapshot::label_text from `at` on, escaped:
// `host="NAME"`, `,address="ADDRESS"` where one is known, and `,series="LABEL"` where it has one;
// behind them those of host_info.
struct HostRow {
  const history::HostHistory* history = nullptr;
  std::size_t at = 0;
  std::uint16_t name_bytes = 0;
  std::uint16_t address_bytes = 0;
  std::uint16_t labels_bytes = 0;
  std::uint16_t info_bytes = 0;
};

struct Snapshot {
  // These keep what the rows point to.
  std::shared_ptr<const history::LiveView> view;
  std::vector<std::shared_ptr<const history::HostHistory>> reconstructed;

  WallTime asof{};
  std::vector<std::string> windows;  // labels
  bool histogram = false;
  std::vector<HostRow> hosts;  // by key
  std::string label_text;
  // By Column, then three a window (series_of()); each is as long as `hosts`.
  std::vector<std::vector<Sample>> columns;
  std::optional<rrd::Counters> writer;

  std::string_view labels(const HostRow& row) const { return piece(row.at, row.labels_bytes); }
  std::string_view info(const HostRow& row) const {
    return piece(row.at + row.labels_bytes, row.info_bytes);
  }
  std::string_view name(const HostRow& row) const {
    return piece(row.at + kHostLabel.size(), row.name_bytes);
  }
  std::string_view address(const HostRow& row) const {
    return piece(row.at + kHostLabel.size() + row.name_bytes + kAddressLabel.size(),
                 row.address_bytes);
  }
  // What follows the address, or the name where there is none.
  std::string_view series(const HostRow& row) const {
    const std::size_t address =
        row.address_bytes == 0 ? 0 : kAddressLabel.size() + row.address_bytes;
    const std::size_t before = kHostLabel.size() + row.name_bytes + address + 1;
    return piece(row.at + before, row.labels_bytes - before);
  }

  static constexpr std::string_view kHostLabel = "host=\"";
  static constexpr std::string_view kAddressLabel = "\",address=\"";

 private:
  std::string_view piece(std::size_t at, std::size_t bytes) const {
    return std::string_view(label_text).substr(at, bytes);
  }
};

// Error: the zone is not known.
base::Expected<std::shared_ptr<const Snapshot>> take_snapshot(const SnapshotInputs& inputs,
                                                              const SnapshotOptions& options,
                                                              WallTime asof);

}  // namespace pingtrail::metrics
