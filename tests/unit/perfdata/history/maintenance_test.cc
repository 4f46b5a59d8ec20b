// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/maintenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pingtrail::history {
namespace {

using testing::ElementsAre;

WallTime ms(std::int64_t value) { return WallTime(Milliseconds(value)); }

struct GlobCase {
  const char* name;
  const char* glob;
  const char* host;
  bool want;
};
class Glob : public testing::TestWithParam<GlobCase> {};

TEST_P(Glob, MatchesTheWholeName) {
  EXPECT_EQ(glob_matches(GetParam().glob, GetParam().host), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Glob,
    testing::Values(
        GlobCase{"plain", "h1", "h1", true}, GlobCase{"not_a_prefix", "h1", "h12", false},
        GlobCase{"star", "core-*", "core-sw", true}, GlobCase{"star_empty", "core*", "core", true},
        GlobCase{"stars", "*a*b*", "xxaxxbxx", true}, GlobCase{"backtrack", "*ab", "aab", true},
        GlobCase{"mark", "h?", "h1", true}, GlobCase{"mark_needs_one", "h?", "h", false},
        GlobCase{"class", "h[0-3]", "h2", true}, GlobCase{"class_out", "h[0-3]", "h4", false},
        GlobCase{"negated", "h[!0-3]", "h4", true}, GlobCase{"bracket_in_class", "[]]", "]", true},
        GlobCase{"open_bracket", "h[1", "h[1", true}, GlobCase{"case_counts", "H1", "h1", false},
        GlobCase{"nothing", "", "", true}, GlobCase{"star_nothing", "*", "", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Glob, ManyStarsDoNotExplode) {
  EXPECT_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST(Maintenance, AWindowReadsBackAsWritten) {
  const MaintenanceWindow window{"db\t%[12]", {ms(5), ms(9)}, ms(1), "manual", "disk\nswap\r100%"};
  const MaintenanceFile got = parse_maintenance(format_maintenance(window));
  EXPECT_THAT(got.windows, ElementsAre(window));
  EXPECT_TRUE(got.bad.empty());
}

TEST(Maintenance, BadLinesAreNamedAndTheGoodOnesCount) {
  const MaintenanceFile got = parse_maintenance(
      "# windows\n"
      "window\t1\t2\t0\tmanual\th1\tc\n"
      "window\t1\t2\t0\tmanual\th1\tsaid twice\n"
      "window\t2\t1\t0\tmanual\th1\tc\n"
      "window\tx\t1\t0\tmanual\th1\tc\n"
      "window\t1\t2\n"
      "outage\t1\t2\t0\tmanual\th1\tc\n"
      "window\t1\t2\t0\tmanual\t\tc\n"
      "\n"
      "window\t3\t4\t0\tmanual\th1\tcut o");
  EXPECT_EQ(got.windows.size(), 1U);
  EXPECT_THAT(got.bad,
              ElementsAre(BadLine{4, "the end is not after the start"},
                          BadLine{5, "an instant is not in whole milliseconds"},
                          BadLine{6, "not seven fields apart by TAB"},
                          BadLine{7, "does not begin with `window`"}, BadLine{8, "no host"}));
}

TEST(Maintenance, OverlappingWindowsCountOnce) {
  const std::vector<MaintenanceWindow> windows{{"h*", {ms(50), ms(90)}, {}, "m", ""},
                                               {"h1", {ms(10), ms(30)}, {}, "m", ""},
                                               {"*", {ms(20), ms(40)}, {}, "m", ""},
                                               {"other", {ms(0), ms(99)}, {}, "m", ""},
                                               {"h1", {ms(60), ms(70)}, {}, "m", ""}};
  const auto spans = planned_spans(windows, "h1");
  EXPECT_THAT(spans, ElementsAre(TimeSpan{ms(10), ms(40)}, TimeSpan{ms(50), ms(90)}));
  EXPECT_EQ(covered(spans, ms(0), ms(100)).count(), 70);
  EXPECT_EQ(covered(spans, ms(35), ms(55)).count(), 10);
  EXPECT_EQ(covered(spans, ms(40), ms(50)).count(), 0);
}

TEST(NagiosDowntimes, HostBlocksOfStatusAndRetentionAreRead) {
  const MaintenanceFile got = parse_nagios_downtimes(
      "info {\n\tcreated=1\n\t}\n"
      "hostdowntime {\n\thost_name=core-sw\n\tdowntime_id=7\n\tstart_time=1773100800\n"
      "\tend_time=1773104400\n\tfixed=1\n\tduration=3600\n\tcomment=disk = swap\n\t}\n"
      "servicedowntime {\nhost_name=core-sw\nstart_time=1\nend_time=2\nfixed=1\n}\n"
      "hostdowntime {\nhost_name=a*b\nstart_time=1773100800\nend_time=1773187200\nfixed=0\n"
      "duration=600\nflex_downtime_start=1773110000\ncomment=flexible\n}\n"
      "hostdowntime {\nhost_name=waiting\nstart_time=1773100800\nend_time=1773187200\nfixed=0\n"
      "duration=600\nflex_downtime_start=0\nis_in_effect=0\n}\n",
      ms(42));
  EXPECT_TRUE(got.bad.empty());
  EXPECT_THAT(
      got.windows,
      ElementsAre(
          MaintenanceWindow{
              "core-sw", {ms(1773100800000), ms(1773104400000)}, ms(42), "nagios:7", "disk = swap"},
          MaintenanceWindow{
              "a[*]b", {ms(1773110000000), ms(1773110600000)}, ms(42), "nagios", "flexible"}));
}

TEST(NagiosDowntimes, BadBlocksAreNamedByTheirLine) {
  const MaintenanceFile got = parse_nagios_downtimes(
      "hostdowntime {\nstart_time=1\nend_time=2\n}\n"
      "hostdowntime {\nhost_name=h\nstart_time=x\nend_time=2\n}\n"
      "hostdowntime {\nhost_name=h\nstart_time=5\nend_time=2\n}\n"
      "hostdowntime {\nhost_name=h\nstart_time=5\nend_time=9\nfixed=0\nduration=-1\n}\n"
      "hostdowntime {\nhost_name=h\nstart_time=1\nend_time=2\n",
      ms(0));
  EXPECT_TRUE(got.windows.empty());
  EXPECT_THAT(got.bad, ElementsAre(BadLine{1, "hostdowntime without host_name"},
                                   BadLine{5, "hostdowntime without a valid start_time"},
                                   BadLine{10, "hostdowntime ends before it starts"},
                                   BadLine{15, "flexible hostdowntime without a valid duration"},
                                   BadLine{22, "hostdowntime is not closed"}));
}

}  // namespace
}  // namespace pingtrail::history
