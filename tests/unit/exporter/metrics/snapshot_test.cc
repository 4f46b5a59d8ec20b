// SPDX-License-Identifier: GPL-3.0-or-later
// What a metric says when, and the small parts: windows, labels, numbers, the page.
#include "exporter/metrics/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "exporter/metrics/catalogue.h"
#include "exporter/metrics/collect.h"
#include "exporter/metrics/share.h"
#include "exporter/metrics/text.h"
#include "tests/support/temp_directory.h"
#include "tests/unit/exporter/metrics/estate.h"

namespace pingtrail::metrics::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string at(std::int64_t seconds) {
  return exposition_text(*take_snapshot(estate(), options(), noon(seconds)), {});
}

TEST(Snapshot, UpIsAbsentOnceStale) {
  constexpr const char* kUp = "pingtrail_up{host=\"core-sw\",address=\"192.0.2.7\"}";
  // The last check was a minute before noon, the interval is a minute.
  EXPECT_THAT(at(0), HasSubstr(std::string(kUp) + " 1\n"));
  EXPECT_THAT(at(90), HasSubstr(std::string(kUp) + " 1\n"));
  EXPECT_THAT(at(91), Not(HasSubstr(kUp)));
  EXPECT_THAT(at(0), HasSubstr("pingtrail_up{host=\"down-6\",address=\"2001:db8::6\"} 0\n"));
}

TEST(Snapshot, TheOutageRunsToNowAndStopsWithTheGap) {
  const std::string series =
      "pingtrail_outage_duration_seconds{host=\"down-6\",address=\"2001:db8::6\"} ";
  EXPECT_THAT(at(0), HasSubstr(series + "600\n"));
  EXPECT_THAT(at(30), HasSubstr(series + "630\n"));
  // Beyond 2.5 intervals the state held for one.
  EXPECT_THAT(at(3000), HasSubstr(series + "600\n"));
}

TEST(Snapshot, CountersAdvanceOnlyToTheLastObservation) {
  const std::string text = at(0);
  for (const char* name : {"uptime", "downtime", "unknown"}) {
    const std::string series = "pingtrail_" + std::string(name) + "_seconds_total{host=\"down-6\"";
    const auto line = [&series](const std::string& whole) {
      const std::size_t begin = whole.find(series);
      return begin == std::string::npos ? "none"
                                        : whole.substr(begin, whole.find('\n', begin) - begin);
    };
    EXPECT_EQ(line(text), line(at(3000)));
    EXPECT_NE(line(text), "none");
  }
}

TEST(Snapshot, WindowsEndNowAndAMonthBeginsAtLocalMidnight) {
  SnapshotOptions wanted = options();
  const std::vector<std::string> texts = {"90m", "month"};
  wanted.windows = *parse_windows(texts);
  // Half past midnight in Berlin: the month is half an hour old.
  const WallTime asof = WallTime(Milliseconds(1796081400000));  // 2026-11-30T23:30:00Z
  const auto taken = take_snapshot(estate(), wanted, asof);
  ASSERT_TRUE(taken);
  const std::string text = exposition_text(*taken, {});
  EXPECT_THAT(
      text,
      HasSubstr(
          "pingtrail_coverage_ratio{host=\"core-sw\",address=\"192.0.2.7\",window=\"month\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("pingtrail_availability_ratio{host=\"core-sw\"")));
  wanted.zone = "Nowhere/None";
  EXPECT_FALSE(take_snapshot(estate(), wanted, asof));
}

TEST(Snapshot, AtTheVeryStartOfAMonthItsRatiosAreAbsent) {
  SnapshotOptions wanted = options();
  wanted.zone = "UTC";
  const WallTime asof = WallTime(Milliseconds(1796083200000));  // 2026-12-01T00:00:00Z
  const std::string text = exposition_text(*take_snapshot(estate(), wanted, asof), {});
  EXPECT_THAT(
      text,
      Not(HasSubstr(
          "pingtrail_coverage_ratio{host=\"core-sw\",address=\"192.0.2.7\",window=\"month\"}")));
  EXPECT_THAT(text, HasSubstr("pingtrail_window_downtime_seconds{host=\"core-sw\",address=\"192.0."
                              "2.7\",window=\"month\"} 0\n"));
}

TEST(Share, GivesOneSnapshotWhileNothingChanges) {
  SnapshotShare share;
  SnapshotInputs inputs = estate();
  SnapshotOptions wanted = options();
  const auto at_ms = [](std::int64_t ms) { return noon(0) + Milliseconds(ms); };
  const auto first = *share.take(inputs, wanted, at_ms(0));
  // A later reading that found nothing new is another view of the same generation.
  auto later = std::make_shared<history::LiveView>(*inputs.view);
  inputs.view = later;
  inputs.aliases = std::make_shared<const Aliases>(*inputs.aliases);
  EXPECT_EQ(*share.take(inputs, wanted, at_ms(1000)), first);
  EXPECT_NE(*share.take(inputs, wanted, at_ms(1001)), first);

  const auto second = *share.take(inputs, wanted, at_ms(1100));
  EXPECT_NE(*share.take(inputs, wanted, at_ms(1000)), second);  // the clock went back
  auto changed = std::make_shared<history::LiveView>(*later);
  ++changed->generation;
  inputs.view = changed;
  EXPECT_NE(*share.take(inputs, wanted, at_ms(1100)), second);

  const auto third = *share.take(inputs, wanted, at_ms(1100));
  inputs.aliases = nullptr;
  const auto fourth = *share.take(inputs, wanted, at_ms(1100));
  EXPECT_NE(fourth, third);
  inputs.writer->pending_files = 9;
  const auto fifth = *share.take(inputs, wanted, at_ms(1100));
  EXPECT_NE(fifth, fourth);
  inputs.reconstructed.pop_back();
  const auto sixth = *share.take(inputs, wanted, at_ms(1100));
  EXPECT_NE(sixth, fifth);
  wanted.histogram = false;
  EXPECT_NE(*share.take(inputs, wanted, at_ms(1100)), sixth);
  wanted.zone = "Nowhere/None";
  EXPECT_FALSE(share.take(inputs, wanted, at_ms(1100)));
}

struct WindowRow {
  const char* text;
  std::int64_t seconds;  // 0: refused
};
class Windows : public testing::TestWithParam<WindowRow> {};

TEST_P(Windows, AreWholeNumbersWithAUnit) {
  const std::vector<std::string> texts = {GetParam().text};
  const auto got = parse_windows(texts);
  ASSERT_EQ(got.has_value(), GetParam().seconds != 0);
  if (!got) return;
  EXPECT_EQ(got->front().length, Milliseconds(GetParam().seconds * 1000));
}

INSTANTIATE_TEST_SUITE_P(Table, Windows,
                         testing::Values(WindowRow{"24h", 86400}, WindowRow{"30d", 2592000},
                                         WindowRow{"2w", 1209600}, WindowRow{"90m", 5400},
                                         WindowRow{"45s", 45}, WindowRow{"", 0}, WindowRow{"h", 0},
                                         WindowRow{"24", 0}, WindowRow{"0h", 0},
                                         WindowRow{"-1h", 0}, WindowRow{"1.5h", 0},
                                         WindowRow{"99999999999d", 0}, WindowRow{"1H", 0},
                                         WindowRow{"months", 0}));

TEST(Windows, AreToldApart) {
  const std::vector<std::string> twice = {"24h", "24h"};
  EXPECT_EQ(parse_windows(twice).error().message, "24h: this window is given twice");
  std::vector<std::string> many;
  for (int i = 1; i <= 17; ++i) many.push_back(std::to_string(i) + "h");
  EXPECT_EQ(parse_windows(many).error().message, "17h: more than 16 windows");
}

struct EscapeRow {
  const char* name;
  std::string text;
  std::string want;
};
class Escaped : public testing::TestWithParam<EscapeRow> {};

TEST_P(Escaped, IsALabelsValue) {
  std::string out;
  append_escaped(out, GetParam().text);
  EXPECT_EQ(out, GetParam().want);
}

const std::string kMark = "\xEF\xBF\xBD";
INSTANTIATE_TEST_SUITE_P(
    Table, Escaped,
    testing::Values(EscapeRow{"plain", "core-sw.example", "core-sw.example"},
                    EscapeRow{"empty", "", ""}, EscapeRow{"quote", "a\"b", "a\\\"b"},
                    EscapeRow{"backslash", "a\\b", "a\\\\b"}, EscapeRow{"newline", "a\nb", "a\\nb"},
                    EscapeRow{"umlaut", "gr\xC3\xBCn", "gr\xC3\xBCn"},
                    EscapeRow{"four_bytes", "\xF0\x9F\x90\xA7", "\xF0\x9F\x90\xA7"},
                    EscapeRow{"lone", "a\xFFz", "a" + kMark + "z"},
                    EscapeRow{"cut", "a\xE2\x82", "a" + kMark},
                    EscapeRow{"cut_then_text", "\xE2\x82z", kMark + "z"},
                    EscapeRow{"overlong", "\xC0\xAF", kMark + kMark},
                    EscapeRow{"surrogate", "\xED\xA0\x80", kMark + kMark + kMark},
                    EscapeRow{"too_high", "\xF4\x90\x80\x80", kMark + kMark + kMark + kMark}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Numbers, AreTheShortest) {
  const auto text = [](const Sample& sample, Unit unit) {
    std::array<char, kLongestNumber> digits;
    return std::string(digits.data(), sample.write(digits.data(), unit));
  };
  EXPECT_EQ(text(Sample::seconds(Milliseconds(202500)), Unit::seconds), "202.5");
  EXPECT_EQ(text(Sample::seconds(Milliseconds(7)), Unit::seconds), "0.007");
  EXPECT_EQ(text(Sample::seconds(Milliseconds(-1500)), Unit::seconds), "-1.5");
  EXPECT_EQ(text(Sample::ratio_of_percent(99.999999), Unit::ratio), "0.99999999");
  EXPECT_EQ(text(Sample::ratio_of_percent(100), Unit::ratio), "1");
  EXPECT_EQ(text(Sample::ratio_of_percent(33.333333), Unit::ratio), "0.33333333");
  EXPECT_EQ(text(Sample::real(0.2), Unit::real), "0.2");
  EXPECT_EQ(text(Sample::count(18014398509481984), Unit::count), "18014398509481984");
  EXPECT_FALSE(Sample::ratio_of_percent(std::nullopt).present());
}

TEST(Catalogue, NamesFollowTheRulesOfBothFormats) {
  std::set<std::string_view> names;
  for (const Family& family : catalogue()) {
    EXPECT_TRUE(names.insert(openmetrics_name(family)).second) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.type == Type::counter) << family.name;
    EXPECT_EQ(family.name.ends_with("_info"), family.type == Type::info) << family.name;
    EXPECT_TRUE(family.help.ends_with(".")) << family.name;
    const std::string unit = "_" + std::string(family.unit);
    EXPECT_TRUE(family.unit.empty() || openmetrics_name(family).ends_with(unit)) << family.name;
  }
}

// The tables of METRICS.md are the catalogue's; with PINGTRAIL_UPDATE_GOLDEN set they are written.
TEST(Catalogue, IsThePage) {
  const std::string path = PINGTRAIL_METRICS_PAGE;
  std::ifstream file(path);
  std::stringstream read;
  read << file.rdbuf();
  std::string page = read.str();
  const std::vector<std::pair<std::string, Section>> tables = {
      {"hosts", Section::host},        {"writer", Section::writer},
      {"exporter", Section::exporter}, {"smokeping", Section::smokeping},
      {"ping", Section::ping},         {"blackbox", Section::blackbox}};
  for (const auto& [name, section] : tables) {
    const std::string begin = "<!-- table " + name + " -->\n";
    const std::string end = "<!-- end -->\n";
    const std::size_t from = page.find(begin);
    ASSERT_NE(from, std::string::npos) << name;
    const std::size_t to = page.find(end, from);
    ASSERT_NE(to, std::string::npos) << name;
    page.replace(from + begin.size(), to - from - begin.size(), catalogue_table(section));
  }
  if (std::getenv("PINGTRAIL_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << page;
  std::ifstream again(path);
  std::stringstream now;
  now << again.rdbuf();
  EXPECT_EQ(now.str(), page);
}

TEST(Collect, TellsOfThisProcess) {
  const ProcessFigures got = read_process_figures();
  ASSERT_TRUE(got.cpu_seconds && got.resident_bytes && got.virtual_bytes && got.open_fds);
  EXPECT_GT(*got.resident_bytes, 1U << 20);
  EXPECT_GE(*got.virtual_bytes, *got.resident_bytes);
  EXPECT_GE(*got.open_fds, 3U);
  EXPECT_LT(*got.cpu_seconds, 3600);
  ASSERT_TRUE(got.start_time_seconds);
  EXPECT_GT(*got.start_time_seconds, 1.6e9);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(*read_process_figures().open_fds, *got.open_fds + 2);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Collect, ReadsTheWritersCounters) {
  const support::TempDirectory scratch;
  EXPECT_FALSE(read_writer_counters(scratch.path()));
  rrd::Counters counters;
  counters.samples_written_total = 42;
  scratch.write(".pingtrail/counters", rrd::format_counters(counters));
  EXPECT_EQ(read_writer_counters(scratch.path()), counters);
}

}  // namespace
}  // namespace pingtrail::metrics::test
