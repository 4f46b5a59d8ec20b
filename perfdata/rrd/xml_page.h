// SPDX-License-Identifier: GPL-3.0-or-later
// The XML file beside an archive, version 4 of PNP4Nagios: it names the sources for the web
// interfaces, and for us when we come back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/rrd/layout.h"
#include "perfdata/rrd/source_table.h"
#include "perfdata/spool/record.h"

namespace pingtrail::rrd {

struct XmlPage {
  std::string root;  // the directory of all archives, as readers know it
  ArchiveName name;
  std::string template_name;
  std::int64_t heartbeat_s = 8460;
  std::span<const Source> sources;
  spool::Record record;  // the newest one
  std::string failure;   // what rrdtool said, "" when the update went well
};

std::string render_xml(const XmlPage& page);

// A number that changes when anything does that is more than the next value of the same kind: the
// sources, units, limits, states or the command, but neither values nor times.
std::uint64_t fingerprint(const XmlPage& page);

// Whether two pages differ in values and times only.
bool same_but_values(std::string_view page, std::string_view other);

// The text of the first <name> element of `xml`, unescaped; absent when there is none.
std::optional<std::string> xml_element(std::string_view xml, const std::string& name);

// The sources an XML page names, by their number; only label and unit are set. Empty when it is no
// page of a SINGLE archive, or not all numbers from 1 on are there.
std::vector<Source> parse_xml_sources(std::string_view xml);

}  // namespace pingtrail::rrd
