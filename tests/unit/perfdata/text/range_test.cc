// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/text/range.h"

#include <gtest/gtest.h>

#include <optional>

namespace pingtrail::text {
namespace {

struct Row {
  const char* name;
  const char* input;
  std::optional<Range> want;
};

class RangeTable : public testing::TestWithParam<Row> {};

TEST_P(RangeTable, reads) { EXPECT_EQ(parse_range(GetParam().input), GetParam().want); }

const Row kRows[] = {
    {"end_only", "10", Range{0.0, 10.0, false}},
    {"end_decimal", "200.000", Range{0.0, 200.0, false}},
    {"start_only", "10:", Range{10.0, std::nullopt, false}},
    {"no_lower_bound", "~:10", Range{std::nullopt, 10.0, false}},
    {"no_bound_at_all", "~:", Range{std::nullopt, std::nullopt, false}},
    {"both", "10:20", Range{10.0, 20.0, false}},
    {"inside", "@10:20", Range{10.0, 20.0, true}},
    {"inside_end_only", "@10", Range{0.0, 10.0, true}},
    {"negative", "-20:-10", Range{-20.0, -10.0, false}},
    {"scientific", "1e3:2e3", Range{1000.0, 2000.0, false}},
    {"comma", "1,5:2,5", Range{1.5, 2.5, false}},
    {"units_dropped", "10ms:20ms", Range{10.0, 20.0, false}},
    {"unit_at_end", "80%", Range{0.0, 80.0, false}},
    {"one_point", "10:10", Range{10.0, 10.0, false}},
    {"start_above_end", "20:10", std::nullopt},
    {"negative_end_alone", "-10", std::nullopt},
    {"empty", "", std::nullopt},
    {"colon_alone", ":", std::nullopt},
    {"colon_first", ":10", std::nullopt},
    {"at_alone", "@", std::nullopt},
    {"tilde_alone", "~", std::nullopt},
    {"word", "abc", std::nullopt},
    {"two_colons", "1:2:3", std::nullopt},
    {"hexadecimal", "0x10", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(parse_range, RangeTable, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST(alerts, outside_of_a_range_and_not_on_its_ends) {
  const Range range{10.0, 20.0, false};
  EXPECT_TRUE(alerts(range, 9.99));
  EXPECT_FALSE(alerts(range, 10));
  EXPECT_FALSE(alerts(range, 20));
  EXPECT_TRUE(alerts(range, 20.01));
}

TEST(alerts, inside_of_a_range_with_an_at_sign_ends_included) {
  const Range range{10.0, 20.0, true};
  EXPECT_FALSE(alerts(range, 9.99));
  EXPECT_TRUE(alerts(range, 10));
  EXPECT_TRUE(alerts(range, 20));
  EXPECT_FALSE(alerts(range, 20.01));
}

TEST(alerts, never_beyond_an_absent_bound) {
  EXPECT_FALSE(alerts(Range{std::nullopt, 10.0, false}, -1e300));
  EXPECT_FALSE(alerts(Range{10.0, std::nullopt, false}, 1e300));
}

}  // namespace
}  // namespace pingtrail::text
