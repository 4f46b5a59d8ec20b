// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "perfdata/history/archive.h"
#include "perfdata/history/outages.h"
#include "perfdata/history/slot_store.h"
#include "tests/unit/perfdata/history/golden_case.h"
#include "tests/unit/perfdata/history/scratch_dir.h"

namespace pingtrail::history {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Result {
  ImportSummary summary;
  std::vector<std::string> bad;  // "line: fact"
};

// Feeds the text in pieces of `size` bytes.
Result import(const std::string& dir, const std::string& text, std::size_t size = 7) {
  Result out;
  Importer importer(dir, [&out](const BadLine& bad) {
    out.bad.push_back(std::to_string(bad.line) + ": " + bad.fact);
  });
  for (std::size_t i = 0; i < text.size(); i += size) {
    EXPECT_TRUE(importer.feed(std::string_view(text).substr(i, size)));
  }
  auto summary = importer.finish();
  EXPECT_TRUE(summary);
  out.summary = *summary;
  return out;
}

HostHistory only_host(const std::string& dir) {
  const auto archive = load_archive({&dir, 1});
  EXPECT_TRUE(archive && archive->verified);
  EXPECT_EQ(archive->hosts.size(), 1U);
  return *archive->hosts.at(0);
}

TEST(Import, AppliesTheRulesOfLiveChecks) {
  const ScratchDir dir;
  const Result got = import(dir.path(),
                            "time,host,state,interval_s\n"
                            "2026-03-10T00:00:00Z,h1,up,60\n"
                            "2026-03-10T00:01:00Z,h1,down,60\r\n"
                            "1773100920000,h1,down,60\n"
                            "\n"
                            "2026-03-10T01:03:00+01:00,h1,up,60");
  EXPECT_THAT(got.bad, IsEmpty());
  EXPECT_EQ(got.summary.lines, 4U);
  EXPECT_EQ(got.summary.applied, 4U);
  const auto all = outages(only_host(dir.path()), iso("2026-03-10T00:04:00.000Z"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].down.count(), 120000);
  EXPECT_EQ(all[0].lower_bound.count(), 60000);
  EXPECT_EQ(all[0].upper_bound->count(), 180000);
}

TEST(Import, NamesEachBadLineAndAppliesTheOthers) {
  const ScratchDir dir;
  const Result got = import(dir.path(),
                            "1773100800000,h1,up\n"
                            "yesterday,h1,up\n"
                            "1773100860000,h1\n"
                            "1773100860000,,up\n"
                            "1773100860000,h1,dead\n"
                            "1773100860000,h1,up,-5\n"
                            "1773100860000,h1,up,60,x\n"
                            "1773100860000,h1,up,60,5,6\n"
                            "1773100860000,\"h1,up\n"
                            "1773100860000,h1,UP\n" +
                                ("1773100860000,h1,up," + std::string(70000, '0') + "\n") +
                                "1773100860000,h1,down\n");
  EXPECT_THAT(
      got.bad,
      ElementsAre("2: `yesterday` is no time (ISO 8601 or epoch milliseconds)",
                  "3: fewer than 3 fields", "4: the name is empty",
                  "5: `dead` is none of up, down, indeterminate",
                  "6: `-5` is no interval in seconds", "7: `x` is no boot time in milliseconds",
                  "8: more fields than columns", "9: a quote in the wrong place",
                  "10: `UP` is none of up, down, indeterminate", "11: longer than 65536 bytes"));
  EXPECT_EQ(got.summary.applied, 2U);
  EXPECT_EQ(got.summary.bad_lines, 10U);
  EXPECT_EQ(only_host(dir.path()).parts.size(), 2U);
}

TEST(Import, ABadLineLeavesNothingOfItself) {
  const ScratchDir dir;
  import(dir.path(), "1773100800000,new-host,up,60,not-a-number\n");
  const std::string& path = dir.path();
  EXPECT_THAT(load_archive({&path, 1})->hosts, IsEmpty());
}

TEST(Import, TheSameFileTwiceChangesNothing) {
  const ScratchDir dir;
  // The clock goes back an hour in it: by wall time alone some lines would look new.
  const std::string text =
      "1773144000000,h1,up,60,1000000\n"
      "1773144060000,h1,down,60,1060000\n"
      "1773140520000,h1,down,60,1120000\n"
      "1773140580000,h1,up,60,1180000\n";
  EXPECT_EQ(import(dir.path(), text).summary.applied, 4U);
  const HostHistory before = only_host(dir.path());
  const Result again = import(dir.path(), text);
  EXPECT_EQ(again.summary.late, 4U);
  EXPECT_EQ(again.summary.transitions, 0U);
  EXPECT_EQ(only_host(dir.path()).parts, before.parts);
}

TEST(Import, TakesColumnsInTheOrderOfTheHeaderAndQuotedFields) {
  const ScratchDir dir;
  const Result got = import(dir.path(),
                            "time,state,comment,host\n"
                            "1773100800000,up,\"a, \"\"b\"\"\",\"core, \"\"A\"\"\"\n");
  EXPECT_THAT(got.bad, IsEmpty());
  EXPECT_EQ(only_host(dir.path()).key.name, "core, \"A\"");
}

TEST(Import, IgnoresAByteOrderMark) {
  const ScratchDir with_header;
  const Result headed = import(with_header.path(),
                               "\xEF\xBB\xBFtime,host,state\r\n"
                               "1773100800000,h1,up\r\n");
  EXPECT_THAT(headed.bad, IsEmpty());
  EXPECT_EQ(headed.summary.applied, 1U);
  const ScratchDir without;
  const Result bare = import(without.path(),
                             "\xEF\xBB\xBF"
                             "1773100800000,h1,up\n");
  EXPECT_THAT(bare.bad, IsEmpty());
  EXPECT_EQ(bare.summary.applied, 1U);
}

TEST(Import, AHostKnownOnlyAsIndeterminateIsThere) {
  const ScratchDir dir;
  import(dir.path(), "1773100800000,h1,indeterminate\n1773100860000,h1,indeterminate\n");
  const HostHistory history = only_host(dir.path());
  EXPECT_THAT(history.parts, IsEmpty());
  const WallTime from = iso("2026-03-10T00:00:00.000Z");
  const WindowFigures figures =
      window_figures(history, {from, from + Milliseconds(3600000)}, from + Milliseconds(7200000));
  EXPECT_EQ(figures.unknown.unplanned.count(), 3600000);
  EXPECT_FALSE(figures.availability_pct);
}

TEST(Import, WritesInBatchesWithoutLosingAnything) {
  const ScratchDir dir;
  std::string text;
  constexpr int kChecks = 70000;  // more transitions than are held in memory
  for (int i = 0; i < kChecks; ++i) {
    text += std::to_string(1773100800000 + 60000LL * i) +
            (i % 2 == 0 ? ",h1,up,60\n" : ",h1,down,60\n");
  }
  EXPECT_EQ(import(dir.path(), text, 65536).summary.transitions, std::uint64_t{kChecks});
  EXPECT_EQ(only_host(dir.path()).parts.size(), std::size_t{kChecks});
}

TEST(Import, SaysThatTheDirectoryIsMissing) {
  Importer importer("/nonexistent/pingtrail", {});
  EXPECT_FALSE(importer.feed("1773100800000,h1,up\n"));
}

}  // namespace
}  // namespace pingtrail::history
