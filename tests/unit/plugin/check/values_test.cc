// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/values.h"

#include <gtest/gtest.h>

#include <string>

namespace pingtrail::check {
namespace {

template <typename T>
struct Row {
  std::string name;
  std::string input;
  std::optional<T> want;  // absent: refused
};

template <typename T>
std::optional<T> value_or_nothing(const base::Expected<T>& parsed, const std::string& input) {
  if (parsed) {
    return *parsed;
  }
  EXPECT_NE(parsed.error().message.find("'" + input + "'"), std::string::npos)
      << "the message must name the text: " << parsed.error().message;
  return std::nullopt;
}

template <typename T>
std::string row_name(const testing::TestParamInfo<Row<T>>& row) {
  return row.param.name;
}

class Time : public testing::TestWithParam<Row<std::int64_t>> {};

TEST_P(Time, IsReadWholeOrRefused) {
  const auto parsed = value_or_nothing(parse_time(GetParam().input), GetParam().input);
  EXPECT_EQ(parsed ? std::optional(parsed->count()) : std::nullopt, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Time,
    testing::Values(Row<std::int64_t>{"WholeMilliseconds", "200", 200000000},
                    Row<std::int64_t>{"QuarterMillisecond", "200.25", 200250000},
                    Row<std::int64_t>{"TwentiethMillisecond", "0.05", 50000},
                    Row<std::int64_t>{"Zero", "0", 0},
                    Row<std::int64_t>{"UnitMs", "3.5ms", 3500000},
                    Row<std::int64_t>{"UnitUs", "50us", 50000},
                    Row<std::int64_t>{"UnitS", "1.5s", 1500000000},
                    Row<std::int64_t>{"LeadingZeroIsDecimal", "010", 10000000},
                    Row<std::int64_t>{"OneDay", "86400s", 86400000000000},
                    Row<std::int64_t>{"MoreThanOneDay", "86400.001s", std::nullopt},
                    Row<std::int64_t>{"Word", "abc", std::nullopt},
                    Row<std::int64_t>{"TrailingLetter", "010x", std::nullopt},
                    Row<std::int64_t>{"NotANumber", "nan", std::nullopt},
                    Row<std::int64_t>{"Infinite", "inf", std::nullopt},
                    Row<std::int64_t>{"Exponent", "1e3", std::nullopt},
                    Row<std::int64_t>{"Hexadecimal", "0x10", std::nullopt},
                    Row<std::int64_t>{"Negative", "-5", std::nullopt},
                    Row<std::int64_t>{"NegativeZero", "-0", std::nullopt},
                    Row<std::int64_t>{"Plus", "+5", std::nullopt},
                    Row<std::int64_t>{"CommaDecimal", "1,5", std::nullopt},
                    Row<std::int64_t>{"UnitAlone", "ms", std::nullopt},
                    Row<std::int64_t>{"UnknownUnit", "5min", std::nullopt},
                    Row<std::int64_t>{"Blank", "5 ms", std::nullopt},
                    Row<std::int64_t>{"Empty", "", std::nullopt}),
    row_name<std::int64_t>);

class Loss : public testing::TestWithParam<Row<double>> {};

TEST_P(Loss, IsReadWholeOrRefused) {
  EXPECT_EQ(value_or_nothing(parse_loss(GetParam().input), GetParam().input), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Loss,
    testing::Values(Row<double>{"WithSign", "40%", 40.0}, Row<double>{"WithoutSign", "40", 40.0},
                    Row<double>{"Decimal", "2.5%", 2.5}, Row<double>{"Zero", "0%", 0.0},
                    Row<double>{"All", "100%", 100.0}, Row<double>{"TooMuch", "300%", std::nullopt},
                    Row<double>{"JustTooMuch", "100.1", std::nullopt},
                    Row<double>{"Negative", "-1%", std::nullopt},
                    Row<double>{"TwoSigns", "40%%", std::nullopt},
                    Row<double>{"SignAlone", "%", std::nullopt},
                    Row<double>{"Word", "all", std::nullopt}),
    row_name<double>);

class Dscp : public testing::TestWithParam<Row<int>> {};

TEST_P(Dscp, BecomesTheTosByte) {
  const auto parsed = value_or_nothing(parse_dscp(GetParam().input), GetParam().input);
  EXPECT_EQ(parsed ? std::optional<int>(*parsed) : std::nullopt, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, Dscp,
                         testing::Values(Row<int>{"Number", "46", 184}, Row<int>{"Zero", "0", 0},
                                         Row<int>{"Last", "63", 252}, Row<int>{"Ef", "EF", 184},
                                         Row<int>{"SmallLetters", "ef", 184},
                                         Row<int>{"Af41", "AF41", 136}, Row<int>{"Cs6", "CS6", 192},
                                         Row<int>{"LowerEffort", "LE", 4},
                                         Row<int>{"TooLarge", "64", std::nullopt},
                                         Row<int>{"NoSuchClass", "AF44", std::nullopt},
                                         Row<int>{"Negative", "-1", std::nullopt}),
                         row_name<int>);

class Duration : public testing::TestWithParam<Row<std::int64_t>> {};

TEST_P(Duration, IsReadWholeOrRefused) {
  const auto parsed = value_or_nothing(parse_duration(GetParam().input), GetParam().input);
  EXPECT_EQ(parsed ? std::optional(parsed->count()) : std::nullopt, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, Duration,
                         testing::Values(Row<std::int64_t>{"Seconds", "90", 90000},
                                         Row<std::int64_t>{"SecondsWithUnit", "90s", 90000},
                                         Row<std::int64_t>{"Minutes", "5m", 300000},
                                         Row<std::int64_t>{"HalfHours", "1.5h", 5400000},
                                         Row<std::int64_t>{"Days", "2d", 172800000},
                                         Row<std::int64_t>{"Milliseconds", "5ms", std::nullopt},
                                         Row<std::int64_t>{"Weeks", "1w", std::nullopt},
                                         Row<std::int64_t>{"Negative", "-1m", std::nullopt}),
                         row_name<std::int64_t>);

class RtaLossPair : public testing::TestWithParam<Row<RtaLoss>> {};

TEST_P(RtaLossPair, IsReadInThatOrder) {
  const auto parsed = parse_rta_loss(GetParam().input);
  EXPECT_EQ(parsed ? std::optional(*parsed) : std::nullopt, GetParam().want);
}

constexpr Nanoseconds kHundred = std::chrono::milliseconds(100);

INSTANTIATE_TEST_SUITE_P(Table, RtaLossPair,
                         testing::Values(Row<RtaLoss>{"Pair", "100,20%", RtaLoss{kHundred, 20.0}},
                                         Row<RtaLoss>{"NoSign", "100,20", RtaLoss{kHundred, 20.0}},
                                         Row<RtaLoss>{"RtaAlone", "100ms", RtaLoss{kHundred, {}}},
                                         Row<RtaLoss>{"LossFirst", "20%,100", std::nullopt},
                                         Row<RtaLoss>{"LossMissing", "100,", std::nullopt},
                                         Row<RtaLoss>{"Three", "100,20%,5", std::nullopt},
                                         Row<RtaLoss>{"Blank", "100, 20%", std::nullopt}),
                         row_name<RtaLoss>);

class AnyOrder : public testing::TestWithParam<Row<RtaLoss>> {};

TEST_P(AnyOrder, IsToldByThePercentSign) {
  const auto parsed = parse_rta_loss_any_order(GetParam().input);
  EXPECT_EQ(parsed ? std::optional(*parsed) : std::nullopt, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, AnyOrder,
                         testing::Values(Row<RtaLoss>{"Pair", "100,20%", RtaLoss{kHundred, 20.0}},
                                         Row<RtaLoss>{"Turned", "20%,100", RtaLoss{kHundred, 20.0}},
                                         Row<RtaLoss>{"Colon", "100:20%", RtaLoss{kHundred, 20.0}},
                                         Row<RtaLoss>{"RtaAlone", "100", RtaLoss{kHundred, {}}},
                                         Row<RtaLoss>{"LossAlone", "20%", RtaLoss{{}, 20.0}},
                                         Row<RtaLoss>{"NoPercent", "100,20", std::nullopt},
                                         Row<RtaLoss>{"TwoPercents", "10%,20%", std::nullopt},
                                         Row<RtaLoss>{"Empty", "", std::nullopt},
                                         Row<RtaLoss>{"HalfEmpty", ",20%", std::nullopt}),
                         row_name<RtaLoss>);

TEST(Mark, TakesDecimalAndHexadecimal) {
  EXPECT_EQ(parse_mark("255").value(), 255U);
  EXPECT_EQ(parse_mark("0xff").value(), 255U);
  EXPECT_EQ(parse_mark("4294967295").value(), 4294967295U);
  for (const char* bad : {"4294967296", "-1", "0x", "ff", "", "0xfg"}) {
    EXPECT_FALSE(parse_mark(bad)) << bad;
  }
}

TEST(Pair, NeedsBothSides) {
  EXPECT_EQ(parse_pair<double>("3.5,3.0", parse_mos).value(), (Limits<double>{3.5, 3.0}));
  for (const char* bad : {"3.5", "3.5,", ",3.0", "6,3", "a,b", "3.5,3.0,1"}) {
    EXPECT_FALSE(parse_pair<double>(bad, parse_mos)) << bad;
  }
}

}  // namespace
}  // namespace pingtrail::check
