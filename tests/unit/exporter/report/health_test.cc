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

TEST(UnknownHealth, IsOneLineByTheProtocol) {
  EXPECT_EQ(unknown_health("/x: a|b\nc"), (Health{3, "UNKNOWN - /x: a/b?c"}));
}

}  // namespace
}  // namespace pingtrail::report
