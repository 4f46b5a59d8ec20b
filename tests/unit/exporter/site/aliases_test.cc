// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/aliases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pingtrail::site {
namespace {

using ::testing::ElementsAre;

TEST(Aliases, AreReadFromLinesOfNames) {
  const auto aliases = parse_aliases(
      "# names\n\n core-sw 192.0.2.7\tcore.example.org  alias=Core switch, first floor \r\n"
      "web-01\n");
  ASSERT_TRUE(aliases);
  EXPECT_THAT(aliases->entries(), ElementsAre(HostNames{"core-sw",
                                                        "Core switch, first floor",
                                                        {"192.0.2.7", "core.example.org"}},
                                              HostNames{"web-01", "", {}}));
}

TEST(Aliases, OfAnyNameLeadToAllOthers) {
  const auto aliases = parse_aliases("core-sw 192.0.2.7 core\nweb 192.0.2.8\n");
  ASSERT_TRUE(aliases);
  EXPECT_THAT(aliases->same_as("192.0.2.7"), ElementsAre("192.0.2.7", "core-sw", "core"));
  EXPECT_THAT(aliases->same_as("core-sw"), ElementsAre("core-sw", "192.0.2.7", "core"));
  EXPECT_THAT(aliases->same_as("elsewhere"), ElementsAre("elsewhere"));
  EXPECT_EQ(aliases->find("elsewhere"), nullptr);
}

TEST(Aliases, AHostNameGoesBeforeAnotherHostsAddress) {
  const auto aliases = parse_aliases("a b\nb 192.0.2.2\n");
  ASSERT_TRUE(aliases);
  EXPECT_EQ(aliases->find("b")->name, "b");
}

TEST(Aliases, AreReadFromNagiosObjects) {
  const auto aliases = parse_aliases(
      "########\ndefine command {\n\tcommand_name\tcheck\n\t}\n\n"
      "define host {\n\thost_name\tcore-sw\n\talias\tCore switch\n\taddress\t192.0.2.7\n\t}\n\n"
      "define host {\n\tname\tgeneric-host\n\talias\ta template\n\t}\n"
      "define host{\n\thost_name\tweb\n\tdisplay_name\tWeb shop\n\talias\tw\n}\n"
      "define hostgroup {\n\thostgroup_name\tall\n\talias\tAll\n\t}\n"
      "define service {\n\thost_name\tother\n\taddress\t192.0.2.9\n\t}\n");
  ASSERT_TRUE(aliases);
  EXPECT_THAT(aliases->entries(), ElementsAre(HostNames{"core-sw", "Core switch", {"192.0.2.7"}},
                                              HostNames{"web", "Web shop", {}}));
}

TEST(Aliases, AHostNamedTwiceIsOne) {
  const auto aliases = parse_aliases("a 192.0.2.1\na 192.0.2.2 alias=A\n");
  ASSERT_TRUE(aliases);
  EXPECT_THAT(aliases->entries(), ElementsAre(HostNames{"a", "A", {"192.0.2.1", "192.0.2.2"}}));
}

TEST(Aliases, ALineWithoutANameIsRefusedByNumber) {
  const auto aliases = parse_aliases("a\nalias=nobody\n");
  ASSERT_FALSE(aliases);
  EXPECT_EQ(aliases.error().message, "line 2: no host name");
}

}  // namespace
}  // namespace pingtrail::site
