// SPDX-License-Identifier: GPL-3.0-or-later
// LiveArchive on real directories: always what load_archive() says, and never more read than
// changed.
#include "perfdata/history/live_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <utility>

#include "perfdata/base/posix_clock.h"
#include "perfdata/history/import.h"
#include "perfdata/history/outages.h"
#include "perfdata/history/recorder.h"
#include "perfdata/history/slot_store.h"
#include "tests/unit/perfdata/history/scratch_dir.h"

namespace pingtrail::history {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kStart = 1800000000000;
constexpr std::int64_t kMinute = 60000;

WallTime at_minute(std::int64_t minute) {
  return WallTime(Milliseconds(kStart + minute * kMinute));
}

void check(const std::string& dir, std::int64_t minute, bool up, const HostKey& key) {
  Observation observation;
  observation.wall = at_minute(minute);
  observation.boot = BootTime(Milliseconds(1000000 + minute * kMinute));
  observation.boot_id[0] = 7;
  observation.state = up ? ObservedState::up : ObservedState::down;
  observation.interval = Milliseconds(kMinute);
  CheckFigures figures;
  figures.sent = 5;
  figures.received = up ? 5 : 0;
  figures.reason = up ? "" : "Destination Host Unreachable from 192.0.2.1";
  const RecordOutcome outcome = record_check(dir, key, observation, figures);
  ASSERT_TRUE(outcome.recorded) << testing::PrintToString(outcome.notes);
}

// Until the clock that stamps files has moved on, so that a change after it cannot look like one
// before it.
void await_tick(const std::string& dir) {
  const std::string path = dir + "/.tick";
  const auto stamp = [&path] {
    std::ofstream(path) << 'x';
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return std::pair(info.st_ctim.tv_sec, info.st_ctim.tv_nsec);
  };
  const auto before = stamp();
  while (stamp() == before) {
  }
}

// As if the files had rested for an hour: stamps are believed.
WallTime rested() { return base::wall_now() + std::chrono::hours(1); }

std::vector<HostHistory> histories(const Archive& archive) {
  std::vector<HostHistory> out;
  for (const auto& host : archive.hosts) out.push_back(*host);
  return out;
}

void expect_as_loaded(const LiveView& view, const std::vector<std::string>& dirs) {
  const auto loaded = load_archive(dirs);
  ASSERT_TRUE(loaded);
  const auto seen = histories(view.archive);
  const auto want = histories(*loaded);
  ASSERT_EQ(seen.size(), want.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    ASSERT_EQ(display_name(seen[i].key), display_name(want[i].key));
    ASSERT_EQ(seen[i].parts, want[i].parts) << display_name(want[i].key);
    ASSERT_EQ(seen[i], want[i]) << display_name(want[i].key);
  }
  EXPECT_EQ(view.archive.maintenance, loaded->maintenance);
  EXPECT_EQ(view.archive.notes, loaded->notes);
  EXPECT_EQ(view.archive.verified, loaded->verified);
  ASSERT_EQ(view.facts.size(), seen.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(*view.facts[i].planned, planned_spans(loaded->maintenance, seen[i].key.name));
    EXPECT_EQ(view.facts[i].in_order, parts_in_order(seen[i].parts));
  }
}

// Random things that checks, people and disks do to two state directories.
class Estate {
 public:
  explicit Estate(unsigned seed) : random_(seed), dirs_{a_.path(), b_.path()} {
    // Both begun, so that rename and maintenance find a journal.
    for (const std::string& dir : dirs_) check(dir, minute_, true, key());
  }

  const std::vector<std::string>& dirs() const { return dirs_; }
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  // A record that is changed in its place shows while nothing is added in the same breath (else by
  // the daily reading of the whole chain only): such an act stands alone.
  void act_some() {
    alone_ = true;
    for (int acts = pick(1, 3); acts > 0; --acts) {
      record_changed_ = false;
      act();
      if (record_changed_) return;
      alone_ = false;
    }
  }

 private:
  void act() {
    const std::string& dir = dirs_[pick(0, 3) == 0 ? 1 : 0];
    minute_ += pick(0, 9) == 0 ? pick(3, 40) : 1;
    const int what = pick(0, 99);
    if (what < 55) return check(dir, minute_, pick(0, 2) > 0, key());
    if (what < 62) return import(dir);
    if (what < 70) return (void)rename_host(dir, key().name, key().name, at_minute(minute_));
    if (what < 74) return (void)forget_host(dir, key().name, at_minute(minute_));
    if (what < 80) return plan(dir);
    if (what < 86) return spoil_state(dir);
    if (what < 97) return spoil_journal(dir);
    std::ofstream(dir + "/maintenance", std::ios::app) << "window\tnonsense\n";
  }

  HostKey key() {
    static const std::string kLongName = std::string(70, 'n') + ".example";
    const std::array<std::string, 5> names = {"core-sw", "b host", "Zeta", "web\xFF", kLongName};
    return {names[static_cast<std::size_t>(pick(0, 4))], pick(0, 3) == 0 ? "ipv6" : ""};
  }

  void import(const std::string& dir) {
    Importer importer(dir, {});
    std::string lines;
    for (int i = pick(1, 6); i > 0; --i) {
      lines += std::to_string(kStart + ++minute_ * kMinute) + ",core-sw," +
               (pick(0, 1) == 0 ? "up" : "down") + "\n";
    }
    ASSERT_TRUE(importer.feed(lines));
    ASSERT_TRUE(importer.finish());
  }

  void plan(const std::string& dir) {
    const std::array<const char*, 4> globs = {"core-sw", "*", "[cZ]*", "web?"};
    MaintenanceWindow window{globs[static_cast<std::size_t>(pick(0, 3))],
                             {at_minute(minute_ - pick(-5, 20)), at_minute(minute_ + pick(6, 40))},
                             at_minute(minute_),
                             "manual",
                             "work"};
    ASSERT_TRUE(add_maintenance(dir, {&window, 1}, at_minute(minute_)));
  }

  std::vector<fs::path> state_files(const std::string& dir) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(dir + "/state")) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
  }

  void spoil_state(const std::string& dir) {
    const auto files = state_files(dir);
    if (files.empty()) return;
    const fs::path& file =
        files[static_cast<std::size_t>(pick(0, static_cast<int>(files.size()) - 1))];
    switch (pick(0, 4)) {
      case 0:
        fs::remove(file);
        return;
      case 1:
        std::ofstream(file, std::ios::binary) << "no slot at all";
        return;
      case 2:
        // Two files of one key.
        if (file.filename().string().starts_with("copy-")) return;
        fs::copy_file(file, dir + "/state/copy-" + std::to_string(pick(0, 2)),
                      fs::copy_options::overwrite_existing);
        return;
      case 3:
        fs::copy_file(file, file.string() + ".new");
        fs::rename(file.string() + ".new", file);
        return;
      default:
        fs::last_write_time(file, fs::file_time_type::clock::now());
    }
  }

  void spoil_journal(const std::string& dir) {
    const std::string chain = dir + "/journal/chain";
    const std::string kept = dir + "/kept";
    auto bytes = read_bytes(chain);
    switch (pick(0, 7)) {
      case 0:
        bytes.resize(bytes.size() -
                     std::min<std::size_t>(
                         bytes.size(), std::size_t{256} * static_cast<std::size_t>(pick(1, 3))));
        return write_bytes(chain, bytes);
      case 1:
        bytes.resize(bytes.size() -
                     std::min<std::size_t>(bytes.size(), static_cast<unsigned>(pick(1, 255))));
        return write_bytes(chain, bytes);
      case 2:
        if (bytes.empty() || !alone_) return;
        bytes[static_cast<std::size_t>(pick(0, static_cast<int>(bytes.size()) - 1))] ^= 1U;
        record_changed_ = true;
        return write_bytes(chain, bytes);
      case 3:
        (void)repair_journal(dir);
        return;
      case 4:
        fs::remove(pick(0, 1) == 0 ? chain : dir + "/journal/head");
        return;
      case 5:
        // As a restored backup.
        if (!fs::exists(kept)) return;
        fs::remove_all(dir + "/journal");
        fs::copy(kept, dir + "/journal", fs::copy_options::recursive);
        return;
      case 6:
        // In place, longer than what was read of the other.
        if (!fs::exists(kept + "/chain")) return;
        write_bytes(chain, read_bytes(kept + "/chain"));
        return;
      default:
        fs::remove_all(kept);
        if (fs::exists(dir + "/journal"))
          fs::copy(dir + "/journal", kept, fs::copy_options::recursive);
    }
  }

  std::mt19937 random_;
  ScratchDir a_, b_;
  std::vector<std::string> dirs_;
  std::int64_t minute_ = 0;
  bool alone_ = false;
  bool record_changed_ = false;
};

class LiveArchiveProperty : public testing::TestWithParam<unsigned> {};

TEST_P(LiveArchiveProperty, SaysWhatAWholeReadingSays) {
  Estate estate(GetParam());
  LiveArchive live(estate.dirs());
  for (int i = 0; i < 80; ++i) {
    await_tick(estate.dirs()[0]);
    estate.act_some();
    if (HasFatalFailure()) return;
    await_tick(estate.dirs()[0]);
    const auto view = live.refresh(estate.pick(0, 1) == 0 ? base::wall_now() : rested());
    ASSERT_NO_FATAL_FAILURE(expect_as_loaded(*view, estate.dirs())) << "after action " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LiveArchiveProperty, testing::Range(0U, 8U));

// No tick is awaited: what changed within one is seen because its stamp is not believed.
TEST(LiveArchive, SeesTwoChangesWithinOneTick) {
  const ScratchDir dir;
  LiveArchive live({dir.path()});
  for (int i = 0; i < 200; ++i) {
    check(dir.path(), i, i % 3 != 0, {"h", ""});
    const auto view = live.refresh(base::wall_now());
    ASSERT_EQ(view->archive.hosts.size(), 1U);
    ASSERT_EQ(view->archive.hosts[0]->state->last_at, at_minute(i));
    ASSERT_NO_FATAL_FAILURE(expect_as_loaded(*view, {dir.path()}));
  }
}

TEST(LiveArchive, ReadsOnlyWhatChangedAndSharesTheRest) {
  const ScratchDir dir;
  for (int i = 0; i < 20; ++i) {
    check(dir.path(), 0, true, {"host-" + std::to_string(i), ""});
    check(dir.path(), 1, i % 2 == 0, {"host-" + std::to_string(i), ""});
  }
  LiveArchive live({dir.path()});
  await_tick(dir.path());
  const auto first = live.refresh(rested());
  EXPECT_EQ(first->states_read, 20U);
  const auto second = live.refresh(rested());
  EXPECT_EQ(second->states_read, 0U);
  EXPECT_EQ(second->archive.hosts, first->archive.hosts);
  EXPECT_EQ(second->generation, first->generation);
  await_tick(dir.path());
  check(dir.path(), 2, false, {"host-4", ""});
  const auto third = live.refresh(rested());
  EXPECT_EQ(third->states_read, 1U);
  EXPECT_NE(third->generation, first->generation);
  for (const auto& host : third->archive.hosts) {
    const bool kept = std::find(first->archive.hosts.begin(), first->archive.hosts.end(), host) !=
                      first->archive.hosts.end();
    EXPECT_EQ(kept, host->key.name != "host-4") << host->key.name;
  }
  expect_as_loaded(*third, {dir.path()});
}

TEST(LiveArchive, PlansAreWorkedOutOnceAFileAndFollowIt) {
  const ScratchDir dir;
  check(dir.path(), 0, true, {"a", ""});
  check(dir.path(), 0, true, {"b", ""});
  MaintenanceWindow window{"a", {at_minute(1), at_minute(5)}, at_minute(0), "manual", ""};
  ASSERT_TRUE(add_maintenance(dir.path(), {&window, 1}, at_minute(0)));
  LiveArchive live({dir.path()});
  await_tick(dir.path());
  const auto first = live.refresh(rested());
  EXPECT_THAT(*first->facts[0].planned, ElementsAre(TimeSpan{at_minute(1), at_minute(5)}));
  EXPECT_THAT(*first->facts[1].planned, IsEmpty());
  check(dir.path(), 1, true, {"a", ""});
  const auto second = live.refresh(rested());
  EXPECT_NE(second->archive.hosts[0], first->archive.hosts[0]);
  EXPECT_EQ(second->facts[0].planned, first->facts[0].planned);
  window.span.to = at_minute(9);
  await_tick(dir.path());
  ASSERT_TRUE(add_maintenance(dir.path(), {&window, 1}, at_minute(0)));
  const auto third = live.refresh(rested());
  EXPECT_THAT(*third->facts[0].planned, ElementsAre(TimeSpan{at_minute(1), at_minute(9)}));
}

TEST(LiveArchive, ADamagedStateFileCostsOneHostAndIsNamed) {
  const ScratchDir dir;
  for (const char* name : {"a", "b", "c"}) check(dir.path(), 0, true, {name, ""});
  std::ofstream(dir / "state/b", std::ios::binary) << "rubbish";
  LiveArchive live({dir.path()});
  const auto view = live.refresh(base::wall_now());
  EXPECT_EQ(view->unreadable, 1U);
  EXPECT_THAT(view->directories[0].unreadable, ElementsAre(HasSubstr(dir / "state/b")));
  // Its journal still tells of it.
  ASSERT_EQ(view->archive.hosts.size(), 3U);
  EXPECT_TRUE(view->archive.hosts[0]->state);
  EXPECT_FALSE(view->archive.hosts[1]->state);
  EXPECT_TRUE(view->archive.hosts[2]->state);
}

TEST(LiveArchive, AMissingDirectoryIsAFactAndComesBack) {
  const ScratchDir dir;
  const std::string here = dir / "here";
  const std::string gone = dir / "gone";
  fs::create_directory(here);
  check(here, 0, true, {"a", ""});
  LiveArchive live({here, gone});
  auto view = live.refresh(base::wall_now());
  EXPECT_EQ(view->archive.hosts.size(), 1U);
  EXPECT_TRUE(view->any_readable());
  ASSERT_TRUE(view->directories[1].trouble);
  EXPECT_THAT(*view->directories[1].trouble, HasSubstr("gone"));
  EXPECT_THAT(view->archive.notes, ElementsAre(HasSubstr("gone")));

  fs::create_directory(gone);
  check(gone, 0, true, {"b", ""});
  view = live.refresh(base::wall_now());
  EXPECT_FALSE(view->directories[1].trouble);
  EXPECT_EQ(view->archive.hosts.size(), 2U);
  expect_as_loaded(*view, {here, gone});

  fs::rename(gone, dir / "away");
  fs::rename(here, dir / "away2");
  view = live.refresh(base::wall_now());
  EXPECT_THAT(view->archive.hosts, IsEmpty());
  EXPECT_FALSE(view->any_readable());

  fs::rename(dir / "away", gone);
  fs::rename(dir / "away2", here);
  view = live.refresh(rested());
  expect_as_loaded(*view, {here, gone});
}

TEST(LiveArchive, AFolderMayBeALink) {
  const ScratchDir dir;
  fs::create_directory(dir / "real");
  fs::create_directory_symlink(dir / "real", dir / "state");
  check(dir.path(), 0, true, {"a", ""});
  LiveArchive live({dir.path()});
  await_tick(dir.path());
  EXPECT_EQ(live.refresh(rested())->states_read, 1U);
  EXPECT_EQ(live.refresh(rested())->states_read, 0U);
  await_tick(dir.path());
  check(dir.path(), 0, true, {"b", ""});
  expect_as_loaded(*live.refresh(rested()), {dir.path()});
}

TEST(LiveArchive, TwoDirectoriesWithOneHostAreMergedOnce) {
  const ScratchDir dir;
  for (const char* name : {"left", "right"}) {
    fs::create_directory(dir / name);
    check(dir / name, 0, true, {"a", ""});
  }
  LiveArchive live({dir / "left", dir / "right"});
  await_tick(dir.path());
  const auto first = live.refresh(rested());
  check(dir / "left", 5, false, {"other", ""});
  const auto second = live.refresh(rested());
  ASSERT_EQ(second->archive.hosts.size(), 2U);
  EXPECT_EQ(second->archive.hosts[0], first->archive.hosts[0]);
}

// What is added up by halving is what is added up one by one.
TEST(LiveArchive, FiguresOfAWindowDoNotDependOnTheWay) {
  std::mt19937 random(7);
  const auto pick = [&random](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  int ordered = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<Observation> observations;
    std::int64_t minute = 0;
    bool up = true;
    for (int i = pick(0, 150); i > 0; --i) {
      minute += pick(0, 9) == 0 ? pick(2, 60) : 1;
      if (round % 3 == 0 && pick(0, 30) == 0) minute -= pick(1, 30);
      if (pick(0, 3) == 0) up = !up;
      Observation observation;
      observation.wall = at_minute(minute);
      observation.boot = BootTime(Milliseconds(1000000 + 1000LL * pick(0, 5) + i * -1000LL));
      observation.boot_id[0] = static_cast<std::uint8_t>(round % 3 == 0 ? i : 0);
      if (round % 3 != 0) observation.boot.reset();
      observation.live = round % 3 == 0;
      observation.state = up ? ObservedState::up : ObservedState::down;
      observation.interval = Milliseconds(kMinute);
      observations.push_back(observation);
    }
    const HostHistory history = replay({"h", ""}, observations);
    const bool in_order = parts_in_order(history.parts);
    ordered += in_order ? 1 : 0;
    const std::vector<TimeSpan> planned = {{at_minute(10), at_minute(25)},
                                           {at_minute(60), at_minute(61)}};
    for (int i = 0; i < 20; ++i) {
      const std::int64_t from = pick(-20, 400);
      const TimeSpan window{at_minute(from),
                            at_minute(from + pick(0, 300)) + Milliseconds(pick(0, 1))};
      const WallTime asof = at_minute(pick(0, 500));
      const auto confirm = static_cast<std::uint32_t>(pick(1, 3));
      WindowFigures want;
      for (const StateSpan& stretch : state_spans(history, window, asof)) {
        const auto length = stretch.span.to - stretch.span.from;
        const auto inside = covered(planned, stretch.span.from, stretch.span.to);
        PlannedSplit& split = !stretch.state                          ? want.unknown
                              : *stretch.state == ObservedState::down ? want.down
                                                                      : want.up;
        split.planned += inside;
        split.unplanned += length - inside;
        want.window += length;
      }
      std::uint32_t started = 0;
      std::uint32_t blips = 0;
      const auto all = outages(history, asof, planned, confirm);
      Milliseconds repair{0};
      for (const Outage& outage : all) {
        if (outage.start >= window.from && outage.start < window.to)
          ++(outage.blip ? blips : started);
        if (outages_ended({&outage, 1}, window, asof) != 0) repair += outage.down;
      }
      const auto ended = outages_ended(all, window, asof);
      const auto got = window_figures(history, window, asof, planned, confirm);
      const auto split = window_split(history, window, asof, planned, in_order);
      ASSERT_EQ(got.up, want.up) << round;
      ASSERT_EQ(got.down, want.down) << round;
      ASSERT_EQ(got.unknown, want.unknown) << round;
      ASSERT_EQ(got.window, want.window) << round;
      ASSERT_EQ(got.outages_started, started) << round;
      ASSERT_EQ(got.blips_started, blips) << round;
      ASSERT_EQ(got.mttr_s.has_value(), ended > 0) << round;
      if (ended > 0) {
        ASSERT_DOUBLE_EQ(*got.mttr_s, std::chrono::duration<double>(repair).count() / ended);
      }
      ASSERT_EQ(split.down, got.down);
      ASSERT_EQ(split.availability_pct, got.availability_pct);
      ASSERT_EQ(split.coverage_pct, got.coverage_pct);
    }
  }
  EXPECT_GT(ordered, 200);
  EXPECT_LT(ordered, 400);
}

}  // namespace
}  // namespace pingtrail::history
