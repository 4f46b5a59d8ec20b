// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pingtrail::graph::test {
namespace {

using history::TimeSpan;

base::WallTime at(std::int64_t seconds) { return base::WallTime{std::chrono::seconds{seconds}}; }

constexpr std::int64_t kNow = 1'795'786'800;

ReadableArchive archive_of(std::size_t sources) {
  ReadableArchive out;
  out.header.step_s = 60;
  out.header.last_update_s = kNow;
  out.header.sources.resize(sources);
  out.rras = {{"AVERAGE", 0.5, 1, 2880}, {"AVERAGE", 0.5, 360, 5840}};
  return out;
}

Page ping_page() {
  return {
      "core-sw", "_HOST_", {{"rta", "s", {}, {}}, {"pl", "%", 40.0, 80.0}, {"rtmed", "s", {}, {}}}};
}

GraphRequest request_of(int width, int height) {
  GraphRequest out;
  out.host = "core:sw \\n";
  out.query.width_px = width;
  out.query.height_px = height;
  out.now = at(kNow);
  out.zone = "UTC";
  return out;
}

std::vector<std::string> tail(const std::vector<std::string>& words, std::size_t count) {
  return {words.end() - static_cast<std::ptrdiff_t>(count), words.end()};
}

TEST(GraphWords, SmallPictureOfAPingWhole) {
  GraphRequest request = request_of(300, 100);
  request.query.range = std::chrono::hours{4};
  request.outages = {{at(kNow - 1000), at(kNow - 400)}};
  ReadableArchive archive = archive_of(3);
  archive.page = ping_page();
  const auto words = graph_words(request, archive, "/proc/self/fd/9");
  const std::string from = std::to_string(kNow - 14400);
  EXPECT_THAT(
      std::vector(words.begin(), words.begin() + 22),
      testing::ElementsAre("graph", "-", "--imgformat", "PNG", "--start", from, "--end",
                           std::to_string(kNow), "--full-size-mode", "--width", "300", "--height",
                           "100", "--disable-rrdtool-tag", "--border", "0", "--lower-limit", "0",
                           "--alt-autoscale-max", "--no-legend", "--units-exponent", "0"));
  const auto begin = std::find(words.begin(), words.end(), "DEF:pl=/proc/self/fd/9:2:AVERAGE");
  ASSERT_NE(begin, words.end());
  // Seconds become milliseconds; no MIN and MAX rows and no such sources: no band.
  EXPECT_THAT(
      std::vector(begin, begin + 11),
      testing::ElementsAre(
          "DEF:pl=/proc/self/fd/9:2:AVERAGE", "CDEF:lost=pl,UN,0,pl,99.9999,GE,IF",
          "DEF:mid0=/proc/self/fd/9:3:AVERAGE", "CDEF:mid=lost,UNKN,mid0,1000,*,IF",
          "CDEF:none=pl,POP,UNKN",
          "CDEF:unknown=pl,POP,0,pl,UN,MAX,TIME,1795786800,LE,*,INF,UNKN,IF",
          "AREA:unknown#8C959F48",
          "CDEF:isdown=pl,POP,TIME,1795785800,GT,TIME,STEPWIDTH,-,1795786400,LT,*,lost,MAX",
          "CDEF:loss1=pl,UN,isdown,MAX,0,pl,1,GE,pl,5,LT,*,IF,INF,UNKN,IF", "AREA:loss1#F2C94CB0",
          "CDEF:loss2=pl,UN,isdown,MAX,0,pl,5,GE,pl,20,LT,*,IF,INF,UNKN,IF"));
  EXPECT_THAT(tail(words, 1),
              testing::ElementsAre("COMMENT:2026-11-27 09\\:40 to 2026-11-27 13\\:40 "
                                   "UTC   1 outage, 0 days 00\\:10\\:00 down\\l"));
}

TEST(GraphWords, BandNeedsSourcesOrRows) {
  ReadableArchive archive = archive_of(2);
  const auto has_band = [](const ReadableArchive& of) {
    const auto words = graph_words(request_of(900, 320), of, "/p");
    return std::find(words.begin(), words.end(), "AREA:low") != words.end();
  };
  EXPECT_FALSE(has_band(archive));
  archive.rras.push_back({"MIN", 0.5, 1, 10});
  EXPECT_FALSE(has_band(archive));
  archive.rras.push_back({"MAX", 0.5, 1, 10});
  EXPECT_TRUE(has_band(archive));
}

TEST(GraphWords, LegendAndTitleNeedRoom) {
  ReadableArchive archive = archive_of(2);
  const auto has = [&archive](int width, int height, const char* word) {
    const auto words = graph_words(request_of(width, height), archive, "/p");
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  EXPECT_TRUE(has(659, 320, "--no-legend"));
  EXPECT_FALSE(has(660, 180, "--no-legend"));
  EXPECT_TRUE(has(900, 179, "--no-legend"));
  EXPECT_FALSE(has(900, 109, "--title"));
  EXPECT_TRUE(has(900, 110, "--title"));
}

TEST(GraphWords, ServicesHaveALineASource) {
  ReadableArchive archive = archive_of(14);
  archive.page.sources = {{"a=b:c%s\\l", "B", 5.0, 9.5}, {"two", "", 5.0, {}}};
  const auto words = graph_words(request_of(900, 320), archive, "/p");
  const auto count = std::count_if(words.begin(), words.end(), [](const std::string& word) {
    return word.starts_with("LINE1.5:");
  });
  EXPECT_EQ(count, 12);
  EXPECT_THAT(words, testing::Contains("LINE1.5:s1#0550AE:legend=a=b\\:c%s∖l [B]     "));
  EXPECT_THAT(words, testing::Contains("COMMENT:and 2 more\\l"));
  EXPECT_EQ(std::count(words.begin(), words.end(), "HRULE:5#BF8700::dashes=4,3"), 1);
  EXPECT_THAT(words, testing::Contains("HRULE:9.5#CF222E::dashes=4,3"));
}

TEST(Spans, AreClippedAndJoined) {
  const TimeSpan picture{at(1000), at(2000)};
  const std::vector<TimeSpan> spans{
      {at(1500), at(1600)}, {at(0), at(900)}, {at(1605), at(1700)}, {at(1950), at(9000)}};
  EXPECT_EQ(spans_expression(spans, picture, 10),
            "TIME,1500,GT,TIME,STEPWIDTH,-,1700,LT,*,"
            "TIME,1950,GT,TIME,STEPWIDTH,-,2000,LT,*,MAX");
  EXPECT_EQ(spans_expression({}, picture, 10), "");
}

TEST(Spans, AreNeverMoreThanRrdtoolCanTake) {
  std::vector<TimeSpan> spans;
  constexpr std::int64_t kMany = 5000;
  spans.reserve(kMany);
  for (std::int64_t i = 0; i < kMany; ++i) spans.push_back({at(i * 20), at(i * 20 + 5)});
  const std::string words = spans_expression(spans, {at(0), at(100000)}, 1);
  EXPECT_LE(std::count(words.begin(), words.end(), '*'), 400);
  EXPECT_GE(std::count(words.begin(), words.end(), '*'), 1);
}

TEST(Spans, ShorterThanASecondAreSeen) {
  const std::vector<TimeSpan> spans{{base::WallTime{std::chrono::milliseconds{5100}},
                                     base::WallTime{std::chrono::milliseconds{5900}}}};
  EXPECT_EQ(spans_expression(spans, {at(0), at(10)}, 1), "TIME,5,GT,TIME,STEPWIDTH,-,6,LT,*");
}

TEST(Texts, KeepToTheirColumns) {
  EXPECT_EQ(shortened("Zürich", 6), "Zürich");
  EXPECT_EQ(shortened("Zürich", 3), "Zü…");
  EXPECT_EQ(shortened("Zürich", 0), "…");
  EXPECT_EQ(legend_text("a:b\\l\n\x01", 20), "a\\:b∖l??");
}

TEST(Steps, AreThoseOfTheRowsThatReach) {
  const ReadableArchive archive = archive_of(2);
  EXPECT_EQ(drawn_step_s(archive, 86400, 900, kNow), 96);  // a pixel
  EXPECT_EQ(drawn_step_s(archive, 14400, 900, kNow), 60);
  EXPECT_EQ(drawn_step_s(archive, std::int64_t{3} * 86400, 900, kNow), 21600);
  EXPECT_EQ(drawn_step_s(archive, std::int64_t{4000} * 86400, 100'000, kNow), 21600);
}

TEST(DashMissing, TakesTheWordsOfFiguresWithoutAValue) {
  std::vector<std::string> words{"AREA:x#ffffff:round trip", "GPRINT:v1: last %7.2lf",
                                 "GPRINT:v4: max %7.2lf ms", "COMMENT:\\l",
                                 "GPRINT:v5: last %7.2lf",   "GPRINT:v8: max %7.2lf %%",
                                 "GPRINT:v9: max %8.2lf%s"};
  const std::vector<std::string> legends{"round trip",    " last    -nan",  " max    -nan ms",
                                         " last   12.00", " max     nan %", " max     nan"};
  EXPECT_TRUE(dash_missing(words, legends));
  EXPECT_EQ(words, (std::vector<std::string>{"AREA:x#ffffff:round trip", "COMMENT: last       -",
                                             "COMMENT: max       - ms", "COMMENT:\\l",
                                             "GPRINT:v5: last %7.2lf", "COMMENT: max       - %",
                                             "COMMENT: max       -"}));
  // The next drawing has none left.
  const std::vector<std::string> again{"round trip",    " last       -",  " max       - ms",
                                       " last   12.00", " max       - %", " max       -"};
  EXPECT_FALSE(dash_missing(words, again));
}

TEST(DashMissing, LeavesAllWordsWhenEveryFigureHasAValue) {
  std::vector<std::string> words{"GPRINT:v1: last %7.2lf"};
  const std::vector<std::string> legends{" last    1.00"};
  EXPECT_FALSE(dash_missing(words, legends));
  EXPECT_EQ(words, std::vector<std::string>{"GPRINT:v1: last %7.2lf"});
}

}  // namespace
}  // namespace pingtrail::graph::test
