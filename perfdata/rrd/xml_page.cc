// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/xml_page.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "perfdata/base/number.h"
#include "perfdata/text/number_prefix.h"
#include "perfdata/text/range.h"

namespace pingtrail::rrd {
namespace {

constexpr std::array<std::pair<char, std::string_view>, 5> kEntities = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}}};

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto* entity = std::find_if(kEntities.begin(), kEntities.end(),
                                      [c](const auto& pair) { return pair.first == c; });
    if (entity == kEntities.end()) {
      out += c;
    } else {
      out += entity->second;
    }
  }
}

void append_element(std::string& out, std::string_view indent, std::string_view name,
                    std::string_view text) {
  out += indent;
  out += '<';
  out += name;
  out += '>';
  append_escaped(out, text);
  out += "</";
  out += name;
  out += ">\n";
}

// "10,5ms" as "10.5"; "" for what is no number.
std::string bare_number(std::string_view text) {
  const auto number = text::number_prefix(text);
  if (!number || !number->value || !text::is_unit(text.substr(number->length))) return {};
  std::string digits(text.substr(0, number->length));
  std::replace(digits.begin(), digits.end(), ',', '.');
  return digits;
}

// One limit in its four elements, NAME, NAME_MIN, NAME_MAX, NAME_RANGE_TYPE: a plain number in the
// first, a range in the others.
void append_limit(std::string& out, const std::string& name, std::string_view limit) {
  constexpr std::string_view kIndent = "    ";
  const auto range = text::parse_range(limit);
  const bool plain = limit.find_first_of("@:") == std::string_view::npos;
  std::string low;
  std::string high;
  if (range && !plain) {
    std::string_view bounds = limit;
    if (range->inside) bounds.remove_prefix(1);
    const std::size_t colon = bounds.find(':');
    low = colon == std::string_view::npos ? "0" : bare_number(bounds.substr(0, colon));
    high = bare_number(bounds.substr(colon == std::string_view::npos ? 0 : colon + 1));
  }
  append_element(out, kIndent, name, plain ? bare_number(limit) : "");
  append_element(out, kIndent, name + "_MIN", low);
  append_element(out, kIndent, name + "_MAX", high);
  const std::string_view type = !range || plain ? "" : range->inside ? "inside" : "outside";
  append_element(out, kIndent, name + "_RANGE_TYPE", type);
}

std::string archive_path(const XmlPage& page, std::string_view suffix) {
  return page.root + "/" + page.name.host + "/" + page.name.service + std::string(suffix);
}

void append_source(std::string& out, const XmlPage& page, std::size_t index) {
  constexpr std::string_view kIndent = "    ";
  const Source& source = page.sources[index];
  // Readers hand the unit to rrdtool's printf-like formats.
  const std::string unit = source.unit == "%" ? "%%" : printable(source.unit);
  out += "  <DATASOURCE>\n";
  append_element(out, kIndent, "TEMPLATE", page.template_name);
  append_element(out, kIndent, "RRDFILE", printable(archive_path(page, ".rrd")));
  append_element(out, kIndent, "RRD_STORAGE_TYPE", "SINGLE");
  append_element(out, kIndent, "RRD_HEARTBEAT", std::to_string(page.heartbeat_s));
  append_element(out, kIndent, "IS_MULTI", "0");
  append_element(out, kIndent, "DS", std::to_string(index + 1));
  append_element(out, kIndent, "NAME", clean_name(source.label));
  append_element(out, kIndent, "LABEL", source.label);
  append_element(out, kIndent, "UNIT", unit);
  append_element(out, kIndent, "ACT", source.value);
  append_limit(out, "WARN", source.warn);
  append_limit(out, "CRIT", source.crit);
  append_element(out, kIndent, "MIN", bare_number(source.min));
  append_element(out, kIndent, "MAX", bare_number(source.max));
  out += "  </DATASOURCE>\n";
}

void append_macros(std::string& out, const XmlPage& page) {
  constexpr std::string_view kIndent = "  ";
  const spool::Record& record = page.record;
  const bool service = record.kind == spool::RecordKind::service;
  const std::string host = printable(record.host);
  const std::string display = service ? printable(record.service) : "Host Perfdata";
  const std::string perfdata = printable(record.perfdata);
  const std::string command = printable(record.command);
  const auto macro = [&](const std::string& name, std::string_view text) {
    append_element(out, kIndent, "NAGIOS_" + name, text);
  };
  macro("AUTH_HOSTNAME", host);
  macro("AUTH_SERVICEDESC", service ? display : "_HOST_");
  macro("CHECK_COMMAND", command);
  macro("DATATYPE", service ? "SERVICEPERFDATA" : "HOSTPERFDATA");
  macro("DISP_HOSTNAME", host);
  macro("DISP_SERVICEDESC", display);
  if (!service) macro("HOSTCHECKCOMMAND", command);
  macro("HOSTNAME", printable(page.name.host));
  if (!service) macro("HOSTPERFDATA", perfdata);
  macro("HOSTSTATE", printable(record.host_state));
  macro("HOSTSTATETYPE", printable(record.host_state_type));
  macro("MULTI_PARENT", "");
  macro("PERFDATA", perfdata);
  macro("RRDFILE", printable(archive_path(page, ".rrd")));
  if (service) macro("SERVICECHECKCOMMAND", command);
  macro("SERVICEDESC", printable(page.name.service));
  if (service) {
    macro("SERVICEPERFDATA", perfdata);
    macro("SERVICESTATE", printable(record.service_state));
    macro("SERVICESTATETYPE", printable(record.service_state_type));
  }
  macro("TIMET", std::to_string(record.time_s));
  macro("XMLFILE", printable(archive_path(page, ".xml")));
}

// The next line of `page` that is no value and no time, cut off; "" at the end.
std::string_view next_lasting_line(std::string_view& page) {
  constexpr std::array<std::string_view, 5> kPassing = {
      "<ACT>", "<NAGIOS_TIMET>", "<NAGIOS_PERFDATA>", "<NAGIOS_SERVICEPERFDATA>",
      "<NAGIOS_HOSTPERFDATA>"};
  while (!page.empty()) {
    const std::size_t end = std::min(page.find('\n'), page.size() - 1);
    const std::string_view line = page.substr(0, end + 1);
    page.remove_prefix(end + 1);
    const std::string_view element = line.substr(std::min(line.find('<'), line.size()));
    const bool passing = std::any_of(kPassing.begin(), kPassing.end(), [&](std::string_view name) {
      return element.starts_with(name);
    });
    if (!passing) return line;
  }
  return {};
}

// FNV-1a, with a byte between the texts so that they cannot run into each other.
void mix(std::uint64_t& hash, std::string_view text) {
  constexpr std::uint64_t kPrime = 1099511628211ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  hash = (hash ^ 0xFF) * kPrime;
}

}  // namespace

std::string render_xml(const XmlPage& page) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<NAGIOS>\n";
  for (std::size_t i = 0; i < page.sources.size(); ++i) append_source(out, page, i);
  out += "  <RRD>\n";
  append_element(out, "    ", "RC", page.failure.empty() ? "0" : "1");
  append_element(out, "    ", "TXT",
                 page.failure.empty() ? "successful updated" : printable(page.failure));
  out += "  </RRD>\n";
  append_macros(out, page);
  out += "  <XML>\n    <VERSION>4</VERSION>\n  </XML>\n</NAGIOS>\n";
  return out;
}

std::uint64_t fingerprint(const XmlPage& page) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const Source& source : page.sources) {
    for (const std::string* text :
         {&source.label, &source.unit, &source.warn, &source.crit, &source.min, &source.max}) {
      mix(hash, *text);
    }
  }
  for (const std::string_view text :
       {page.record.command, page.record.host_state, page.record.host_state_type,
        page.record.service_state, page.record.service_state_type,
        std::string_view(page.template_name), std::string_view(page.failure)}) {
    mix(hash, text);
  }
  return hash;
}

bool same_but_values(std::string_view page, std::string_view other) {
  for (;;) {
    const std::string_view line = next_lasting_line(page);
    if (line != next_lasting_line(other)) return false;
    if (line.empty()) return true;
  }
}

std::optional<std::string> xml_element(std::string_view xml, const std::string& name) {
  const std::string open = "<" + name + ">";
  const std::size_t start = xml.find(open);
  if (start == std::string_view::npos) return std::nullopt;
  const std::size_t end = xml.find("</" + name + ">", start);
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view text = xml.substr(start + open.size(), end - start - open.size());
  std::string out;
  while (!text.empty()) {
    const auto* entity = std::find_if(kEntities.begin(), kEntities.end(), [&](const auto& pair) {
      return text.starts_with(pair.second);
    });
    out += entity == kEntities.end() ? text[0] : entity->first;
    text.remove_prefix(entity == kEntities.end() ? 1 : entity->second.size());
  }
  return out;
}

std::vector<Source> parse_xml_sources(std::string_view xml) {
  std::vector<Source> sources;
  const std::string open = "<DATASOURCE>";
  for (std::size_t at = 0; (at = xml.find(open, at)) != std::string_view::npos;) {
    const std::size_t end = xml.find("</DATASOURCE>", at);
    if (end == std::string_view::npos) return {};
    const std::string_view body = xml.substr(at, end - at);
    at = end;
    const auto number = xml_element(body, "DS");
    auto label = xml_element(body, "LABEL");
    if (!label || label->empty()) label = xml_element(body, "NAME");
    if (!label || number != std::to_string(sources.size() + 1)) return {};
    if (sources.size() >= SourceTable::kMostSources) return {};
    std::string unit = xml_element(body, "UNIT").value_or("");
    sources.push_back(
        {printable(*label), unit == "%%" ? "%" : std::move(unit), "U", {}, {}, {}, {}});
  }
  return sources;
}

}  // namespace pingtrail::rrd
