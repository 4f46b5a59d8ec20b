// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/layout.h"

#include <gtest/gtest.h>

#include <string>

namespace pingtrail::rrd {
namespace {

using spool::Record;
using spool::RecordKind;

struct Row {
  const char* name;
  std::string host;
  std::string service;
  std::string want;  // "host/service", or "!reason"
};

class NameTable : public testing::TestWithParam<Row> {};

TEST_P(NameTable, places) {
  Record record;
  record.host = GetParam().host;
  record.service = GetParam().service;
  ArchiveName name;
  const std::string fault(archive_name(record, name));
  EXPECT_EQ(fault.empty() ? name.host + "/" + name.service : "!" + fault, GetParam().want);
}

const Row kRows[] = {
    {"plain", "web1", "icmp", "web1/icmp"},
    {"cleaned", "a b&c:d/e\\f", "g h", "a_b_c_d_e_f/g_h"},
    {"slashes_cannot_leave", "x/../../etc", "passwd", "x_.._.._etc/passwd"},
    {"utf8_stays", "höst", "°C", "höst/°C"},
    {"dots_inside", "web.example.org", "a.b", "web.example.org/a.b"},
    {"two_hundred_bytes", std::string(200, 'h'), "s", std::string(200, 'h') + "/s"},
    {"host_too_long", std::string(201, 'h'), "s", "!the host name is longer than 200 bytes"},
    {"service_too_long", "h", std::string(201, 's'), "!the service name is longer than 200 bytes"},
    {"host_empty", "", "s", "!the host has no name"},
    {"service_empty", "h", "", "!the service has no name"},
    {"host_dot", ".", "s", "!the host name begins with a dot"},
    {"host_dots", "..", "s", "!the host name begins with a dot"},
    {"host_hidden", ".pingtrail", "s", "!the host name begins with a dot"},
    {"service_dots", "h", "..", "!the service name begins with a dot"},
    {"service_path", "h", "../../x", "!the service name begins with a dot"},
    {"host_control", "a\nb", "s", "!a control character in the host name"},
    {"service_control", "h", "a\x7f", "!a control character in the service name"},
    {"service_host", "h", "_HOST_", "!a service named _HOST_ would overwrite its host"},
    {"service_host_cleaned", "h", "/HOST:", "!a service named _HOST_ would overwrite its host"},
};
INSTANTIATE_TEST_SUITE_P(archive_name, NameTable, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(archive_name, of_a_host_is_host) {
  Record record;
  record.kind = RecordKind::host;
  record.host = "web 1";
  record.service = "..";
  ArchiveName name;
  EXPECT_EQ(archive_name(record, name), "");
  EXPECT_EQ(name, (ArchiveName{"web_1", "_HOST_"}));
}

TEST(template_name, is_the_command_without_arguments_and_never_a_path) {
  EXPECT_EQ(template_name("check_icmp!a!b"), "check_icmp");
  EXPECT_EQ(template_name("icmp"), "icmp");
  EXPECT_EQ(template_name(""), "default");
  EXPECT_EQ(template_name("../../x"), "default");
  EXPECT_EQ(template_name("a/b"), "a_b");
}

}  // namespace
}  // namespace pingtrail::rrd
