// SPDX-License-Identifier: GPL-3.0-or-later
// A snapshot as text, piece by piece. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/metrics/negotiate.h"
#include "exporter/metrics/process.h"
#include "exporter/metrics/snapshot.h"

namespace pingtrail::metrics {

// Which hosts are shown: those that fit one of the globs (history::glob_matches) and are in one of
// the groups. Empty lists let everything through. With any filter the metrics without a host are
// left out.
struct Filter {
  std::vector<std::string> hosts;   // globs over the host's name
  std::vector<std::string> groups;  // exact
  bool operator==(const Filter&) const = default;
};

// Names of other exporters that are given as well (compat.h).
struct Compat {
  bool smokeping = false;  // smokeping_prober
  bool ping = false;       // ping_exporter (czerwonk)
  bool blackbox = false;   // blackbox_exporter's icmp prober
  bool operator==(const Compat&) const = default;
};

// "smokeping,ping,blackbox" in any order, "" for none. The error names the word.
base::Expected<Compat> parse_compat(std::string_view text);

// Figures of the exporter itself, taken anew at every scrape.
struct ScrapeFigures {
  std::optional<base::Nanoseconds> duration;  // of reading what changed and taking the snapshot
  std::optional<ProcessFigures> process;      // as from read_process_figures()
};

struct ExpositionOptions {
  Format format = Format::prometheus_text;
  Filter filter;
  Compat compat;
};

// Yields one exposition. One thread at a time; as many expositions of one snapshot as there are
// threads.
class Exposition {
 public:
  Exposition(std::shared_ptr<const Snapshot> snapshot, ExpositionOptions options,
             ScrapeFigures figures = {});
  ~Exposition();
  Exposition(Exposition&&) noexcept;
  Exposition& operator=(Exposition&&) noexcept;

  // Appends the next piece (at most some 64 KB; the last may be empty); false when there is no
  // more.
  bool next(std::string& out);

 private:
  class Writer;
  std::unique_ptr<Writer> writer_;
};

// The whole text at once, for tests and small estates.
std::string exposition_text(std::shared_ptr<const Snapshot> snapshot, ExpositionOptions options,
                            ScrapeFigures figures = {});

}  // namespace pingtrail::metrics
