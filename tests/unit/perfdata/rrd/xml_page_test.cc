// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/xml_page.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pingtrail::rrd {
namespace {

const std::vector<Source> kSources = {{"rta", "ms", "0.833", "200.000", "500.000", "0", ""},
                                      {"a <b>", "%", "U", "10:20", "@~:5", "", "100"}};

XmlPage page_of(const std::vector<Source>& sources) {
  XmlPage page;
  page.root = "/rrd";
  page.name = {"web_1", "icmp"};
  page.template_name = "check_icmp";
  page.sources = sources;
  page.record = {spool::RecordKind::service,
                 1795196760,
                 "web 1",
                 "icmp",
                 "rta=0.833ms",
                 "check_icmp!x",
                 "UP",
                 "HARD",
                 "OK",
                 "HARD"};
  return page;
}

TEST(render_xml, is_version_4_of_pnp_element_by_element) {
  const std::string want = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<NAGIOS>
  <DATASOURCE>
    <TEMPLATE>check_icmp</TEMPLATE>
    <RRDFILE>/rrd/web_1/icmp.rrd</RRDFILE>
    <RRD_STORAGE_TYPE>SINGLE</RRD_STORAGE_TYPE>
    <RRD_HEARTBEAT>8460</RRD_HEARTBEAT>
    <IS_MULTI>0</IS_MULTI>
    <DS>1</DS>
    <NAME>rta</NAME>
    <LABEL>rta</LABEL>
    <UNIT>ms</UNIT>
    <ACT>0.833</ACT>
    <WARN>200.000</WARN>
    <WARN_MIN></WARN_MIN>
    <WARN_MAX></WARN_MAX>
    <WARN_RANGE_TYPE></WARN_RANGE_TYPE>
    <CRIT>500.000</CRIT>
    <CRIT_MIN></CRIT_MIN>
    <CRIT_MAX></CRIT_MAX>
    <CRIT_RANGE_TYPE></CRIT_RANGE_TYPE>
    <MIN>0</MIN>
    <MAX></MAX>
  </DATASOURCE>
  <DATASOURCE>
    <TEMPLATE>check_icmp</TEMPLATE>
    <RRDFILE>/rrd/web_1/icmp.rrd</RRDFILE>
    <RRD_STORAGE_TYPE>SINGLE</RRD_STORAGE_TYPE>
    <RRD_HEARTBEAT>8460</RRD_HEARTBEAT>
    <IS_MULTI>0</IS_MULTI>
    <DS>2</DS>
    <NAME>a_&lt;b&gt;</NAME>
    <LABEL>a &lt;b&gt;</LABEL>
    <UNIT>%%</UNIT>
    <ACT>U</ACT>
    <WARN></WARN>
    <WARN_MIN>10</WARN_MIN>
    <WARN_MAX>20</WARN_MAX>
    <WARN_RANGE_TYPE>outside</WARN_RANGE_TYPE>
    <CRIT></CRIT>
    <CRIT_MIN></CRIT_MIN>
    <CRIT_MAX>5</CRIT_MAX>
    <CRIT_RANGE_TYPE>inside</CRIT_RANGE_TYPE>
    <MIN></MIN>
    <MAX>100</MAX>
  </DATASOURCE>
  <RRD>
    <RC>0</RC>
    <TXT>successful updated</TXT>
  </RRD>
  <NAGIOS_AUTH_HOSTNAME>web 1</NAGIOS_AUTH_HOSTNAME>
  <NAGIOS_AUTH_SERVICEDESC>icmp</NAGIOS_AUTH_SERVICEDESC>
  <NAGIOS_CHECK_COMMAND>check_icmp!x</NAGIOS_CHECK_COMMAND>
  <NAGIOS_DATATYPE>SERVICEPERFDATA</NAGIOS_DATATYPE>
  <NAGIOS_DISP_HOSTNAME>web 1</NAGIOS_DISP_HOSTNAME>
  <NAGIOS_DISP_SERVICEDESC>icmp</NAGIOS_DISP_SERVICEDESC>
  <NAGIOS_HOSTNAME>web_1</NAGIOS_HOSTNAME>
  <NAGIOS_HOSTSTATE>UP</NAGIOS_HOSTSTATE>
  <NAGIOS_HOSTSTATETYPE>HARD</NAGIOS_HOSTSTATETYPE>
  <NAGIOS_MULTI_PARENT></NAGIOS_MULTI_PARENT>
  <NAGIOS_PERFDATA>rta=0.833ms</NAGIOS_PERFDATA>
  <NAGIOS_RRDFILE>/rrd/web_1/icmp.rrd</NAGIOS_RRDFILE>
  <NAGIOS_SERVICECHECKCOMMAND>check_icmp!x</NAGIOS_SERVICECHECKCOMMAND>
  <NAGIOS_SERVICEDESC>icmp</NAGIOS_SERVICEDESC>
  <NAGIOS_SERVICEPERFDATA>rta=0.833ms</NAGIOS_SERVICEPERFDATA>
  <NAGIOS_SERVICESTATE>OK</NAGIOS_SERVICESTATE>
  <NAGIOS_SERVICESTATETYPE>HARD</NAGIOS_SERVICESTATETYPE>
  <NAGIOS_TIMET>1795196760</NAGIOS_TIMET>
  <NAGIOS_XMLFILE>/rrd/web_1/icmp.xml</NAGIOS_XMLFILE>
  <XML>
    <VERSION>4</VERSION>
  </XML>
</NAGIOS>
)";
  EXPECT_EQ(render_xml(page_of(kSources)), want);
}

TEST(parse_xml_sources, finds_labels_and_units_again) {
  const auto sources = parse_xml_sources(render_xml(page_of(kSources)));
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources[0], (Source{"rta", "ms", "U", "", "", "", ""}));
  EXPECT_EQ(sources[1], (Source{"a <b>", "%", "U", "", "", "", ""}));
}

TEST(parse_xml_sources, takes_the_name_where_there_is_no_label) {
  const auto sources = parse_xml_sources("<DATASOURCE><DS>1</DS><NAME>rta</NAME></DATASOURCE>");
  ASSERT_EQ(sources.size(), 1U);
  EXPECT_EQ(sources[0].label, "rta");
}

TEST(parse_xml_sources, has_none_for_what_is_no_single_archive) {
  const char* const twice_the_first =
      "<DATASOURCE><DS>1</DS><LABEL>a</LABEL></DATASOURCE>"
      "<DATASOURCE><DS>1</DS><LABEL>b</LABEL></DATASOURCE>";
  for (const char* xml :
       {"", "garbage", "<DATASOURCE><DS>1</DS>", "<DATASOURCE><DS>1</DS></DATASOURCE>",
        "<DATASOURCE><DS>2</DS><LABEL>a</LABEL></DATASOURCE>", twice_the_first}) {
    EXPECT_TRUE(parse_xml_sources(xml).empty()) << xml;
  }
}

TEST(fingerprint, is_the_same_for_other_values_and_times) {
  std::vector<Source> later = kSources;
  later[0].value = "9";
  XmlPage page = page_of(later);
  page.record.time_s += 60;
  page.record.perfdata = "rta=9ms";
  EXPECT_EQ(fingerprint(page), fingerprint(page_of(kSources)));
  EXPECT_TRUE(same_but_values(render_xml(page), render_xml(page_of(kSources))));
}

TEST(fingerprint, changes_with_everything_else) {
  const std::uint64_t before = fingerprint(page_of(kSources));
  const std::string text = render_xml(page_of(kSources));
  for (std::string Source::*member :
       {&Source::label, &Source::unit, &Source::warn, &Source::crit, &Source::min, &Source::max}) {
    std::vector<Source> other = kSources;
    other[0].*member = "7";
    EXPECT_NE(fingerprint(page_of(other)), before);
    EXPECT_FALSE(same_but_values(render_xml(page_of(other)), text));
  }
  XmlPage state = page_of(kSources);
  state.record.service_state = "CRITICAL";
  EXPECT_NE(fingerprint(state), before);
  EXPECT_FALSE(same_but_values(render_xml(state), text));
}

}  // namespace
}  // namespace pingtrail::rrd
