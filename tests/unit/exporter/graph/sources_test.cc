// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/sources.h"

#include <gtest/gtest.h>

namespace pingtrail::graph::test {
namespace {

std::string source(int number, const char* label, const char* unit, const char* warn = "") {
  return "<DATASOURCE><DS>" + std::to_string(number) + "</DS><LABEL>" + label + "</LABEL><UNIT>" +
         unit + "</UNIT><WARN>" + warn + "</WARN></DATASOURCE>\n";
}

TEST(Pages, TellNamesUnitsAndLimits) {
  const Page page =
      parse_page("<NAGIOS>" + source(1, "a&amp;b", "%%", "5.5") + source(2, "c", "s", "x") +
                 "<NAGIOS_DISP_HOSTNAME>a b</NAGIOS_DISP_HOSTNAME>"
                 "<NAGIOS_HOSTNAME>a_b</NAGIOS_HOSTNAME>"
                 "<NAGIOS_AUTH_SERVICEDESC>PING 4</NAGIOS_AUTH_SERVICEDESC></NAGIOS>");
  EXPECT_EQ(page, (Page{"a b", "PING 4", {{"a&b", "%", 5.5, {}}, {"c", "s", {}, {}}}}));
  EXPECT_EQ(parse_page("<html>"), Page{});
}

TEST(PingSources, AreFoundByNameElseByPlace) {
  const Page page = parse_page(source(1, "rtmax", "ms") + source(2, "pl", "%%") +
                               source(3, "rta", "s") + source(4, "rtmin", "ms"));
  EXPECT_EQ(ping_sources(page, 4), (PingSources{3, 2, 4, 1, {}, 1000}));
  // A page that names more than the archive has.
  EXPECT_EQ(ping_sources(page, 3), (PingSources{3, 2, {}, 1, {}, 1000}));
  EXPECT_EQ(ping_sources(page, 2), std::nullopt);
  EXPECT_EQ(ping_sources({}, 2), (PingSources{1, 2, {}, {}, {}, 1}));
  EXPECT_EQ(ping_sources({}, 1), std::nullopt);
  EXPECT_EQ(ping_sources(parse_page(source(1, "load1", "") + source(2, "load5", "")), 2),
            std::nullopt);
}

}  // namespace
}  // namespace pingtrail::graph::test
