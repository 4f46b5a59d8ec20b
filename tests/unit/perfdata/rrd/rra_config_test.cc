// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/rra_config.h"

#include <gtest/gtest.h>

namespace pingtrail::rrd {
namespace {

TEST(rra_config, default_is_that_of_pnp) {
  const RraConfig config = default_rra_config();
  EXPECT_EQ(config.step_s, 60);
  EXPECT_EQ(config.heartbeat_s, 8460);
  ASSERT_EQ(config.archives.size(), 12U);
  EXPECT_EQ(rra_definition(config.archives[0]), "RRA:AVERAGE:0.5:1:2880");
  EXPECT_EQ(rra_definition(config.archives[5]), "RRA:MAX:0.5:5:2880");
  EXPECT_EQ(rra_definition(config.archives[11]), "RRA:MIN:0.5:360:5840");
}

TEST(rra_config, reads_a_file_of_pnp) {
  const auto config = parse_rra_config(
      "# comment\nRRA_STEP=300\n\n RRA:AVERAGE:0.5:1:10  # "
      "behind\nRRA:MAX:0.25:2:20\nRRD_HEARTBEAT=600\n");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(*config, (RraConfig{300, 600, {{"AVERAGE", 0.5, 1, 10}, {"MAX", 0.25, 2, 20}}}));
}

struct Row {
  const char* name;
  const char* input;
  const char* want;
};

class BadConfig : public testing::TestWithParam<Row> {};

TEST_P(BadConfig, is_refused_by_line) {
  const auto config = parse_rra_config(GetParam().input);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, GetParam().want);
}

constexpr Row kBad[] = {
    {"no_rra", "RRA_STEP=60\n", "line 2: there is no RRA: line"},
    {"unknown_key", "RRA:MAX:0:1:1\nSTEP=60",
     "line 2: STEP=60 is neither RRA_STEP=, RRD_HEARTBEAT= nor RRA:"},
    {"function", "RRA:SUM:0.5:1:10", "line 1: RRA:SUM:0.5:1:10 is no RRA:FUNCTION:XFF:STEPS:ROWS"},
    {"share", "RRA:MAX:1:1:10", "line 1: RRA:MAX:1:1:10 is no RRA:FUNCTION:XFF:STEPS:ROWS"},
    {"rows", "RRA:MAX:0.5:1:0", "line 1: RRA:MAX:0.5:1:0 is no RRA:FUNCTION:XFF:STEPS:ROWS"},
    {"too_many_fields", "RRA:MAX:0.5:1:10:1",
     "line 1: RRA:MAX:0.5:1:10:1 is no RRA:FUNCTION:XFF:STEPS:ROWS"},
    {"too_few_fields", "RRA:MAX:0.5:1", "line 1: RRA:MAX:0.5:1 is no RRA:FUNCTION:XFF:STEPS:ROWS"},
    {"step", "RRA_STEP=0", "line 1: RRA_STEP=0: no such time"},
    {"step_word", "RRA_STEP=60s", "line 1: RRA_STEP=60s: no such time"},
};
INSTANTIATE_TEST_SUITE_P(parse_rra_config, BadConfig, testing::ValuesIn(kBad),
                         [](const auto& row) { return row.param.name; });

TEST(rra_config, foresees_the_size_of_an_archive) {
  // As rrdtool 1.7.2 made it: 2 sources, RRA:AVERAGE:0.5:1:10 and RRA:MAX:0.5:5:3.
  const RraConfig config{60, 8460, {{"AVERAGE", 0.5, 1, 10}, {"MAX", 0.5, 5, 3}}};
  EXPECT_EQ(archive_bytes(config, 2), 1392U);
}

}  // namespace
}  // namespace pingtrail::rrd
