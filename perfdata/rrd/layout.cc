// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/layout.h"

#include <algorithm>

namespace pingtrail::rrd {
namespace {

// With ".rrd.bad-1795196760" behind it a name must stay within the 255 bytes of NAME_MAX.
constexpr std::size_t kLongestName = 200;
constexpr std::string_view kHostService = "_HOST_";

bool has_control(std::string_view name) {
  return std::any_of(name.begin(), name.end(),
                     [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace

std::string clean_name(std::string_view name) {
  constexpr std::string_view kUnwanted = "& :/\\";
  std::string clean(name);
  std::replace_if(
      clean.begin(), clean.end(),
      [&](char c) { return kUnwanted.find(c) != std::string_view::npos; }, '_');
  return clean;
}

std::string_view archive_name(const spool::Record& record, ArchiveName& name) {
  const bool service = record.kind == spool::RecordKind::service;
  if (record.host.empty()) return "the host has no name";
  if (record.host.size() > kLongestName) return "the host name is longer than 200 bytes";
  if (record.host.front() == '.') return "the host name begins with a dot";
  if (has_control(record.host)) return "a control character in the host name";
  name.host = clean_name(record.host);
  if (!service) {
    name.service = kHostService;
    return "";
  }
  if (record.service.empty()) return "the service has no name";
  if (record.service.size() > kLongestName) return "the service name is longer than 200 bytes";
  if (record.service.front() == '.') return "the service name begins with a dot";
  if (has_control(record.service)) return "a control character in the service name";
  name.service = clean_name(record.service);
  if (name.service == kHostService) return "a service named _HOST_ would overwrite its host";
  return "";
}

std::string template_name(std::string_view command) {
  std::string name = clean_name(command.substr(0, std::min(command.find('!'), command.size())));
  if (name.empty() || name.front() == '.' || has_control(name)) return "default";
  return name;
}

}  // namespace pingtrail::rrd
