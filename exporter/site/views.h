// SPDX-License-Identifier: GPL-3.0-or-later
// From what is known to what a page shows. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/site/aliases.h"
#include "exporter/site/host_page.h"
#include "exporter/site/status_page.h"
#include "perfdata/history/archive.h"

namespace pingtrail::site {

// Everything that is known at an instant. The references live longer than the ledger.
struct Ledger {
  const history::Archive& archive;
  // The maintenance windows of the host at a place of archive.hosts, as of planned_spans().
  std::function<const std::vector<history::TimeSpan>&(std::size_t)> planned;
  const Aliases& aliases;
  history::WallTime asof{};
  std::string zone;
};

// The local month of the instant, "2026-03"; "" where the zone is not known.
std::string month_name(history::WallTime at, std::string_view zone);

// A page beyond the last one is the last.
StatusPage make_status_page(const Ledger& ledger, StatusFilter filter);

// Places in archive.hosts of every series that this name means: its own, else those of its aliases.
std::vector<std::size_t> places_of(const Ledger& ledger, std::string_view name);

// Places of those as a page; services and graphs are the caller's to add.
HostPage make_host_page(const Ledger& ledger, const std::string& name,
                        const std::vector<std::size_t>& places);

}  // namespace pingtrail::site
