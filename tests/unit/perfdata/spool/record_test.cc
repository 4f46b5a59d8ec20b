// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/spool/record.h"

#include <gtest/gtest.h>

#include <string>

namespace pingtrail::spool {
namespace {

using namespace std::string_literals;

// "kind|time|host|service|perfdata|command|states", or "!reason".
std::string read(std::string_view line) {
  Record record;
  const std::string_view fault = parse_line(line, record);
  if (!fault.empty()) return "!" + std::string(fault);
  std::string out = record.kind == RecordKind::host ? "host" : "service";
  out += "|" + std::to_string(record.time_s);
  for (const std::string_view field :
       {record.host, record.service, record.perfdata, record.command, record.host_state,
        record.host_state_type, record.service_state, record.service_state_type}) {
    out += "|" + std::string(field);
  }
  return out;
}

struct Row {
  const char* name;
  std::string input;
  std::string want;
};

class LineTable : public testing::TestWithParam<Row> {};

TEST_P(LineTable, reads) { EXPECT_EQ(read(GetParam().input), GetParam().want); }

const std::string kService =
    "DATATYPE::SERVICEPERFDATA\tTIMET::1795196760\tHOSTNAME::h5\tSERVICEDESC::icmp\t";

const Row kBulk[] = {
    {"service",
     kService + "SERVICEPERFDATA::rta=0.009ms;100.000;500.000;0; "
                "pl=0%;20;60;;\tSERVICECHECKCOMMAND::icmp\t"
                "HOSTSTATE::UP\tHOSTSTATETYPE::HARD\tSERVICESTATE::OK\tSERVICESTATETYPE::HARD",
     "service|1795196760|h5|icmp|rta=0.009ms;100.000;500.000;0; "
     "pl=0%;20;60;;|icmp|UP|HARD|OK|HARD"},
    {"host",
     "DATATYPE::HOSTPERFDATA\tTIMET::5\tHOSTNAME::h\tHOSTPERFDATA::rta=1\tHOSTCHECKCOMMAND::check!"
     "a!b\t"
     "HOSTSTATE::DOWN\tHOSTSTATETYPE::SOFT",
     "host|5|h||rta=1|check!a!b|DOWN|SOFT||"},
    {"any_order",
     "SERVICEPERFDATA::a=1\tHOSTNAME::h\tSERVICEDESC::s\tTIMET::5\tDATATYPE::SERVICEPERFDATA",
     "service|5|h|s|a=1|||||"},
    {"npcdmod_without_hoststate",
     kService + "SERVICEPERFDATA::a=1\tSERVICECHECKCOMMAND::c\tSERVICESTATE::0",
     "service|1795196760|h5|icmp|a=1|c|||0|"},
    {"unknown_keys", kService + "SERVICEPERFDATA::a=1\tSERVICEOUTPUT::OK\tNEW_KEY::x",
     "service|1795196760|h5|icmp|a=1|||||"},
    {"colons_in_value", kService + "SERVICEPERFDATA::a::b=1",
     "service|1795196760|h5|icmp|a::b=1|||||"},
    {"empty_perfdata", kService + "SERVICEPERFDATA::", "service|1795196760|h5|icmp||||||"},
    {"trailing_tab", kService + "SERVICEPERFDATA::a=1\tSERVICESTATE::OK\t",
     "service|1795196760|h5|icmp|a=1||||OK|"},
    {"tab_in_perfdata", kService + "SERVICEPERFDATA::a=1\tb=2\tSERVICESTATE::OK",
     "service|1795196760|h5|icmp|a=1\tb=2||||OK|"},
    {"tab_in_output", kService + "SERVICEOUTPUT::a\tb\tSERVICEPERFDATA::a=1",
     "service|1795196760|h5|icmp|a=1|||||"},
    {"service_keys_of_a_host_line_do_not_count",
     "DATATYPE::HOSTPERFDATA\tTIMET::5\tHOSTNAME::h\tHOSTPERFDATA::a=1\tSERVICEDESC::s",
     "host|5|h||a=1|||||"},
    {"host_injected_by_tab", kService + "SERVICEPERFDATA::a=1\tHOSTNAME::other",
     "!a key stands twice in the line"},
    {"service_injected_by_tab", kService + "SERVICEPERFDATA::a=1\tSERVICEDESC::other",
     "!a key stands twice in the line"},
    {"unknown_key_twice", kService + "SERVICEPERFDATA::a=1\tX::1\tX::2",
     "!a key stands twice in the line"},
    {"tab_in_host_name", "DATATYPE::HOSTPERFDATA\tTIMET::5\tHOSTNAME::h\tx\tHOSTPERFDATA::a=1",
     "!a field is no KEY::VALUE"},
    {"no_datatype", "TIMET::5\tHOSTNAME::h\tHOSTPERFDATA::a=1", "!no DATATYPE"},
    {"other_datatype", "DATATYPE::X\tTIMET::5\tHOSTNAME::h\tHOSTPERFDATA::a=1",
     "!DATATYPE is neither SERVICEPERFDATA nor HOSTPERFDATA"},
    {"no_time", "DATATYPE::HOSTPERFDATA\tHOSTNAME::h\tHOSTPERFDATA::a=1", "!no TIMET"},
    {"time_no_number", "DATATYPE::HOSTPERFDATA\tTIMET::now\tHOSTNAME::h\tHOSTPERFDATA::a=1",
     "!TIMET is not a time"},
    {"time_negative", "DATATYPE::HOSTPERFDATA\tTIMET::-5\tHOSTNAME::h\tHOSTPERFDATA::a=1",
     "!TIMET is not a time"},
    {"time_relative", "DATATYPE::HOSTPERFDATA\tTIMET::-5:\tHOSTNAME::h\tHOSTPERFDATA::a=1",
     "!TIMET is not a time"},
    {"time_too_large",
     "DATATYPE::HOSTPERFDATA\tTIMET::99999999999999999999\tHOSTNAME::h\tHOSTPERFDATA::a=1",
     "!TIMET is not a time"},
    {"no_host", "DATATYPE::HOSTPERFDATA\tTIMET::5\tHOSTPERFDATA::a=1", "!no HOSTNAME"},
    {"no_service", "DATATYPE::SERVICEPERFDATA\tTIMET::5\tHOSTNAME::h\tSERVICEPERFDATA::a=1",
     "!no SERVICEDESC"},
    {"no_service_perfdata", kService, "!no SERVICEPERFDATA"},
    {"no_host_perfdata", "DATATYPE::HOSTPERFDATA\tTIMET::5\tHOSTNAME::h", "!no HOSTPERFDATA"},
    {"nul_byte", kService + "SERVICEPERFDATA::a=1\0b=2"s, "!a NUL byte in the line"},
    {"prose", "hello world", "!a field is no KEY::VALUE"},
};
INSTANTIATE_TEST_SUITE_P(bulk, LineTable, testing::ValuesIn(kBulk),
                         [](const auto& row) { return row.param.name; });

const Row kTemplate[] = {
    {"service", "[SERVICEPERFDATA]\t5\th\ts\t0.01\t0.2\tOK - fine\ta=1 b=2",
     "service|5|h|s|a=1 b=2|||||"},
    {"host", "[HOSTPERFDATA]\t5\th\t0.01\tOK - fine\ta=1", "host|5|h||a=1|||||"},
    {"empty_perfdata", "[HOSTPERFDATA]\t5\th\t0.01\tOK - fine\t", "host|5|h|||||||"},
    {"tab_in_output", "[HOSTPERFDATA]\t5\th\t0.01\tOK\tfine\ta=1",
     "!too many fields for the template"},
    {"tab_in_service_output", "[SERVICEPERFDATA]\t5\th\ts\t0.01\t0.2\tOK\tfine\ta=1",
     "!too many fields for the template"},
    {"too_few", "[SERVICEPERFDATA]\t5\th\ts", "!too few fields for the template"},
    {"bad_time", "[HOSTPERFDATA]\tx\th\t0.01\tOK\ta=1", "!TIMET is not a time"},
    {"other_template", "[X]\t5\th", "!neither KEY::VALUE nor a known template"},
};
INSTANTIATE_TEST_SUITE_P(nagios_template, LineTable, testing::ValuesIn(kTemplate),
                         [](const auto& row) { return row.param.name; });

TEST(parse_line, refuses_more_fields_than_any_template_has) {
  std::string line = kService + "SERVICEPERFDATA::a=1";
  for (int i = 0; i < 50; ++i) line += "\tK" + std::to_string(i) + "::v";
  EXPECT_EQ(read(line), "!too many fields");
}

TEST(parse_spool, keeps_good_lines_and_counts_every_line) {
  SpoolBatch batch;
  const std::string good = kService + "SERVICEPERFDATA::a=1";
  const std::string text = good + "\n\nbad\r\n" + good + "\r\n";  // records point into it
  EXPECT_EQ(parse_spool(text, 10, batch), 14U);
  ASSERT_EQ(batch.records.size(), 2U);
  EXPECT_EQ(batch.records[0].line, 10U);
  EXPECT_EQ(batch.records[1].line, 13U);
  EXPECT_EQ(batch.records[1].record.perfdata, "a=1");
  EXPECT_EQ(batch.bad, (std::vector<BadLine>{{12, "a field is no KEY::VALUE"}}));
}

TEST(format_line, is_read_back_as_what_was_written) {
  const Record service{RecordKind::service, 5, "h", "s", "a=1", "c!x", "UP", "HARD", "OK", "SOFT"};
  const Record host{RecordKind::host, 6, "h", "", "a=1", "c", "DOWN", "HARD", "", ""};
  SpoolBatch batch;
  const std::string text = format_line(service) + format_line(host);
  parse_spool(text, 1, batch);
  ASSERT_EQ(batch.records.size(), 2U);
  EXPECT_EQ(batch.records[0].record, service);
  EXPECT_EQ(batch.records[1].record, host);
}

TEST(format_line, lets_no_value_pose_as_a_field) {
  const std::string line =
      format_line({RecordKind::service, 5, "h\tHOSTNAME::x", "s\ny", "a=1", "", "", "", "", ""});
  EXPECT_EQ(line,
            "DATATYPE::SERVICEPERFDATA\tTIMET::5\tHOSTNAME::h HOSTNAME::x\tSERVICEDESC::s y\t"
            "SERVICEPERFDATA::a=1\tSERVICECHECKCOMMAND::\n");
}

}  // namespace
}  // namespace pingtrail::spool
