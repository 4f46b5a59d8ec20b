// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/spark.h"

#include <gtest/gtest.h>

namespace pingtrail::site {
namespace {

using reconstruct::Stretch;

constexpr std::int64_t kNow = 1'800'000'000;
const base::WallTime kNowWall{std::chrono::seconds(kNow)};

// Rows that end at `end`, oldest first.
Stretch rows(std::int64_t step, std::int64_t end, std::vector<std::optional<double>> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return {step, end - (count - 1) * step, std::move(values)};
}

TEST(DayMeans, OfNothingAreNone) {
  EXPECT_TRUE(day_means({}, kNowWall).empty());
  const Stretch none = rows(900, kNow, std::vector<std::optional<double>>(96));
  EXPECT_TRUE(day_means({&none, 1}, kNowWall).empty());
}

TEST(DayMeans, PutEachRowWhereItsEndLies) {
  std::vector<std::optional<double>> values(96);
  values[0] = 1;
  values[94] = 5;
  values[95] = 7;
  const Stretch day = rows(900, kNow, values);
  const auto got = day_means({&day, 1}, kNowWall);
  ASSERT_EQ(got.size(), kSparkPoints);
  EXPECT_EQ(got[0], 1);
  EXPECT_EQ(got[1], std::nullopt);
  EXPECT_EQ(got[94], 5);
  EXPECT_EQ(got[95], 7);
}

TEST(DayMeans, AverageWhatLiesInAQuarterOfAnHour) {
  std::vector<std::optional<double>> values(1440, 2.0);
  values[1439] = 17.0;
  values[1438] = std::nullopt;
  const Stretch day = rows(60, kNow, values);
  const auto got = day_means({&day, 1}, kNowWall);
  EXPECT_EQ(got[0], 2.0);
  EXPECT_DOUBLE_EQ(*got[95], (13 * 2.0 + 17.0) / 14);
}

TEST(DayMeans, TakeTheFinestRowsThatReachADayBack) {
  const std::vector<Stretch> stretches{
      rows(60, kNow, std::vector<std::optional<double>>(60, 1.0)),
      rows(300, kNow, std::vector<std::optional<double>>(300, 2.0)),
      rows(900, kNow, std::vector<std::optional<double>>(300, 3.0))};
  EXPECT_EQ(day_means(stretches, kNowWall)[50], 2.0);
  // None reaches so far: the one that reaches furthest.
  const std::vector<Stretch> young{rows(60, kNow, std::vector<std::optional<double>>(60, 1.0)),
                                   rows(300, kNow, std::vector<std::optional<double>>(100, 2.0))};
  const auto got = day_means(young, kNowWall);
  EXPECT_EQ(got[95], 2.0);
  EXPECT_EQ(got[0], std::nullopt);
}

}  // namespace
}  // namespace pingtrail::site
