// SPDX-License-Identifier: GPL-3.0-or-later
// The worked cases, each seen three ways: replayed, through the journal's bytes and from the state.
#include <gtest/gtest.h>

#include "perfdata/history/advance.h"
#include "tests/unit/perfdata/history/golden_case.h"

namespace pingtrail::history {
namespace {

void expect_outages(const std::vector<Outage>& got, const std::vector<ExpectedOutage>& want) {
  ASSERT_EQ(got.size(), want.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    SCOPED_TRACE("outage " + std::to_string(i));
    EXPECT_EQ(got[i].start, want[i].start);
    EXPECT_EQ(got[i].end, want[i].end);
    EXPECT_EQ(got[i].down.count(), want[i].down.count());
    EXPECT_EQ(got[i].unknown.count(), want[i].unknown.count());
    EXPECT_EQ(got[i].lower_bound.count(), want[i].lower_bound.count());
    EXPECT_EQ(got[i].upper_bound, want[i].upper_bound);
  }
}

void expect_split(const PlannedSplit& got, const PlannedSplit& want) {
  EXPECT_EQ(got.unplanned.count(), want.unplanned.count());
  EXPECT_EQ(got.planned.count(), want.planned.count());
}

void expect_figures(const WindowFigures& got, const WindowFigures& want) {
  EXPECT_EQ(got.window.count(), want.window.count());
  expect_split(got.up, want.up);
  expect_split(got.down, want.down);
  expect_split(got.unknown, want.unknown);
  EXPECT_EQ(got.outages_started, want.outages_started);
  EXPECT_EQ(got.blips_started, want.blips_started);
  EXPECT_EQ(got.mttr_s, want.mttr_s);
  EXPECT_EQ(got.mtbf_s, want.mtbf_s);
  EXPECT_EQ(got.availability_pct, want.availability_pct);
  EXPECT_EQ(got.availability_incl_planned_pct, want.availability_incl_planned_pct);
  EXPECT_EQ(got.availability_worst_pct, want.availability_worst_pct);
  EXPECT_EQ(got.availability_best_pct, want.availability_best_pct);
  EXPECT_EQ(got.coverage_pct, want.coverage_pct);
}

class Golden : public testing::TestWithParam<GoldenCase> {};

TEST_P(Golden, GivesTheWorkedFigures) {
  const GoldenCase& worked = GetParam();
  const HostHistory history = replay({"host", ""}, worked.observations);
  std::vector<Outage> confirmed;
  for (const Outage& outage : outages(history, worked.asof, worked.planned, worked.confirm)) {
    if (!outage.blip) confirmed.push_back(outage);
  }
  expect_outages(overlapping(confirmed, worked.window, worked.asof), worked.outages);
  expect_figures(
      window_figures(history, worked.window, worked.asof, worked.planned, worked.confirm),
      worked.figures);
}

std::string test_name(const testing::TestParamInfo<GoldenCase>& row) {
  std::string name = row.param.name;
  for (char& c : name) c = c == '-' ? '_' : c;
  return name;
}

INSTANTIATE_TEST_SUITE_P(Given, Golden, testing::ValuesIn(read_golden("downtime.json")), test_name);
INSTANTIATE_TEST_SUITE_P(More, Golden, testing::ValuesIn(read_golden("downtime_more.json")),
                         test_name);

}  // namespace
}  // namespace pingtrail::history
