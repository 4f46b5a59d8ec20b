// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/number.h"

#include <gtest/gtest.h>

namespace pingtrail::base {
namespace {

struct DecimalCase {
  const char* name;
  const char* input;
  std::optional<double> want;
};

class ParseDecimal : public testing::TestWithParam<DecimalCase> {};

TEST_P(ParseDecimal, TakesTheWholeStringOrNothing) {
  EXPECT_EQ(parse_decimal(GetParam().input), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseDecimal,
    testing::Values(
        DecimalCase{"whole", "200", 200.0}, DecimalCase{"quarter", "200.25", 200.25},
        DecimalCase{"small", "0.05", 0.05}, DecimalCase{"leading_zero", "010", 10.0},
        DecimalCase{"no_whole_part", ".5", 0.5}, DecimalCase{"no_fraction", "5.", 5.0},
        DecimalCase{"negative", "-2.5", -2.5}, DecimalCase{"empty", "", std::nullopt},
        DecimalCase{"point", ".", std::nullopt}, DecimalCase{"minus", "-", std::nullopt},
        DecimalCase{"plus", "+5", std::nullopt}, DecimalCase{"word", "abc", std::nullopt},
        DecimalCase{"infinite", "inf", std::nullopt},
        DecimalCase{"not_a_number", "nan", std::nullopt},
        DecimalCase{"exponent", "1e3", std::nullopt},
        DecimalCase{"hexadecimal", "0x10", std::nullopt}, DecimalCase{"comma", "1,5", std::nullopt},
        DecimalCase{"tail", "010x", std::nullopt}, DecimalCase{"blank", " 5", std::nullopt},
        DecimalCase{"two_points", "1.2.3", std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ParseInteger, TakesTheWholeStringOrNothing) {
  EXPECT_EQ(parse_integer("5"), 5);
  EXPECT_EQ(parse_integer("-5"), -5);
  EXPECT_EQ(parse_integer("9223372036854775807"), 9223372036854775807);
  EXPECT_EQ(parse_integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_integer("5x"), std::nullopt);
  EXPECT_EQ(parse_integer("+5"), std::nullopt);
  EXPECT_EQ(parse_integer(""), std::nullopt);
}

TEST(FormatFixed, PrintsExactlyTheDecimalsAskedFor) {
  EXPECT_EQ(format_fixed(0.8333, 3), "0.833");
  EXPECT_EQ(format_fixed(200, 3), "200.000");
  EXPECT_EQ(format_fixed(-0.0001, 3), "0.000");
  EXPECT_EQ(format_fixed(1e300, 0).size(), 301U);
}

TEST(FormatShort, LeavesOutTrailingZeros) {
  EXPECT_EQ(format_short(40, 2), "40");
  EXPECT_EQ(format_short(33.33333, 2), "33.33");
  EXPECT_EQ(format_short(0.10, 2), "0.1");
  EXPECT_EQ(format_short(100, 0), "100");
}

}  // namespace
}  // namespace pingtrail::base
