// SPDX-License-Identifier: GPL-3.0-or-later
// The head of an RRD file, read without librrd: one read(2) tells whether the file is whole, how
// far it got and what its sources are, where rrd_info() costs more than an update.
//
// Layout (rrdtool's rrd_format.h, versions 0003 to 0005, 64 bits, native byte order):
//   stat_head 128   "RRD", version, float cookie, number of sources and RRAs, step
//   ds_def    120 a source
//   rra_def   120 an RRA                                              end of the static part
//   live_head 16    time of the last update
//   pdp_prep  112 a source
//   cdp_prep  80 a source and RRA
//   rra_ptr   8 an RRA: the row written last                          end of the live part
//   then 8 bytes a source for every row of every RRA
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "perfdata/rrd/rra_config.h"

namespace pingtrail::rrd {

enum class SourceType {
  decimal,  // GAUGE, ABSOLUTE, DCOUNTER, DDERIVE: takes any number
  counter,  // COUNTER: whole numbers, 0 or more
  derive,   // DERIVE: whole numbers
};

struct Header {
  std::int64_t step_s = 0;
  std::int64_t last_update_s = 0;
  std::size_t static_bytes = 0;  // in front of the live part
  std::size_t total_bytes = 0;   // static and live part
  std::vector<SourceType> sources;
};

// Bytes of header for that many sources and RRAs.
std::uint64_t header_bytes(std::uint64_t sources, std::uint64_t rras);

// What the first bytes of a file say about the length of its header: 0 when they are no RRD.
// Needs the first 128 bytes.
std::uint64_t announced_header_bytes(std::string_view bytes);

// Reads the header at the front of `bytes`, which must hold all of it, into `header`. `file_bytes`
// is the size of the file. Returns what is wrong, "" when the file is whole. The reason is a
// literal.
std::string_view parse_header(std::string_view bytes, std::uint64_t file_bytes, Header& header);

// The RRAs of the header at the front of `bytes`, which parse_header() found whole.
std::vector<Rra> header_rras(std::string_view bytes);

}  // namespace pingtrail::rrd
