// SPDX-License-Identifier: GPL-3.0-or-later
// Which data source of an archive belongs to which label. Sources keep their number for ever;
// labels find theirs by name, wherever they stand in the perfdata of the day.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "perfdata/rrd/header.h"
#include "perfdata/text/perfdata.h"

namespace pingtrail::rrd {

// What was last said about one source, for the XML beside the archive.
struct Source {
  std::string label;  // printable()
  std::string unit;
  std::string value = "U";
  std::string warn, crit, min, max;  // as the plugin wrote them

  bool operator==(const Source&) const = default;
};

class SourceTable {
 public:
  SourceTable() = default;
  explicit SourceTable(std::vector<Source> sources) : sources_(std::move(sources)) {}

  const std::vector<Source>& sources() const { return sources_; }
  std::size_t size() const { return sources_.size(); }

  // Finds the source of every item; labels without one get a new source at the end. A second item
  // of the same label is a source of its own. An item without a label has a source only when the
  // table is empty: the others are then to have the number of their place.
  // False, with nothing changed, when more than kMostSources would be needed.
  bool assign(std::span<const text::Item> items);

  // By item of the last assign(): its source, counted from 0; absent for an item that has none.
  const std::vector<std::optional<std::size_t>>& places() const { return places_; }

  // Takes over what the items of the last assign() say. Sources they do not name become unknown.
  void remember(std::span<const text::Item> items);

  // Fills up to `count` sources, named by the items in their order: for an archive with sources of
  // which no XML tells the labels.
  void adopt(std::span<const text::Item> items, std::size_t count);

  static constexpr std::size_t kMostSources = 2'000;

 private:
  std::optional<std::size_t> find(std::string_view label, std::size_t expected) const;
  std::size_t place(const text::Item& item, std::size_t position);

  std::vector<Source> sources_;
  std::vector<std::optional<std::size_t>> places_;
  std::vector<bool> taken_;
};

// Appends the item's value as rrdtool takes it for a source of that type, "U" where it takes none.
// The digits of the perfdata are kept where they will do, since a counter may have more of them
// than a double holds.
void append_update_value(std::string& out, const text::Item& item, SourceType type);

// Text for XML and for comparing labels: UTF-8 without control characters; other bytes become '?'.
std::string printable(std::string_view text);

}  // namespace pingtrail::rrd
