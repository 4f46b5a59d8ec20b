// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/icinga_downtimes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pingtrail::report {
namespace {

using base::Milliseconds;
using base::WallTime;
using history::MaintenanceWindow;
using history::TimeSpan;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallTime kNow{Milliseconds{1773104400000}};

WallTime at(std::int64_t seconds_after_noon) {
  return WallTime(Milliseconds((1773144000 + seconds_after_noon) * 1000));
}

// One downtime "web!1" of host web: 1773144000 to 1773147600.
std::string list_of() {
  return R"({"results":[{"name":"web!1","type":"Downtime","joins":{},"attrs":{)"
         R"("host_name":"web","service_name":"","start_time":1773144000.0,"end_time":1773147600,)"
         R"("fixed":true,"duration":0.0,"trigger_time":0.0,"was_cancelled":false,)"
         R"("comment":"swap"}}]})";
}

// Replaces the attribute's value.
std::string with(const std::string& key, const std::string& value) {
  std::string text = list_of();
  const std::size_t begin = text.find("\"" + key + "\":") + key.size() + 3;
  return text.replace(begin, text.find_first_of(",}", begin) - begin, value);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  return text.replace(text.find(what), what.size(), by);
}

struct Row {
  const char* name;
  std::string text;
  std::vector<TimeSpan> want;
};
class IcingaDowntimeTimes : public testing::TestWithParam<Row> {};
TEST_P(IcingaDowntimeTimes, ArePlannedAsNagiosOnesAre) {
  const auto read = parse_icinga_downtimes(GetParam().text, kNow);
  ASSERT_TRUE(read);
  std::vector<TimeSpan> spans;
  for (const MaintenanceWindow& window : read->windows) spans.push_back(window.span);
  EXPECT_EQ(spans, GetParam().want);
  EXPECT_THAT(read->bad, IsEmpty());
}

const std::string kFlexible = replaced(replaced(list_of(), R"("fixed":true)", R"("fixed":false)"),
                                       R"("duration":0.0)", R"("duration":600)");
const std::string kTriggered =
    replaced(kFlexible, R"("trigger_time":0.0)", R"("trigger_time":1773145000.5)");
const std::string kCancelled =
    replaced(list_of(), R"("was_cancelled":false)", R"("was_cancelled":true)");

INSTANTIATE_TEST_SUITE_P(
    Rows, IcingaDowntimeTimes,
    testing::Values(
        Row{"Fixed", list_of(), {{at(0), at(3600)}}},
        Row{"FixedIsTheDefault", replaced(list_of(), R"("fixed":true,)", ""), {{at(0), at(3600)}}},
        Row{"FixedThatIsInEffect", with("trigger_time", "1773144001"), {{at(0), at(3600)}}},
        Row{"FlexibleThatNeverBegan", kFlexible, {}},
        Row{"FlexibleFromItsTrigger",
            kTriggered,
            {{at(1000) + Milliseconds(500), at(1600) + Milliseconds(500)}}},
        Row{"OfAService", with("service_name", R"("ping")"), {}},
        Row{"CancelledBeforeItBegan", kCancelled, {}},
        Row{"CancelledInEffect",
            replaced(kCancelled, R"("comment")", R"("remove_time":1773145000,"comment")"),
            {{at(0), at(1000)}}},
        Row{"CancelledAfterItsEnd",
            replaced(kCancelled, R"("comment")", R"("remove_time":1773149999,"comment")"),
            {{at(0), at(3600)}}},
        Row{"FlexibleAndCancelled",
            replaced(replaced(kTriggered, R"("was_cancelled":false)", R"("was_cancelled":true)"),
                     R"("comment")", R"("remove_time":1773145100,"comment")"),
            {{at(1000) + Milliseconds(500), at(1100)}}},
        Row{"None", R"({"results":[]})", {}}),
    [](const auto& row) { return row.param.name; });

TEST(IcingaDowntimes, CarryNameHostAndComment) {
  const auto read = parse_icinga_downtimes(
      replaced(with("host_name", R"("core [sw]*")"), "web!1", "core [sw]*!a b"), kNow);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->windows, ElementsAre(MaintenanceWindow{history::glob_of("core [sw]*"),
                                                           {at(0), at(3600)},
                                                           kNow,
                                                           "icinga:core%20[sw]*!a%20b",
                                                           "swap"}));
}

struct BadRow {
  const char* name;
  std::string text;
  const char* fact;
};
class BadIcingaDowntime : public testing::TestWithParam<BadRow> {};
TEST_P(BadIcingaDowntime, IsNamed) {
  const auto read = parse_icinga_downtimes(GetParam().text, kNow);
  ASSERT_TRUE(read);
  EXPECT_THAT(read->windows, IsEmpty());
  EXPECT_THAT(read->bad, ElementsAre(GetParam().fact));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, BadIcingaDowntime,
    testing::Values(
        BadRow{"NoHost", with("host_name", "null"), "downtime web!1: no host_name"},
        BadRow{"NoName", replaced(list_of(), "web!1", ""), "downtime : no name"},
        BadRow{"NoStart", with("start_time", "0"), "downtime web!1: no valid start_time"},
        BadRow{"StartIsText", with("start_time", R"("x")"), "downtime web!1: no valid start_time"},
        BadRow{"FarEnd", with("end_time", "1e300"), "downtime web!1: no valid end_time"},
        BadRow{"Backwards", with("end_time", "1773144000"),
               "downtime web!1: ends before it starts"},
        BadRow{"NoDuration", with("fixed", "false"),
               "downtime web!1: flexible, without a valid duration"},
        BadRow{"NoAttrs", R"({"results":[{"name":"a"}]})", "downtime: a result without attrs"},
        BadRow{"NoObject", R"({"results":[3]})", "downtime: a result without attrs"}),
    [](const auto& row) { return row.param.name; });

TEST(IcingaDowntimes, OfOneThatIsBadTheOthersCount) {
  const std::string text =
      replaced(list_of(), R"("results":[)", R"("results":[{"name":"bad","attrs":{}},)");
  const auto read = parse_icinga_downtimes(text, kNow);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->windows.size(), 1U);
  EXPECT_THAT(read->bad, ElementsAre("downtime bad: no host_name"));
}

TEST(IcingaDowntimes, WhatIsNoListIsRefused) {
  for (const char* text : {"", "<html>", R"({"results":[)", "\xff\xfe"}) {
    const auto read = parse_icinga_downtimes(text, kNow);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().message, "the answer: is no JSON");
  }
  for (const char* text : {"[]", "3", R"({"error":404})", R"({"results":{}})"}) {
    const auto read = parse_icinga_downtimes(text, kNow);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().message, "the answer: has no list of results");
  }
}

}  // namespace
}  // namespace pingtrail::report
