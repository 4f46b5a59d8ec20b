// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/words.h"

#include <gtest/gtest.h>

#include "exporter/report/csv.h"
#include "exporter/report/html_parts.h"
#include "exporter/report/period.h"
#include "exporter/report/progress.h"
#include "exporter/report/table.h"

namespace pingtrail::report {
namespace {

struct TextRow {
  const char* name;
  const char* input;
  const char* want;
};
std::string row_name(const testing::TestParamInfo<TextRow>& row) { return row.param.name; }

class CsvField : public testing::TestWithParam<TextRow> {};
TEST_P(CsvField, IsQuotedOnlyWhenItMust) {
  EXPECT_EQ(csv_field(GetParam().input), GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(Rows, CsvField,
                         testing::Values(TextRow{"Plain", "a b", "a b"}, TextRow{"Empty", "", ""},
                                         TextRow{"Comma", "a,b", "\"a,b\""},
                                         TextRow{"Quote", "a\"b", "\"a\"\"b\""},
                                         TextRow{"LineBreak", "a\r\nb", "\"a\r\nb\""}),
                         row_name);

class HtmlText : public testing::TestWithParam<TextRow> {};
TEST_P(HtmlText, IsHarmless) { EXPECT_EQ(html_text(GetParam().input), GetParam().want); }
INSTANTIATE_TEST_SUITE_P(Rows, HtmlText,
                         testing::Values(TextRow{"Tag", "<b>", "&lt;b&gt;"},
                                         TextRow{"Entity", "&amp;", "&amp;amp;"},
                                         TextRow{"Quotes", "\"'", "&quot;&#39;"},
                                         TextRow{"Control", "a\x01z", "a?z"},
                                         TextRow{"Utf8", "Zürich", "Zürich"}),
                         row_name);

class Printable : public testing::TestWithParam<TextRow> {};
TEST_P(Printable, ObeysNoTerminalCode) { EXPECT_EQ(printable(GetParam().input), GetParam().want); }
INSTANTIATE_TEST_SUITE_P(Rows, Printable,
                         testing::Values(TextRow{"Escape", "\x1b[31mred", "?[31mred"},
                                         TextRow{"NewLine", "a\nb", "a?b"},
                                         TextRow{"Delete", "a\x7f", "a?"},
                                         TextRow{"C1",
                                                 "a\xc2\x9b"
                                                 "1m",
                                                 "a?1m"},
                                         TextRow{"NoBreakSpace", "a\xc2\xa0z", "a\xc2\xa0z"}),
                         row_name);

struct DurationRow {
  const char* name;
  const char* text;
  std::optional<std::int64_t> seconds;
};
class Duration : public testing::TestWithParam<DurationRow> {};
TEST_P(Duration, IsReadWhole) {
  const auto got = parse_duration(GetParam().text);
  EXPECT_EQ(got.has_value(), GetParam().seconds.has_value());
  if (got && GetParam().seconds) {
    EXPECT_EQ(got->count(), *GetParam().seconds * 1000);
  } else if (!got) {
    EXPECT_TRUE(got.error().message.starts_with(std::string(GetParam().text) + ": "));
  }
}
INSTANTIATE_TEST_SUITE_P(
    Rows, Duration,
    testing::Values(DurationRow{"Bare", "90", 90}, DurationRow{"Seconds", "90s", 90},
                    DurationRow{"Minutes", "15m", 900}, DurationRow{"Hours", "24h", 86400},
                    DurationRow{"Days", "7d", 604800}, DurationRow{"Weeks", "2w", 1209600},
                    DurationRow{"Empty", "", {}}, DurationRow{"UnitOnly", "h", {}},
                    DurationRow{"Negative", "-5m", {}}, DurationRow{"Fraction", "1.5h", {}},
                    DurationRow{"UnknownUnit", "5y", {}}, DurationRow{"Blank", "5 m", {}},
                    DurationRow{"TooLong", "99999999999d", {}},
                    DurationRow{"Overflow", "99999999999999999999s", {}}),
    [](const auto& row) { return row.param.name; });

constexpr WallTime kAsof{Milliseconds{1774008000000}};  // 2026-03-20T12:00:00Z

TEST(ChoosePeriod, TakesAMonthOfTheZone) {
  const auto period = choose_period({"2026-03", {}, {}, {}}, "Europe/Berlin", kAsof);
  ASSERT_TRUE(period);
  EXPECT_EQ(period->label, "2026-03");
  EXPECT_EQ(period->window.to - period->window.from, Milliseconds(2674800000));
}

TEST(ChoosePeriod, TakesExactSecondsBackFromAsOf) {
  const auto period = choose_period({{}, "24h", {}, {}}, "UTC", kAsof);
  ASSERT_TRUE(period);
  EXPECT_EQ(period->window, (TimeSpan{kAsof - Milliseconds(86400000), kAsof}));
  EXPECT_EQ(period->label, "last 24h");
}

TEST(ChoosePeriod, ReachesToAsOfWithoutAnEnd) {
  const auto period = choose_period({{}, {}, "2026-03-20", {}}, "UTC", kAsof);
  ASSERT_TRUE(period);
  EXPECT_EQ(period->window.to, kAsof);
}

struct PeriodRow {
  const char* name;
  PeriodWords words;
  const char* want;
};
class BadPeriod : public testing::TestWithParam<PeriodRow> {};
TEST_P(BadPeriod, IsRefusedByName) {
  const auto period = choose_period(GetParam().words, "UTC", kAsof);
  ASSERT_FALSE(period);
  EXPECT_EQ(period.error().message, GetParam().want);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, BadPeriod,
    testing::Values(
        PeriodRow{"None", {}, "period: needs --month, --window, or --from and --to"},
        PeriodRow{
            "Two", {"2026-03", "24h", {}, {}}, "period: only one of --month, --window and --from"},
        PeriodRow{"EndAlone", {"2026-03", {}, {}, "2026-03-04"}, "--to: needs --from"},
        PeriodRow{"Month", {"2026-13", {}, {}, {}}, "--month: 2026-13: not a month as 2026-03"},
        PeriodRow{"Zero", {{}, "0h", {}, {}}, "--window: 0h: not above 0"},
        PeriodRow{"Backwards", {{}, {}, "2026-03-04", "2026-03-03"}, "--to: not after --from"},
        PeriodRow{"Future",
                  {"2026-04", {}, {}, {}},
                  "--month: begins after the as-of instant, there is nothing to report"}),
    [](const auto& row) { return row.param.name; });

TEST(Words, WriteNumbersForPeopleAndMachines) {
  EXPECT_EQ(utc_text(kAsof), "2026-03-20T12:00:00.000Z");
  EXPECT_EQ(utc_text(WallTime(Milliseconds(-1))), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(local_text(kAsof, "Europe/Berlin"), "2026-03-20T13:00:00+01:00");
  EXPECT_EQ(percent_text(99.9861111), "99.986111 %");
  EXPECT_EQ(percent_text({}), "-");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(counted(1, "host"), "1 host");
  EXPECT_EQ(seconds_text(Milliseconds(202500)), "202.5");
  EXPECT_EQ(span_text(std::optional(202.0)), "0 days 00:03:22");
}

TEST(Table, AlignsByCharactersAndEndsLinesWithText) {
  Table table({{"NAME"}, {"N", Align::right}, {"REMARK"}});
  table.add({{"Zürich"}, {"5"}, {""}});
  table.add({{"x"}, {"1234"}, {"y", Colour::bad}});
  EXPECT_EQ(table.text(false), "NAME       N  REMARK\nZürich     5\nx       1234  y\n");
  EXPECT_NE(table.text(true).find("\x1b[1;31my\x1b[0m"), std::string::npos);
}

TEST(Progress, FillsAndForetells) {
  EXPECT_EQ(progress_line("import", 30, 120, "MB", 5),
            "import  [######                  ]  25 %, 30 of 120 MB, 15 s left");
  EXPECT_EQ(progress_line("import", 120, 120, "MB", 5),
            "import  [########################] 100 %, 120 of 120 MB");
  EXPECT_EQ(progress_line("import", 7, 0, "MB", 5), "import  7 MB");
}

}  // namespace
}  // namespace pingtrail::report
