// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/calendar.h"

#include <gtest/gtest.h>

namespace pingtrail::history {
namespace {

WallTime ms(std::int64_t value) { return WallTime(Milliseconds(value)); }

struct MonthCase {
  const char* name;
  const char* month;
  const char* zone;
  std::int64_t seconds;
};
class MonthWindow : public testing::TestWithParam<MonthCase> {};

TEST_P(MonthWindow, RunsFromLocalMidnightToLocalMidnight) {
  const auto got = month_window(GetParam().month, GetParam().zone);
  ASSERT_TRUE(got);
  EXPECT_EQ((got->to - got->from).count(), GetParam().seconds * 1000);
  // The days of the month tile it.
  const auto days = local_days(*got, GetParam().zone);
  ASSERT_TRUE(days);
  WallTime at = got->from;
  for (const TimeSpan& day : *days) {
    EXPECT_EQ(day.from, at);
    at = day.to;
  }
  EXPECT_EQ(at, got->to);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MonthWindow,
    testing::Values(MonthCase{"berlin_spring", "2026-03", "Europe/Berlin", 2674800},
                    MonthCase{"berlin_autumn", "2026-10", "Europe/Berlin", 2682000},
                    MonthCase{"berlin_plain", "2026-11", "Europe/Berlin", 2592000},
                    MonthCase{"new_york_spring", "2026-03", "America/New_York", 2674800},
                    MonthCase{"new_york_autumn", "2026-11", "America/New_York", 2595600},
                    MonthCase{"lord_howe_autumn", "2026-04", "Australia/Lord_Howe", 2593800},
                    MonthCase{"lord_howe_spring", "2026-10", "Australia/Lord_Howe", 2676600},
                    MonthCase{"utc", "2026-03", "UTC", 2678400},
                    MonthCase{"leap_february", "2028-02", "UTC", 2505600},
                    MonthCase{"december", "2026-12", "UTC", 2678400}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LocalDays, TheDayOfTheChangeHasItsOwnLength) {
  const auto month = month_window("2026-04", "Australia/Lord_Howe");
  ASSERT_TRUE(month);
  const auto days = local_days(*month, "Australia/Lord_Howe");
  ASSERT_TRUE(days);
  ASSERT_EQ(days->size(), 30U);
  EXPECT_EQ(((*days)[4].to - (*days)[4].from).count(), 88200000);  // Sunday 5 April: 24.5 h
  EXPECT_EQ(((*days)[5].to - (*days)[5].from).count(), 86400000);
}

TEST(LocalDays, AreClippedToTheWindow) {
  const TimeSpan window{ms(1773100800000 + 3600000), ms(1773100800000 + 90000000)};
  const auto days = local_days(window, "UTC");
  ASSERT_TRUE(days);
  ASSERT_EQ(days->size(), 2U);
  EXPECT_EQ((*days)[0].from, window.from);
  EXPECT_EQ((*days)[1].to, window.to);
}

struct InstantCase {
  const char* name;
  const char* text;
  const char* zone;
  std::optional<std::int64_t> want;
};
class ParseInstant : public testing::TestWithParam<InstantCase> {};

TEST_P(ParseInstant, ReadsTheWholeTextOrNothing) {
  const auto got = parse_instant(GetParam().text, GetParam().zone);
  ASSERT_EQ(got.has_value(), GetParam().want.has_value());
  if (got) {
    EXPECT_EQ(got->time_since_epoch().count(), *GetParam().want);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, ParseInstant,
    testing::Values(
        InstantCase{"utc", "2026-03-10T00:10:00Z", "Europe/Berlin", 1773101400000},
        InstantCase{"offset", "2026-03-10T01:10:00+01:00", "UTC", 1773101400000},
        InstantCase{"short_offset", "2026-03-10T01:10:00+01", "UTC", 1773101400000},
        InstantCase{"west", "2026-03-09T20:10:00-0400", "UTC", 1773101400000},
        InstantCase{"local", "2026-03-10T01:10:00", "Europe/Berlin", 1773101400000},
        InstantCase{"blank_no_seconds", "2026-03-10 01:10", "Europe/Berlin", 1773101400000},
        InstantCase{"fraction", "2026-03-10T00:10:00.250Z", "UTC", 1773101400250},
        InstantCase{"date", "2026-03-10", "Europe/Berlin", 1773097200000},
        InstantCase{"month", "2026-03", "Europe/Berlin", 1772319600000},
        InstantCase{"epoch_ms", "1773101400000", "Europe/Berlin", 1773101400000},
        InstantCase{"epoch_s", "1773101400", "Europe/Berlin", 1773101400000},
        InstantCase{"twice_is_the_first", "2026-10-25T02:30", "Europe/Berlin", 1792888200000},
        InstantCase{"skipped_is_the_jump", "2026-03-29T02:30", "Europe/Berlin", 1774746000000},
        InstantCase{"no_such_day", "2026-02-30", "UTC", {}},
        InstantCase{"hour_24", "2026-03-10T24:00", "UTC", {}},
        InstantCase{"tail", "2026-03-10T00:10:00Zx", "UTC", {}},
        InstantCase{"word", "yesterday", "UTC", {}}, InstantCase{"empty", "", "UTC", {}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(FormatInstant, CarriesTheOffsetInForce) {
  EXPECT_EQ(*format_instant(ms(1773101400000), "Europe/Berlin"), "2026-03-10T01:10:00+01:00");
  EXPECT_EQ(*format_instant(ms(1782000000000), "Europe/Berlin"), "2026-06-21T02:00:00+02:00");
  EXPECT_EQ(*format_instant(ms(1773101400000), "America/New_York"), "2026-03-09T20:10:00-04:00");
  EXPECT_EQ(*format_instant(ms(1773101400000), "Australia/Lord_Howe"), "2026-03-10T11:10:00+11:00");
  EXPECT_EQ(*format_date(ms(1773101400000), "America/New_York"), "2026-03-09");
}

TEST(Zones, AnUnknownOneIsNamed) {
  EXPECT_EQ(month_window("2026-03", "Europe/Atlantis").error().message,
            "Europe/Atlantis: no such time zone");
  EXPECT_FALSE(check_zone("Nowhere"));
  EXPECT_TRUE(check_zone("Europe/Berlin"));
  EXPECT_TRUE(check_zone(local_zone()));
}

}  // namespace
}  // namespace pingtrail::history
