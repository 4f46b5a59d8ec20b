// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/statistics.h"

#include <gtest/gtest.h>

namespace pingtrail::probe {
namespace {

using namespace std::chrono_literals;

ProbeRecord answered(Nanoseconds round_trip, std::uint32_t arrival) {
  return {MonoTime{}, round_trip, arrival, ProbeFate::answered};
}
ProbeRecord other(ProbeFate fate) { return {MonoTime{}, Nanoseconds(0), 0, fate}; }

struct LossCase {
  std::uint32_t sent;
  std::uint32_t received;
  std::optional<double> want;
};

class LossPercent : public testing::TestWithParam<LossCase> {};

TEST_P(LossPercent, IsOverTheProbesSent) {
  EXPECT_EQ(loss_percent(GetParam().sent, GetParam().received), GetParam().want);
}

// 3 of 5 and 4 of 5 lost are the rows that an 8-bit product shows as 8 % and 28 %.
INSTANTIATE_TEST_SUITE_P(Table, LossPercent,
                         testing::Values(LossCase{5, 5, 0.0}, LossCase{5, 2, 60.0},
                                         LossCase{5, 1, 80.0}, LossCase{5, 0, 100.0},
                                         LossCase{1000, 999, 0.1}, LossCase{0, 0, std::nullopt}));

TEST(Statistics, GivesMeanMedianExtremesAndJitter) {
  const auto figures = statistics(
      std::vector{answered(10ms, 1), answered(20ms, 2), answered(40ms, 3), answered(14ms, 4)});
  ASSERT_TRUE(figures.round_trips);
  EXPECT_EQ(figures.round_trips->mean, Nanoseconds(21ms));
  EXPECT_EQ(figures.round_trips->median, Nanoseconds(17ms));
  EXPECT_EQ(figures.round_trips->minimum, Nanoseconds(10ms));
  EXPECT_EQ(figures.round_trips->maximum, Nanoseconds(40ms));
  EXPECT_EQ(figures.round_trips->jitter, Nanoseconds(56ms) / 3);  // 10, 20 and 26 ms apart
}

TEST(Statistics, HasNoJitterWithOneReplyAndNoTimesWithNone) {
  EXPECT_EQ(statistics(std::vector{answered(3ms, 1)}).round_trips->jitter, Nanoseconds(0));
  EXPECT_FALSE(statistics(std::vector{other(ProbeFate::lost)}).round_trips);
  EXPECT_FALSE(statistics({}).round_trips);
}

TEST(Statistics, CountsOnlyWhatWasSentAndAwaited) {
  const auto figures = statistics(std::vector{
      answered(1ms, 1), other(ProbeFate::lost), other(ProbeFate::cut_short),
      other(ProbeFate::unsent), other(ProbeFate::refused), other(ProbeFate::abandoned)});
  EXPECT_EQ(figures.sent, 3U);
  EXPECT_EQ(figures.received, 1U);
  EXPECT_EQ(figures.cut_short, 1U);
}

TEST(Statistics, CountsRepliesThatArrivedBehindALaterOne) {
  EXPECT_EQ(statistics(std::vector{answered(1ms, 1), answered(1ms, 2)}).reordered, 0U);
  EXPECT_EQ(statistics(std::vector{answered(1ms, 2), answered(1ms, 1)}).reordered, 1U);
  EXPECT_EQ(statistics(std::vector{answered(1ms, 3), answered(1ms, 2), answered(1ms, 1)}).reordered,
            2U);
  // One early reply does not make the others late.
  EXPECT_EQ(statistics(std::vector{answered(1ms, 2), answered(1ms, 3), answered(1ms, 1)}).reordered,
            2U);
}

TEST(Score, FollowsTheFormulaOnBothSidesOf160Ms) {
  EXPECT_NEAR(score(0ms, 0ms, 0), 92.95, 1e-9);
  EXPECT_NEAR(score(100ms, 5ms, 0), 93.2 - 120.0 / 40, 1e-9);
  EXPECT_NEAR(score(150ms, 0ms, 0), 93.2 - 4, 1e-9);
  EXPECT_NEAR(score(250ms, 20ms, 2), 93.2 - 18 - 5, 1e-9);
  EXPECT_EQ(score(10ms, 0ms, 50), 0);
}

TEST(Mos, GoesFromOneToFourAndAHalf) {
  EXPECT_EQ(mos(0), 1);
  EXPECT_NEAR(mos(100), 4.5, 1e-9);
  EXPECT_NEAR(mos(92.95), 4.404, 5e-4);
}

}  // namespace
}  // namespace pingtrail::probe
