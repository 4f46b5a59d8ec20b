// SPDX-License-Identifier: GPL-3.0-or-later
// One line of a perfdata spool file. Two shapes are read:
//   KEY::VALUE<TAB>KEY::VALUE...   any order, unknown keys ignored; what PNP's bulk template and
//                                  Icinga 2's PerfdataWriter write
//   [SERVICEPERFDATA]<TAB>time<TAB>host<TAB>service<TAB>execution
//   time<TAB>latency<TAB>output<TAB>perfdata [HOSTPERFDATA]<TAB>time<TAB>host<TAB>execution
//   time<TAB>output<TAB>perfdata
//                                  the templates Nagios comes with
// Nothing in them is escaped: a TAB inside a value shows as a field too many or a key twice, and
// such a line is refused rather than guessed at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pingtrail::spool {

enum class RecordKind { host, service };

// Every view points into the parsed text; empty where the line did not say.
struct Record {
  RecordKind kind = RecordKind::service;
  std::int64_t time_s = 0;  // seconds since 1970, 0 or later
  std::string_view host;
  std::string_view service;  // empty for a host record
  std::string_view perfdata;
  std::string_view command;  // as written: "check_icmp!args" or "icmp"
  std::string_view host_state, host_state_type;
  std::string_view service_state, service_state_type;

  bool operator==(const Record&) const = default;
};

struct NumberedRecord {
  Record record;
  std::size_t line = 0;  // 1 for the first line of the file

  bool operator==(const NumberedRecord&) const = default;
};

struct BadLine {
  std::size_t line = 0;
  std::string_view reason;  // a literal

  bool operator==(const BadLine&) const = default;
};

struct SpoolBatch {
  std::vector<NumberedRecord> records;
  std::vector<BadLine> bad;
};

// Reads one line without its newline into `record`. Returns why it cannot be used, "" when it can.
// The reason is a literal and lives for ever.
std::string_view parse_line(std::string_view line, Record& record);

// Every line of `text`, good and bad, appended to `batch`; empty lines are passed over. The first
// line counts as `first_line`. Returns the number of the line behind the last.
std::size_t parse_spool(std::string_view text, std::size_t first_line, SpoolBatch& batch);

// The record as a KEY::VALUE line with its newline. TABs and control bytes in a value become
// blanks, so that no value can pose as a field.
std::string format_line(const Record& record);

}  // namespace pingtrail::spool
