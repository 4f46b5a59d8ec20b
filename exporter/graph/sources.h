// SPDX-License-Identifier: GPL-3.0-or-later
// What the XML page beside an archive tells of its data sources.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pingtrail::graph {

struct PageSource {
  std::string label;
  std::string unit;
  std::optional<double> warning, critical;  // plain limits only

  bool operator==(const PageSource&) const = default;
};

// Empty texts where the page says nothing.
struct Page {
  std::string host;     // true name
  std::string service;  // true name; "_HOST_" for the host itself
  std::vector<PageSource> sources;

  bool operator==(const Page&) const = default;
};

// Reads a page of PNP4Nagios or pingtrail-rrd.
Page parse_page(std::string_view xml);

// Where a ping's figures are, counted from 1 as archives name them.
struct PingSources {
  std::size_t rta = 0;
  std::size_t loss = 0;
  std::optional<std::size_t> least, most, median;
  double to_ms = 1;  // what makes milliseconds of its times

  bool operator==(const PingSources&) const = default;
};

// The sources `rta` and `pl` by name. Where no page names the sources, the first and the second of
// an archive that has at least two, as PNP's own templates do; absent when it is no ping's.
// `count`: the sources the archive has.
std::optional<PingSources> ping_sources(const Page& page, std::size_t count);

}  // namespace pingtrail::graph
