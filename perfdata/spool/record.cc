// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/spool/record.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "perfdata/base/number.h"

namespace pingtrail::spool {
namespace {

constexpr std::size_t kMostFields = 40;  // Icinga writes 10, npcdmod 9, the widest template seen 14

enum class Key {
  datatype,
  timet,
  host,
  service,
  host_perfdata,
  service_perfdata,
  host_command,
  service_command,
  host_state,
  host_state_type,
  service_state,
  service_state_type,
};
constexpr std::size_t kKeys = 12;
constexpr std::array<std::pair<std::string_view, Key>, kKeys> kKeyNames = {{
    {"DATATYPE", Key::datatype},
    {"TIMET", Key::timet},
    {"HOSTNAME", Key::host},
    {"SERVICEDESC", Key::service},
    {"HOSTPERFDATA", Key::host_perfdata},
    {"SERVICEPERFDATA", Key::service_perfdata},
    {"HOSTCHECKCOMMAND", Key::host_command},
    {"SERVICECHECKCOMMAND", Key::service_command},
    {"HOSTSTATE", Key::host_state},
    {"HOSTSTATETYPE", Key::host_state_type},
    {"SERVICESTATE", Key::service_state},
    {"SERVICESTATETYPE", Key::service_state_type},
}};

// The fields of one bulk line.
struct Fields {
  std::array<std::string_view, kKeys> values{};
  std::array<bool, kKeys> seen{};
  std::array<std::string_view, kMostFields> others{};  // unknown keys, to find one that comes twice
  std::size_t other_count = 0;

  std::string_view operator[](Key key) const { return values[static_cast<std::size_t>(key)]; }
  bool has(Key key) const { return seen[static_cast<std::size_t>(key)]; }
};

bool is_key(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Perfdata may be separated by TABs, too; the field behind one of those goes on with the value.
bool may_go_on(std::string_view key) {
  return key.ends_with("PERFDATA") || key.ends_with("OUTPUT");
}

std::string_view store(Fields& fields, std::string_view key, std::string_view value,
                       std::string_view*& slot) {
  slot = nullptr;
  for (const auto& [name, known] : kKeyNames) {
    if (name != key) continue;
    const auto index = static_cast<std::size_t>(known);
    if (fields.seen[index]) return "a key stands twice in the line";
    fields.seen[index] = true;
    fields.values[index] = value;
    slot = &fields.values[index];
    return "";
  }
  auto* const end = fields.others.begin() + fields.other_count;
  if (std::find(fields.others.begin(), end, key) != end) return "a key stands twice in the line";
  fields.others[fields.other_count++] = key;
  return "";
}

std::string_view split_bulk(std::string_view line, Fields& fields) {
  std::string_view last_key;
  std::string_view* last_value = nullptr;
  std::size_t count = 0;
  for (std::size_t at = 0; at <= line.size();) {
    const void* tab = std::memchr(line.data() + at, '\t', line.size() - at);
    const std::size_t end =
        tab == nullptr ? line.size()
                       : static_cast<std::size_t>(static_cast<const char*>(tab) - line.data());
    const std::string_view field = line.substr(at, end - at);
    at = end + 1;
    const std::size_t colons = field.find("::");
    const std::string_view key = field.substr(0, std::min(colons, field.size()));
    if (colons != std::string_view::npos && is_key(key)) {
      if (++count > kMostFields) return "too many fields";
      const std::string_view fault = store(fields, key, field.substr(colons + 2), last_value);
      if (!fault.empty()) return fault;
      last_key = key;
    } else if (may_go_on(last_key)) {
      if (last_value != nullptr) {
        *last_value = std::string_view(
            last_value->data(), static_cast<std::size_t>(line.data() + end - last_value->data()));
      }
    } else if (!field.empty()) {
      return "a field is no KEY::VALUE";
    }
  }
  return "";
}

std::string_view read_time(std::string_view text, std::int64_t& time_s) {
  const auto seconds = base::parse_integer(text);
  if (!seconds || *seconds < 0) return "TIMET is not a time";
  time_s = *seconds;
  return "";
}

std::string_view parse_bulk(std::string_view line, Record& record) {
  Fields fields;
  if (const std::string_view fault = split_bulk(line, fields); !fault.empty()) return fault;
  if (!fields.has(Key::datatype)) return "no DATATYPE";
  const std::string_view kind = fields[Key::datatype];
  const bool service = kind == "SERVICEPERFDATA";
  if (!service && kind != "HOSTPERFDATA")
    return "DATATYPE is neither SERVICEPERFDATA nor HOSTPERFDATA";
  if (!fields.has(Key::timet)) return "no TIMET";
  if (!fields.has(Key::host)) return "no HOSTNAME";
  if (service && !fields.has(Key::service)) return "no SERVICEDESC";
  const Key perfdata = service ? Key::service_perfdata : Key::host_perfdata;
  if (!fields.has(perfdata)) return service ? "no SERVICEPERFDATA" : "no HOSTPERFDATA";
  record = Record{service ? RecordKind::service : RecordKind::host,
                  0,
                  fields[Key::host],
                  service ? fields[Key::service] : std::string_view(),
                  fields[perfdata],
                  fields[service ? Key::service_command : Key::host_command],
                  fields[Key::host_state],
                  fields[Key::host_state_type],
                  fields[Key::service_state],
                  fields[Key::service_state_type]};
  return read_time(fields[Key::timet], record.time_s);
}

std::string_view parse_template(std::string_view line, Record& record) {
  constexpr std::size_t kServiceFields = 8;
  constexpr std::size_t kHostFields = 6;
  std::array<std::string_view, kServiceFields> fields{};
  std::size_t count = 0;
  for (std::size_t at = 0; at <= line.size(); ++count) {
    if (count == fields.size()) return "too many fields for the template";
    const std::size_t end = std::min(line.find('\t', at), line.size());
    fields[count] = line.substr(at, end - at);
    at = end + 1;
  }
  const bool service = fields[0] == "[SERVICEPERFDATA]";
  if (!service && fields[0] != "[HOSTPERFDATA]") return "neither KEY::VALUE nor a known template";
  const std::size_t wanted = service ? kServiceFields : kHostFields;
  if (count > wanted) return "too many fields for the template";
  if (count < wanted) return "too few fields for the template";
  record = Record{};
  record.kind = service ? RecordKind::service : RecordKind::host;
  record.host = fields[2];
  if (service) record.service = fields[3];
  record.perfdata = fields[wanted - 1];
  return read_time(fields[1], record.time_s);
}

void append_field(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty()) out += '\t';
  out += key;
  out += "::";
  for (const char c : value) {
    const bool control = static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    out += control ? ' ' : c;
  }
}

}  // namespace

std::string_view parse_line(std::string_view line, Record& record) {
  if (line.find('\0') != std::string_view::npos) return "a NUL byte in the line";
  return line.starts_with('[') ? parse_template(line, record) : parse_bulk(line, record);
}

std::size_t parse_spool(std::string_view text, std::size_t first_line, SpoolBatch& batch) {
  std::size_t number = first_line;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    Record record;
    const std::string_view fault = parse_line(line, record);
    if (fault.empty()) {
      batch.records.push_back({record, number});
    } else {
      batch.bad.push_back({number, fault});
    }
  }
  return number;
}

std::string format_line(const Record& record) {
  const bool service = record.kind == RecordKind::service;
  std::string out;
  append_field(out, "DATATYPE", service ? "SERVICEPERFDATA" : "HOSTPERFDATA");
  append_field(out, "TIMET", std::to_string(record.time_s));
  append_field(out, "HOSTNAME", record.host);
  if (service) append_field(out, "SERVICEDESC", record.service);
  append_field(out, service ? "SERVICEPERFDATA" : "HOSTPERFDATA", record.perfdata);
  append_field(out, service ? "SERVICECHECKCOMMAND" : "HOSTCHECKCOMMAND", record.command);
  if (!record.host_state.empty()) append_field(out, "HOSTSTATE", record.host_state);
  if (!record.host_state_type.empty()) append_field(out, "HOSTSTATETYPE", record.host_state_type);
  if (service && !record.service_state.empty())
    append_field(out, "SERVICESTATE", record.service_state);
  if (service && !record.service_state_type.empty()) {
    append_field(out, "SERVICESTATETYPE", record.service_state_type);
  }
  out += '\n';
  return out;
}

}  // namespace pingtrail::spool
