// SPDX-License-Identifier: GPL-3.0-or-later
// Where the samples of a host or service are archived: PNP4Nagios' layout,
// ROOT/<host>/<service or _HOST_>.rrd and .xml.
#pragma once

#include <string>
#include <string_view>

#include "perfdata/spool/record.h"

namespace pingtrail::rrd {

// The name as it stands in paths: each of & : / \ and blank becomes '_'.
std::string clean_name(std::string_view name);

struct ArchiveName {
  std::string host;     // directory below the root
  std::string service;  // file in it without its suffix; "_HOST_" for the host itself

  bool operator==(const ArchiveName&) const = default;
};

// Why a record must not be archived under its names, "" when it may (then `name` is set): a name
// that would leave the root, hide, or not fit into a directory. The reason is a literal.
std::string_view archive_name(const spool::Record& record, ArchiveName& name);

// The command without its arguments, as web interfaces look up templates by it: "check_icmp!a!b"
// is "check_icmp". Clean, and "default" where there is none.
std::string template_name(std::string_view command);

}  // namespace pingtrail::rrd
