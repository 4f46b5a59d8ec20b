// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/sources.h"

#include <algorithm>

#include "perfdata/base/number.h"
#include "perfdata/rrd/source_table.h"
#include "perfdata/rrd/xml_page.h"

namespace pingtrail::graph {
namespace {

constexpr double kSecond = 1000;
constexpr double kMicrosecond = 0.001;

std::string first_of(std::string_view xml, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto text = rrd::xml_element(xml, name);
    if (text && !text->empty()) return rrd::printable(*text);
  }
  return {};
}

// The part of the page behind `at` that describes one source; moves `at` behind it.
std::string_view next_body(std::string_view xml, std::size_t& at) {
  const std::size_t begin = xml.find("<DATASOURCE>", at);
  if (begin == std::string_view::npos) return {};
  const std::size_t end = xml.find("</DATASOURCE>", begin);
  if (end == std::string_view::npos) return {};
  at = end;
  return xml.substr(begin, end - begin);
}

std::optional<double> limit(std::string_view body, const char* name) {
  const auto text = rrd::xml_element(body, name);
  return text ? base::parse_decimal(*text) : std::nullopt;
}

std::optional<std::size_t> place_of(const Page& page, std::string_view label) {
  const auto found =
      std::find_if(page.sources.begin(), page.sources.end(),
                   [label](const PageSource& source) { return source.label == label; });
  if (found == page.sources.end()) return std::nullopt;
  return static_cast<std::size_t>(found - page.sources.begin()) + 1;
}

double to_ms(std::string_view unit) {
  if (unit == "s") return kSecond;
  if (unit == "us") return kMicrosecond;
  return 1;
}

}  // namespace

Page parse_page(std::string_view xml) {
  Page out;
  out.host = first_of(xml, {"NAGIOS_DISP_HOSTNAME", "NAGIOS_AUTH_HOSTNAME", "NAGIOS_HOSTNAME"});
  // DISP_SERVICEDESC of a host is "Host Perfdata", for people.
  out.service = first_of(xml, {"NAGIOS_AUTH_SERVICEDESC", "NAGIOS_SERVICEDESC"});
  std::size_t at = 0;
  for (const rrd::Source& source : rrd::parse_xml_sources(xml)) {
    const std::string_view body = next_body(xml, at);
    out.sources.push_back({source.label, source.unit, limit(body, "WARN"), limit(body, "CRIT")});
  }
  return out;
}

std::optional<PingSources> ping_sources(const Page& page, std::size_t count) {
  PingSources out;
  if (page.sources.empty()) {
    if (count < 2) return std::nullopt;
    out.rta = 1;
    out.loss = 2;
    return out;
  }
  const auto rta = place_of(page, "rta");
  const auto loss = place_of(page, "pl");
  if (!rta || !loss || std::max(*rta, *loss) > count) return std::nullopt;
  out.rta = *rta;
  out.loss = *loss;
  out.to_ms = to_ms(page.sources[*rta - 1].unit);
  const auto present = [&](std::string_view label) {
    const auto place = place_of(page, label);
    return place && *place <= count ? place : std::nullopt;
  };
  out.least = present("rtmin");
  out.most = present("rtmax");
  out.median = present("rtmed");
  return out;
}

}  // namespace pingtrail::graph
