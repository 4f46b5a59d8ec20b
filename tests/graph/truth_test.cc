// SPDX-License-Identifier: GPL-3.0-or-later
// A scripted year in an archive against the same year through the import.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "exporter/reconstruct/reconstruct.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/import.h"
#include "perfdata/history/outages.h"
#include "tests/graph/made_archive.h"

namespace pingtrail::reconstruct::test {
namespace {

using base::Milliseconds;
using history::HostHistory;
using history::Outage;

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kYear = 365 * kDay;
constexpr std::int64_t kEnd = 1'795'786'800;
constexpr std::int64_t kBegin = kEnd - kYear;

struct Span {
  std::int64_t from = 0;
  std::int64_t to = 0;
  bool has(std::int64_t time_s) const { return from <= time_s && time_s < to; }
};

// Outages of 1 minute to 3 days over the year, so that each step of the archive sees some.
std::vector<Span> scripted_outages() {
  std::vector<Span> out;
  std::uint64_t seed = 12345;
  for (std::int64_t at = kBegin + kDay; at < kEnd - 15 * kDay;) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto dice = static_cast<std::int64_t>(seed >> 40U);
    const std::int64_t lengths[] = {60, 300, 1260, 5400, 15000, 50000, 100020, 259200};
    const std::int64_t length = lengths[dice % 8];
    out.push_back({at, at + length});
    at += length + 4 * kDay + dice % 100'000 / 60 * 60;
  }
  // In the last two days, at a minute; one over the change from half hours to 5 minutes.
  out.push_back({kEnd - 10 * kDay - 7200, kEnd - 10 * kDay + 7200});
  for (const std::int64_t ago : {2 * kDay - 7260, 90'000L, 40'020L, 20'000L / 60 * 60, 600L}) {
    out.push_back({kEnd - ago, kEnd - ago + (ago == 600 ? 180 : 3540)});
  }
  std::sort(out.begin(), out.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  return out;
}

const std::vector<Span>& outages_of_script() {
  static const std::vector<Span> kMade = scripted_outages();
  return kMade;
}

// The monitor off: a week, a day, and some hours lately.
constexpr Span kOff[] = {{kBegin + 100 * kDay, kBegin + 107 * kDay},
                         {kBegin + 300 * kDay, kBegin + 301 * kDay},
                         {kEnd - 70'020, kEnd - 60'000}};

std::optional<bool> is_down(std::int64_t time_s) {
  for (const Span& off : kOff) {
    if (off.has(time_s)) return std::nullopt;
  }
  for (const Span& outage : outages_of_script()) {
    if (outage.has(time_s)) return true;
  }
  return false;
}

std::int64_t seconds(history::WallTime at) { return at.time_since_epoch().count() / 1000; }
std::int64_t seconds(Milliseconds span) { return span.count() / 1000; }

// The step of rows at an age, as PNP's rows have it.
std::int64_t step_at(std::int64_t time_s) {
  const std::int64_t age = kEnd - time_s;
  return age < 2 * kDay ? 60 : age < 10 * kDay ? 300 : age < 90 * kDay ? 1800 : 21600;
}

class Year : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    support::TempDirectory rrd;
    make_archive(rrd, "h", "_HOST_", {{"rta", "ms", "", ""}, {"pl", "%", "", ""}}, kBegin, kEnd,
                 [](std::int64_t time_s) -> std::optional<std::vector<std::string>> {
                   const auto down = is_down(time_s);
                   if (!down) return std::nullopt;
                   return *down ? std::vector<std::string>{"U", "100"}
                                : std::vector<std::string>{"1.5", "0"};
                 });
    std::vector<std::string> notes;
    Reconstruction reconstruction(rrd.path());
    const auto hosts = reconstruction.histories([](std::string_view) { return false; }, notes);
    ASSERT_EQ(notes, std::vector<std::string>{});
    ASSERT_EQ(hosts.size(), 1U);
    told_of_year = *hosts[0];
    support::TempDirectory state;
    history::Importer importer(state.path(), [](const history::BadLine& bad) {
      ADD_FAILURE() << bad.line << ": " << bad.fact;
    });
    std::string lines;
    for (std::int64_t time_s = kBegin + 60; time_s <= kEnd; time_s += 60) {
      const auto down = is_down(time_s);
      if (down) lines += std::to_string(time_s * 1000) + ",h," + (*down ? "down" : "up") + ",60\n";
    }
    ASSERT_TRUE(importer.feed(lines).has_value());
    ASSERT_TRUE(importer.finish().has_value());
    const std::vector<std::string> dirs{state.path()};
    const auto archive = history::load_archive(dirs);
    ASSERT_TRUE(archive.has_value());
    ASSERT_EQ(archive->hosts.size(), 1U);
    truth_of_year = *archive->hosts[0];
  }

  static history::WallTime end() { return history::WallTime{std::chrono::seconds{kEnd}}; }
  static HostHistory told_of_year, truth_of_year;
};
HostHistory Year::told_of_year;
HostHistory Year::truth_of_year;

TEST_F(Year, IsMarkedReconstructed) {
  EXPECT_TRUE(told_of_year.reconstructed);
  for (const Outage& outage : history::outages(told_of_year, end())) {
    EXPECT_TRUE(outage.reconstructed);
    EXPECT_TRUE(outage.resolution.has_value());
  }
}

// Every outage that fills a row is found, both ends within a step of the rows there.
TEST_F(Year, LosesNoOutageThatFillsARow) {
  const auto told = history::outages(told_of_year, end());
  std::size_t found = 0;
  for (const Outage& truth : history::outages(truth_of_year, end())) {
    const std::int64_t step = step_at(seconds(truth.start) - 21600);
    const auto match = std::find_if(told.begin(), told.end(), [&](const Outage& outage) {
      return outage.start < truth.end.value_or(end()) && outage.end.value_or(end()) > truth.start;
    });
    const std::int64_t least = step == 60 ? 60 : 2 * step;
    if (match == told.end()) {
      EXPECT_LT(seconds(truth.down), least) << "lost: " << seconds(truth.start);
      continue;
    }
    ++found;
    EXPECT_LE(std::abs(seconds(match->start) - seconds(truth.start)), step);
    ASSERT_TRUE(truth.end && match->end);
    EXPECT_LE(std::abs(seconds(*match->end) - seconds(*truth.end)), step);
    EXPECT_LE(seconds(*match->resolution), step);
    EXPECT_LE(match->lower_bound, truth.down);
    ASSERT_TRUE(match->upper_bound.has_value());
    EXPECT_GE(*match->upper_bound, truth.down);
  }
  EXPECT_GE(found, 15U);
}

TEST_F(Year, InventsNoOutageAndPartsNone) {
  const auto truths = history::outages(truth_of_year, end());
  std::vector<history::WallTime> seen;
  for (const Outage& outage : history::outages(told_of_year, end())) {
    const auto match = std::find_if(truths.begin(), truths.end(), [&](const Outage& truth) {
      return outage.start < truth.end.value_or(end()) && outage.end.value_or(end()) > truth.start;
    });
    ASSERT_NE(match, truths.end()) << "invented: " << seconds(outage.start);
    EXPECT_EQ(std::count(seen.begin(), seen.end(), match->start), 0) << "parted";
    seen.push_back(match->start);
  }
}

// In the last two days a row is a sample; only the first one after the monitor was off is lost, as
// rrdtool takes none of which it does not know when it began.
TEST_F(Year, IsExactWhereRowsAreSamples) {
  constexpr double kRow = 60;
  const history::TimeSpan lately{end() - std::chrono::hours{40}, end()};
  const auto told = history::window_figures(told_of_year, lately, end());
  const auto truth = history::window_figures(truth_of_year, lately, end());
  EXPECT_EQ(told.down.unplanned, truth.down.unplanned);
  EXPECT_EQ(told.outages_started, truth.outages_started);
  EXPECT_EQ(truth.outages_started, 4U);
  EXPECT_NEAR(static_cast<double>(seconds(told.unknown.unplanned)),
              static_cast<double>(seconds(truth.unknown.unplanned)), kRow);
}

// No change of step is a gap: what is unknown is the monitor's absence, within a step at each end.
TEST_F(Year, KnowsWhenTheMonitorWasOff) {
  const history::TimeSpan all{end() - std::chrono::hours{24 * 364}, end()};
  const auto told = history::window_figures(told_of_year, all, end());
  const auto truth = history::window_figures(truth_of_year, all, end());
  EXPECT_NEAR(static_cast<double>(seconds(told.unknown.unplanned)),
              static_cast<double>(seconds(truth.unknown.unplanned)), 4 * 21600);
  EXPECT_EQ(told.window, truth.window);
}

TEST(Reconstruction, ReadsAgainOnlyWhatChanged) {
  const support::TempDirectory dir;
  const auto up = [](std::int64_t) { return std::vector<std::string>{"1", "0"}; };
  const std::vector<support::MadeSource> sources{{"rta", "ms", "", ""}, {"pl", "%", "", ""}};
  for (const char* host : {"a", "b"}) {
    make_archive(dir, host, "_HOST_", sources, kEnd - 7200, kEnd, up);
  }
  make_archive(dir, "c", "PING", sources, kEnd - 7200, kEnd, up);
  make_archive(dir, "d", "load", {{"load1", "", "", ""}, {"load5", "", "", ""}}, kEnd - 7200, kEnd,
               up);
  dir.write("e/_HOST_.rrd", "noise");
  Reconstruction reconstruction(dir.path());
  std::vector<std::string> notes;
  const auto none = [](std::string_view) { return false; };
  const auto first = reconstruction.histories(none, notes);
  ASSERT_EQ(first.size(), 3U);
  EXPECT_EQ(first[2]->key.name, "c");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_EQ(notes[0], dir.path("e/_HOST_.rrd") + ": shorter than any archive");
  make_archive(dir, "a", "_HOST_", sources, kEnd - 3600, kEnd, up);
  const auto second = reconstruction.histories(none, notes);
  ASSERT_EQ(second.size(), 3U);
  EXPECT_NE(second[0], first[0]);
  EXPECT_EQ(second[1], first[1]);  // the very same
  const auto third =
      reconstruction.histories([](std::string_view host) { return host == "b"; }, notes);
  ASSERT_EQ(third.size(), 2U);
  EXPECT_EQ(third[1]->key.name, "c");
}

}  // namespace
}  // namespace pingtrail::reconstruct::test
