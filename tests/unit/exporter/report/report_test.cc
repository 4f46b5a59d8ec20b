// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/report.h"

#include <gmock/gmock.h>

#include "exporter/report/csv.h"
#include "exporter/report/status.h"
#include "tests/unit/exporter/report/sample.h"

namespace pingtrail::report::test {
namespace {

using history::WindowFigures;
using testing::ElementsAre;

constexpr std::int64_t kDay = 86400;

Report sample_report() { return *build_report(sample_archive(), sample_request()); }

Milliseconds six_parts(const WindowFigures& f) {
  return f.up.unplanned + f.up.planned + f.down.unplanned + f.down.planned + f.unknown.unplanned +
         f.unknown.planned;
}

TEST(Report, SixPartsSumToTheWindowForHostsGroupsAndTotal) {
  const Report report = sample_report();
  for (const HostReport& host : report.hosts) {
    EXPECT_EQ(six_parts(host.figures), host.figures.window) << host.name;
    EXPECT_EQ(host.figures.window, report.window.to - report.window.from) << host.name;
  }
  for (const GroupReport& group : report.groups) {
    EXPECT_EQ(six_parts(group.figures), group.figures.window) << group.name;
  }
  EXPECT_EQ(report.total.figures.window, 4 * (report.window.to - report.window.from));
}

TEST(Report, TakesThePlainSeriesForTheHostAndListsTheOthersApart) {
  const Report report = sample_report();
  ASSERT_EQ(report.hosts.size(), 4U);
  EXPECT_EQ(report.hosts[3].name, "web-01");
  EXPECT_EQ(report.hosts[3].series, "");
  ASSERT_EQ(report.series.size(), 1U);
  EXPECT_EQ(report.series[0].series, "ipv6");
}

TEST(Report, NullsInsteadOfAHundredForAHostThatWasNeverSeen) {
  const Report report = sample_report();
  EXPECT_EQ(report.hosts[2].name, "never-seen");
  EXPECT_EQ(report.hosts[2].figures.availability_pct, std::nullopt);
  EXPECT_EQ(report.hosts[2].budget->met, std::nullopt);
}

TEST(Report, NamesTheHoursInWhichTheMonitorWasOff) {
  // web-01's plain series went on: 3 of 4 observed series are under 90 %.
  EXPECT_TRUE(sample_report().monitoring.empty());
  history::Archive archive = sample_archive();
  archive.hosts.erase(archive.hosts.begin() + 3);
  const auto report = build_report(archive, sample_request());
  ASSERT_TRUE(report);
  ASSERT_EQ(report->monitoring.size(), 1U);
  EXPECT_EQ(report->monitoring[0].hosts, 3U);
}

TEST(Report, OrdersOffendersByUnplannedDowntime) {
  EXPECT_THAT(sample_report().worst, ElementsAre(0U, 3U, 1U));
}

TEST(Report, KeepsOnlyTheGroupsAskedFor) {
  ReportRequest request = sample_request();
  request.groups = {"core"};
  const auto report = build_report(sample_archive(), request);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->hosts.size(), 1U);
  EXPECT_EQ(report->hosts[0].name, "core-sw");
}

TEST(Report, RefusesAGroupWithoutHostsAndAZoneThatIsNone) {
  ReportRequest request = sample_request();
  request.groups = {"nobody"};
  EXPECT_EQ(build_report(sample_archive(), request).error().message, "group nobody: no such host");
  request = sample_request();
  request.zone = "Mars/Olympus";
  EXPECT_EQ(build_report(sample_archive(), request).error().message,
            "Mars/Olympus: no such time zone");
}

TEST(Report, TellsProgressUpToTheLastHost) {
  std::vector<std::size_t> done;
  const auto report = build_report(sample_archive(), sample_request(),
                                   [&done](std::size_t n, std::size_t) { done.push_back(n); });
  ASSERT_TRUE(report);
  EXPECT_THAT(done, ElementsAre(1U, 2U, 3U, 5U));
}

TEST(Report, ConfirmationTurnsShortRunsIntoBlips) {
  ReportRequest request = sample_request();
  request.confirm = 6;  // core-sw failed 5 checks
  const auto report = build_report(sample_archive(), request);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->hosts[1].figures.outages_started, 0U);
  ASSERT_EQ(report->hosts[1].outages.size(), 1U);
  EXPECT_TRUE(report->hosts[1].outages[0].blip);
}

TEST(Days, SumToTheFiguresOfTheWindow) {
  const Report report = sample_report();
  EXPECT_EQ(report.days.size(), 31U);
  EXPECT_EQ(report.days[28].span.to - report.days[28].span.from, Milliseconds(23 * 3600000));
  for (const HostReport& host : report.hosts) {
    DayParts sum;
    for (const DayParts& day : host.days) {
      sum.up += day.up;
      sum.down += day.down;
      sum.down_planned += day.down_planned;
      sum.unknown += day.unknown;
      sum.planned += day.planned;
    }
    const WindowFigures& f = host.figures;
    EXPECT_EQ(sum.up, f.up.unplanned + f.up.planned) << host.name;
    EXPECT_EQ(sum.down, f.down.unplanned) << host.name;
    EXPECT_EQ(sum.down_planned, f.down.planned) << host.name;
    EXPECT_EQ(sum.unknown, f.unknown.unplanned + f.unknown.planned) << host.name;
    EXPECT_EQ(sum.planned, f.up.planned + f.down.planned + f.unknown.planned) << host.name;
  }
}

TEST(Days, AreEmptyAfterAsOf) {
  const Report report = sample_report();
  EXPECT_EQ(report.hosts[0].days[25], DayParts{});
}

struct BudgetRow {
  const char* name;
  std::int64_t up_ms, down_ms;
  double target;
  ErrorBudget want;
};
class Budget : public testing::TestWithParam<BudgetRow> {};
TEST_P(Budget, Follows) {
  WindowFigures figures;
  figures.up.unplanned = Milliseconds(GetParam().up_ms);
  figures.down.unplanned = Milliseconds(GetParam().down_ms);
  EXPECT_EQ(error_budget(figures, GetParam().target), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, Budget,
    testing::Values(
        BudgetRow{"Half", 999500, 500, 99.9, {Milliseconds(1000), Milliseconds(500), 50.0, true}},
        BudgetRow{
            "Exact", 999000, 1000, 99.9, {Milliseconds(1000), Milliseconds(1000), 100.0, true}},
        BudgetRow{
            "Over", 998000, 2000, 99.9, {Milliseconds(1000), Milliseconds(2000), 200.0, false}},
        BudgetRow{"NothingAllowed", 999, 1, 100, {Milliseconds(0), Milliseconds(1), {}, false}},
        BudgetRow{"NothingKnown", 0, 0, 99.9, {Milliseconds(0), Milliseconds(0), {}, {}}}),
    [](const auto& row) { return row.param.name; });

TEST(Status, SaysSinceWhenAndHowLongAtAnyInstant) {
  const history::Archive archive = sample_archive();
  const auto& web = archive.hosts[3];
  constexpr std::int64_t kTenDays = 864000;
  const StatusRow during = status_row(*web, march(kTenDays + 600), {});
  EXPECT_EQ(during.state, history::ObservedState::down);
  EXPECT_EQ(during.since, march(kTenDays));
  EXPECT_EQ(during.downtime, Milliseconds(600000));
  const StatusRow after = status_row(*web, march(kTenDays + 3600), {});
  EXPECT_EQ(after.state, history::ObservedState::up);
  EXPECT_EQ(after.downtime, Milliseconds(0));
  const StatusRow before = status_row(*web, march(-200000), {});
  EXPECT_EQ(before.state, std::nullopt);
  EXPECT_EQ(before.since, std::nullopt);
}

TEST(Status, IsUnknownInAGapAndBeyondTheGapLimit) {
  const history::Archive archive = sample_archive();
  const StatusRow gap = status_row(*archive.hosts[1], march(9 * kDay + 10000), {});
  EXPECT_EQ(gap.state, std::nullopt);
  EXPECT_EQ(gap.since, march(9 * kDay + 7200));
  EXPECT_EQ(status_row(*archive.hosts[1], march(20 * kDay), {}).state, std::nullopt);
}

TEST(Outages, AreFilteredByHostLengthAndConfirmation) {
  OutageQuery query;
  query.asof = sample_request().asof;
  query.window = {march(0), query.asof};
  const auto count = [&query] { return list_outages(sample_archive(), query)->rows.size(); };
  EXPECT_EQ(count(), 4U);
  query.hosts = {"web-*"};
  EXPECT_EQ(count(), 2U);
  query.min = Milliseconds(3600000);
  EXPECT_EQ(count(), 1U);
  query.hosts = {"nobody"};
  EXPECT_EQ(list_outages(sample_archive(), query).error().message, "nobody: no such host");
  query.hosts.clear();
  query.min = Milliseconds(0);
  query.confirm = 6;
  EXPECT_EQ(count(), 3U);
}

}  // namespace
}  // namespace pingtrail::report::test
