// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/ini.h"

#include <gtest/gtest.h>

namespace pingtrail::check {
namespace {

using Entries = std::vector<IniEntry>;

TEST(Ini, GivesTheEntriesOfTheSectionInOrderWithTheirLines) {
  const auto parsed = parse_ini(
      "; first a comment\n"
      "[other]\n"
      "warning=1,1%\n"
      "\n"
      "[check_icmp]\n"
      "# another\n"
      "  warning = 100,20%  \n"
      "v\n"
      "name=\"core switch # 1\"\n"
      "group='it''s'\n"
      "empty=\n"
      "[third]\n"
      "critical=2,2%\n"
      "[check_icmp]\r\n"
      "critical=500,60%\r\n",
      "check_icmp", "x.ini");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, (Entries{{"warning", "100,20%", 7},
                              {"v", std::nullopt, 8},
                              {"name", "core switch # 1", 9},
                              {"group", "it''s", 10},
                              {"empty", "", 11},
                              {"critical", "500,60%", 15}}));
}

struct Refusal {
  const char* name;
  const char* text;
  const char* want;
};

class IniRefusal : public testing::TestWithParam<Refusal> {};

TEST_P(IniRefusal, NamesFileAndLine) {
  const auto parsed = parse_ini(GetParam().text, "s", "x.ini");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, IniRefusal,
    testing::Values(
        Refusal{"NoSection", "[t]\na=1\n", "x.ini: no section [s]"},
        Refusal{"EmptyFile", "", "x.ini: no section [s]"},
        Refusal{"OpenSection", "[s\na=1\n",
                "x.ini: line 1: the section's name does not close with ]"},
        Refusal{"OpenQuote", "[s]\na=\"1\n", "x.ini: line 2: the quote does not close"},
        Refusal{"NoKey", "[s]\n\n=1\n", "x.ini: line 3: neither [section] nor key=value"},
        Refusal{"Prose", "[s]\nwarn at 5\n", "x.ini: line 2: neither [section] nor key=value"}),
    [](const auto& row) { return row.param.name; });

TEST(Ini, DoesNotMindNonsenseInOtherSections) {
  EXPECT_TRUE(parse_ini("prose first\n[t]\nmore prose here\n[s]\na=1", "s", "x.ini"));
}

}  // namespace
}  // namespace pingtrail::check
