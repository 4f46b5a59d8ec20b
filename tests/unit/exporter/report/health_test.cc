// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/health.h"

#include <gtest/gtest.h>

namespace pingtrail::report {
namespace {

HealthFacts well() {
  HealthFacts out;
  out.hosts = 12;
  out.newest_check_age = Milliseconds(4000);
  out.records = 345;
  out.free_pct = 40;
  return out;
}

struct HealthRow {
  const char* name;
  void (*spoil)(HealthFacts&);
  int code;
  const char* text;
};
class JudgeHealth : public testing::TestWithParam<HealthRow> {};
TEST_P(JudgeHealth, SaysWhatIsWrong) {
  HealthFacts facts = well();
  GetParam().spoil(facts);
  const Health health = judge_health(facts, {});
  EXPECT_EQ(health.exit_code, GetParam().code);
  EXPECT_EQ(health.line.substr(0, health.line.find(" | ")), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, JudgeHealth,
    testing::Values(
        HealthRow{"Well", [](HealthFacts&) {}, 0,
                  "OK - 12 hosts, newest check 0 days 00:00:04 ago, journal intact (345 records), "
                  "disk 40 % free"},
        HealthRow{"Old", [](HealthFacts& f) { f.newest_check_age = Milliseconds(600000); }, 1,
                  "WARNING - newest check is 0 days 00:10:00 old"},
        HealthRow{"VeryOld", [](HealthFacts& f) { f.newest_check_age = Milliseconds(1800000); }, 2,
                  "CRITICAL - newest check is 0 days 00:30:00 old"},
        HealthRow{"Nothing", [](HealthFacts& f) { f.newest_check_age.reset(); }, 3,
                  "UNKNOWN - no check recorded yet"},
        HealthRow{"Broken",
                  [](HealthFacts& f) { f.broken.emplace_back("broken: record 7: checksum"); }, 2,
                  "CRITICAL - journal broken: record 7: checksum"},
        HealthRow{"BrokenAndNothing",
                  [](HealthFacts& f) {
                    f.newest_check_age.reset();
                    f.broken.emplace_back("a|b");
                  },
                  2, "CRITICAL - journal a/b"},
        HealthRow{"Torn", [](HealthFacts& f) { f.torn.emplace_back("torn end"); }, 1,
                  "WARNING - journal torn end"},
        HealthRow{"DiskLow", [](HealthFacts& f) { f.free_pct = 10; }, 1,
                  "WARNING - disk 10 % free"},
        HealthRow{"DiskFull", [](HealthFacts& f) { f.free_pct = 5; }, 2,
                  "CRITICAL - disk 5 % free"},
        HealthRow{"Unreadable", [](HealthFacts& f) { f.unreadable = 2; }, 1,
                  "WARNING - 2 state files unreadable"},
        HealthRow{"Lost", [](HealthFacts& f) { f.lost = 1; }, 1, "WARNING - 1 transition lost"}),
    [](const auto& row) { return row.param.name; });

TEST(JudgeHealth, AddsPerfdataWithLimits) {
  EXPECT_EQ(judge_health(well(), {}).line.substr(judge_health(well(), {}).line.find(" | ")),
            " | newest_check_age=4s;600;1800;0 hosts=12;;;0 unreadable=0;;;0 pending=0;;;0 "
            "lost=0;;;0 records=345;;;0 disk_free=40%;10:;5:;0;100");
}

HealthFacts with_archiving() {
  HealthFacts out = well();
  out.spool = SpoolFacts{2, 300, Milliseconds(4000), "/s/host-perfdata.1", 7};
  out.writer = WriterFacts{Milliseconds(3000), "/r", Milliseconds(12500), std::nullopt, 8, 9};
  return out;
}

class JudgeArchiving : public testing::TestWithParam<HealthRow> {};
TEST_P(JudgeArchiving, SaysWhatIsWrong) {
  HealthFacts facts = with_archiving();
  GetParam().spoil(facts);
  const Health health = judge_health(facts, {});
  EXPECT_EQ(health.exit_code, GetParam().code);
  EXPECT_EQ(health.line.substr(0, health.line.find(" | ")), GetParam().text);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, JudgeArchiving,
    testing::Values(
        HealthRow{"Well", [](HealthFacts&) {}, 0,
                  "OK - 12 hosts, newest check 0 days 00:00:04 ago, journal intact (345 records), "
                  "disk 40 % free, 2 spool files waiting, 7 lines rejected, writer heard of 0 days "
                  "00:00:03 ago"},
        HealthRow{"JustYoungEnough",
                  [](HealthFacts& f) {
                    f.spool->oldest_age = Milliseconds(299999);
                    f.spool->files = 99;
                    f.writer->age = Milliseconds(119999);
                  },
                  0,
                  "OK - 12 hosts, newest check 0 days 00:00:04 ago, journal intact (345 records), "
                  "disk 40 % free, 99 spool files waiting, 7 lines rejected, writer heard of 0 "
                  "days 00:01:59 ago"},
        HealthRow{"FileOld", [](HealthFacts& f) { f.spool->oldest_age = Milliseconds(300000); }, 1,
                  "WARNING - spool file /s/host-perfdata.1 waiting for 0 days 00:05:00"},
        HealthRow{"FileVeryOld",
                  [](HealthFacts& f) { f.spool->oldest_age = Milliseconds(1800000); }, 2,
                  "CRITICAL - spool file /s/host-perfdata.1 waiting for 0 days 00:30:00"},
        HealthRow{"ManyFiles", [](HealthFacts& f) { f.spool->files = 100; }, 1,
                  "WARNING - 100 spool files waiting"},
        HealthRow{"VeryManyFiles", [](HealthFacts& f) { f.spool->files = 1000; }, 2,
                  "CRITICAL - 1,000 spool files waiting"},
        HealthRow{"WriterSilent", [](HealthFacts& f) { f.writer->age = Milliseconds(120000); }, 1,
                  "WARNING - writer of /r silent for 0 days 00:02:00"},
        HealthRow{"WriterDead", [](HealthFacts& f) { f.writer->age = Milliseconds(600000); }, 2,
                  "CRITICAL - writer of /r silent for 0 days 00:10:00"},
        HealthRow{"WorstFirst",
                  [](HealthFacts& f) {
                    f.newest_check_age = Milliseconds(600000);
                    f.spool->oldest_age = Milliseconds(300000);
                    f.writer->age = Milliseconds(600000);
                    f.unknown.emplace_back("/x: Permission denied");
                  },
                  2,
                  "CRITICAL - writer of /r silent for 0 days 00:10:00, newest check is 0 days "
                  "00:10:00 old, spool file /s/host-perfdata.1 waiting for 0 days 00:05:00, /x: "
                  "Permission denied"},
        HealthRow{"NotToBeSeen",
                  [](HealthFacts& f) {
                    f.writer.reset();
                    f.unknown.emplace_back("/r/.pingtrail/counters: No such file or directory");
                    f.spool->files = 100;
                  },
                  3,
                  "UNKNOWN - /r/.pingtrail/counters: No such file or directory, 100 spool files "
                  "waiting"},
        HealthRow{"WhatTheWriterSawWaiting",
                  [](HealthFacts& f) {
                    f.spool.reset();
                    f.writer->oldest_pending_age = Milliseconds(300000);
                  },
                  1, "WARNING - a spool file waiting for 0 days 00:05:00"},
        HealthRow{"TheSpoolKnowsBetter",
                  [](HealthFacts& f) {
                    f.spool->oldest_age.reset();
                    f.spool->files = 0;
                    f.writer->oldest_pending_age = Milliseconds(300000);
                  },
                  0,
                  "OK - 12 hosts, newest check 0 days 00:00:04 ago, journal intact (345 records), "
                  "disk 40 % free, 0 spool files waiting, 7 lines rejected, writer heard of 0 days "
                  "00:00:03 ago"}),
    [](const auto& row) { return row.param.name; });

TEST(JudgeHealth, AddsPerfdataOfSpoolAndWriter) {
  const std::string before = judge_health(well(), {}).line;
  const std::string line = judge_health(with_archiving(), {}).line;
  EXPECT_EQ(line.substr(line.find(" | ")),
            before.substr(before.find(" | ")) +
                " spool_files=2;100;1000;0 spool_bytes=300B;;;0 spool_age=4s;300;1800;0 "
                "spool_rejected=7;;;0 writer_age=3s;120;600;0 writer_lag=12.5s;;;0 "
                "writer_pending_age=0s;;;0 writer_rejects=8c;;;0 writer_store_failures=9c;;;0");
}

TEST(JudgeHealth, ShowsNoLagWhereNothingWasEverWritten) {
  HealthFacts facts = with_archiving();
  facts.writer->newest_sample_age.reset();
  EXPECT_EQ(judge_health(facts, {}).line.find("writer_lag"), std::string::npos);
}

TEST(UnknownHealth, IsOneLineByTheProtocol) {
  EXPECT_EQ(unknown_health("/x: a|b\nc"), (Health{3, "UNKNOWN - /x: a/b?c"}));
}

}  // namespace
}  // namespace pingtrail::report
