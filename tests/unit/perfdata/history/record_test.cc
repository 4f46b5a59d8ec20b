// SPDX-License-Identifier: GPL-3.0-or-later
// record_check() on a real directory: what it keeps, and what it says when it cannot.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "perfdata/base/fd.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/outages.h"
#include "perfdata/history/recorder.h"
#include "perfdata/history/slot_store.h"
#include "tests/unit/perfdata/history/scratch_dir.h"

namespace pingtrail::history {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kStart = 1800000000000;

Observation at(int minute, ObservedState state) {
  Observation out;
  out.wall = WallTime(Milliseconds(kStart + minute * 60000LL));
  out.boot = BootTime(Milliseconds(1000000 + minute * 60000LL));
  out.boot_id[0] = 7;
  out.state = state;
  out.interval = Milliseconds(60000);
  return out;
}

CheckFigures figures(bool up) {
  CheckFigures out;
  out.sent = 5;
  out.received = up ? 5 : 0;
  out.address = "192.0.2.7";
  out.group = "core";
  out.reason = up ? "" : "Destination Host Unreachable from 192.0.2.1";
  if (up) {
    out.round_trips = RoundTrips{0.001, 0.0005, 0.002, 0.001};
    out.rtt_s = {0.0005, 0.001, 0.001, 0.0005, 0.002};
  }
  return out;
}

RecordOutcome check(const std::string& dir, int minute, bool up, const HostKey& key = {"h1", ""}) {
  return record_check(dir, key, at(minute, up ? ObservedState::up : ObservedState::down),
                      figures(up));
}

TEST(RecordCheck, TellsHowLongTheHostHasBeenDownAndHadBeen) {
  const ScratchDir dir;
  EXPECT_THAT(check(dir.path(), 0, true).notes, IsEmpty());
  const RecordOutcome dropped = check(dir.path(), 1, false);
  EXPECT_TRUE(dropped.recorded);
  EXPECT_EQ(dropped.downtime.count(), 0);
  const RecordOutcome down = check(dir.path(), 3, false);
  EXPECT_EQ(down.downtime.count(), 120000);
  EXPECT_EQ(down.down_since, at(1, ObservedState::down).wall);
  ASSERT_TRUE(down.before);
  EXPECT_EQ(down.before->state, ObservedState::down);
  const RecordOutcome back = check(dir.path(), 4, true);
  ASSERT_TRUE(back.ended);
  EXPECT_EQ(back.ended->down.count(), 180000);
  EXPECT_EQ(back.downtime.count(), 0);
  EXPECT_FALSE(back.down_since);
}

TEST(RecordCheck, KeepsAllThatAnExporterNeeds) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  check(dir.path(), 1, false);
  check(dir.path(), 2, true);
  const auto state = read_state(dir.path(), {"h1", ""});
  ASSERT_TRUE(state);
  EXPECT_EQ(state->counters.checks, 3U);
  EXPECT_EQ(state->counters.probes_sent, 15U);
  EXPECT_EQ(state->counters.probes_received, 10U);
  EXPECT_EQ(state->counters.outages, 1U);
  EXPECT_EQ(state->counters.up.unplanned.count(), 60000);
  EXPECT_EQ(state->counters.down.unplanned.count(), 60000);
  EXPECT_EQ(state->rtt.count, 10U);
  EXPECT_EQ(state->group, "core");
  EXPECT_EQ(state->address, "192.0.2.7");
  EXPECT_EQ(state->last.received, 5U);
  EXPECT_THAT(state->pending, IsEmpty());
}

TEST(RecordCheck, LeavesNoOtherFilesThanItsOwn) {
  const ScratchDir dir;
  for (int i = 0; i < 20; ++i) check(dir.path(), i, i % 2 == 0);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
    if (entry.is_regular_file()) {
      files.push_back(std::filesystem::relative(entry.path(), dir.path()).string());
    }
  }
  std::sort(files.begin(), files.end());
  EXPECT_THAT(files, ElementsAre("journal/chain", "journal/head", "state/h1"));
}

TEST(RecordCheck, MakesFilesThatTheGroupMayWriteWhateverTheUmask) {
  const ScratchDir dir;
  const mode_t before = ::umask(0077);
  check(dir.path(), 0, true);
  ::umask(before);
  for (const char* file : {"state/h1", "journal/chain", "journal/head"}) {
    struct stat info {};
    ASSERT_EQ(::stat((dir / file).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0660U) << file;
  }
  struct stat info {};
  ASSERT_EQ(::stat((dir / "state").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 02770U);
}

TEST(RecordCheck, NamesAMissingDirectoryAndItsCure) {
  const RecordOutcome got = check("/nonexistent/pingtrail", 0, true);
  EXPECT_FALSE(got.recorded);
  EXPECT_THAT(got.notes, ElementsAre(testing::AllOf(HasSubstr("/nonexistent/pingtrail"),
                                                    HasSubstr("install -d -m 2770"))));
}

TEST(RecordCheck, DoesNotFollowASymbolicLink) {
  const ScratchDir dir;
  check(dir.path(), 0, true, {"other", ""});
  std::filesystem::create_symlink(dir / "state/other", dir / "state/h1");
  const RecordOutcome got = check(dir.path(), 0, true);
  EXPECT_FALSE(got.recorded);
  EXPECT_THAT(got.notes, ElementsAre(HasSubstr("symbolic link")));
}

TEST(RecordCheck, DoesNotWaitLongForALockedStateFile) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  const base::Fd held(::open((dir / "state/h1").c_str(), O_RDWR));
  ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
  const RecordOutcome got = check(dir.path(), 1, true);
  EXPECT_FALSE(got.recorded);
  EXPECT_THAT(got.notes, ElementsAre(HasSubstr("locked by another process")));
}

TEST(RecordCheck, KeepsATransitionPendingWhileTheJournalIsLocked) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  {
    const base::Fd held(::open((dir / "journal/chain").c_str(), O_RDWR));
    ASSERT_EQ(::flock(held.get(), LOCK_EX), 0);
    const RecordOutcome got = check(dir.path(), 1, false);
    EXPECT_TRUE(got.recorded);
    EXPECT_THAT(got.notes, IsEmpty());
    EXPECT_EQ(std::filesystem::file_size(dir / "journal/chain"), kRecordBytes);
  }
  check(dir.path(), 2, false);
  EXPECT_EQ(std::filesystem::file_size(dir / "journal/chain"), 2 * kRecordBytes);
}

TEST(RecordCheck, AppendsOnceWhatAKilledCheckHadAppendedAlready) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  const auto before = read_bytes(dir / "state/h1");
  check(dir.path(), 1, false);
  // As after SIGKILL between the append and the clearing of the slot: the slot that was written
  // first still holds the transition as pending. Slots alternate, so the newest is dropped.
  auto bytes = read_bytes(dir / "state/h1");
  auto newest = decode_state_file(bytes);
  ASSERT_TRUE(newest);
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(newest->index * kSlotBytes), kSlotBytes,
              std::uint8_t{0});
  const auto older = decode_state_file(bytes);
  ASSERT_TRUE(older);
  ASSERT_EQ(older->slot.state.pending.size(), 1U);
  write_bytes(dir / "state/h1", bytes);
  check(dir.path(), 2, false);
  EXPECT_EQ(std::filesystem::file_size(dir / "journal/chain"), 2 * kRecordBytes);
  EXPECT_THAT(read_state(dir.path(), {"h1", ""})->pending, IsEmpty());
}

TEST(RecordCheck, UsesTheGoodSlotOfADamagedFile) {
  const ScratchDir dir;
  for (int i = 0; i < 5; ++i) check(dir.path(), i, true);
  auto bytes = read_bytes(dir / "state/h1");
  const auto newest = decode_state_file(bytes);
  bytes[newest->index * kSlotBytes + 100] ^= 0x10;
  write_bytes(dir / "state/h1", bytes);
  const RecordOutcome got = check(dir.path(), 5, true);
  EXPECT_TRUE(got.recorded);
  EXPECT_THAT(got.notes, ElementsAre(HasSubstr("one of two slots was damaged")));
  EXPECT_EQ(got.after->counters.checks, 5U);
}

TEST(RecordCheck, BeginsAFileAnewThatIsDamagedInBothSlots) {
  const ScratchDir dir;
  for (int i = 0; i < 5; ++i) check(dir.path(), i, true);
  write_bytes(dir / "state/h1", std::vector<std::uint8_t>(kStateFileBytes, 0x5a));
  const RecordOutcome got = check(dir.path(), 5, false);
  EXPECT_TRUE(got.recorded);
  EXPECT_THAT(got.notes, ElementsAre(HasSubstr("begun anew")));
  EXPECT_FALSE(got.before);
  // The journal still knows what was before, and goes on above it.
  const std::string& path = dir.path();
  const auto archive = load_archive({&path, 1});
  ASSERT_TRUE(archive);
  ASSERT_EQ(archive->hosts.size(), 1U);
  EXPECT_EQ(archive->hosts[0]->parts.size(), 2U);
}

TEST(RecordCheck, LeavesAFileOfANewerVersionAlone) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  auto bytes = read_bytes(dir / "state/h1");
  bytes[8] = 9;
  const auto used = static_cast<std::size_t>(bytes[10] + 256 * bytes[11]);
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 8; i < used; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1 ^ 0x82f63b78U : crc >> 1;
  }
  crc = ~crc;
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[4 + i] = static_cast<std::uint8_t>(crc >> (8 * i) & 0xff);
  }
  write_bytes(dir / "state/h1", bytes);
  const RecordOutcome got = check(dir.path(), 1, true);
  EXPECT_FALSE(got.recorded);
  EXPECT_THAT(got.notes, ElementsAre(HasSubstr("newer pingtrail")));
  EXPECT_EQ(read_bytes(dir / "state/h1"), bytes);
}

TEST(RecordCheck, KeepsSeriesOfOneHostApart) {
  const ScratchDir dir;
  check(dir.path(), 0, true, {"h1", "ipv4"});
  check(dir.path(), 0, false, {"h1", "ipv6"});
  const std::string& path = dir.path();
  const auto archive = load_archive({&path, 1});
  ASSERT_TRUE(archive);
  ASSERT_EQ(archive->hosts.size(), 2U);
  EXPECT_EQ(archive->hosts[0]->state->state, ObservedState::up);
  EXPECT_EQ(archive->hosts[1]->state->state, ObservedState::down);
}

TEST(RecordCheck, BooksPlannedTimeApartOnceAWindowIsAdded) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  const MaintenanceWindow window{
      "h*", {at(1, {}).wall, at(2, {}).wall}, at(0, {}).wall, "manual", "disk"};
  const auto added = add_maintenance(dir.path(), {&window, 1}, at(0, {}).wall);
  ASSERT_TRUE(added);
  EXPECT_EQ(*added, 1U);
  check(dir.path(), 1, true);
  const RecordOutcome got = check(dir.path(), 3, false);
  EXPECT_EQ(got.after->counters.up.planned.count(), 60000);
  EXPECT_EQ(got.after->counters.up.unplanned.count(), 120000);
  EXPECT_EQ(*add_maintenance(dir.path(), {&window, 1}, at(4, {}).wall), 0U);
}

TEST(RecordCheck, RefusesANameThatCannotBeRecorded) {
  const ScratchDir dir;
  EXPECT_THAT(check(dir.path(), 0, true, {"", ""}).notes, ElementsAre(HasSubstr("empty")));
  EXPECT_THAT(check(dir.path(), 0, true, {"a\tb", ""}).notes,
              ElementsAre(HasSubstr("control character")));
  EXPECT_THAT(check(dir.path(), 0, true, {std::string(256, 'x'), ""}).notes,
              ElementsAre(HasSubstr("longer than 255")));
}

TEST(Amendments, ARenamedHostKeepsItsPast) {
  const ScratchDir dir;
  for (int i = 0; i < 6; ++i) check(dir.path(), i, i < 2 || i > 3);
  ASSERT_TRUE(rename_host(dir.path(), "h1", "core-sw", at(6, {}).wall));
  check(dir.path(), 6, false, {"core-sw", ""});
  const std::string& path = dir.path();
  const auto archive = load_archive({&path, 1});
  ASSERT_TRUE(archive);
  EXPECT_TRUE(archive->verified);
  ASSERT_EQ(archive->hosts.size(), 1U);
  EXPECT_EQ(archive->hosts[0]->key.name, "core-sw");
  EXPECT_EQ(outages(*archive->hosts[0], at(7, {}).wall).size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(dir / "state/h1"));
}

TEST(Amendments, PlannedTimeFollowsARename) {
  const ScratchDir dir;
  for (int i = 0; i < 6; ++i) check(dir.path(), i, true);
  const auto window = [](const char* glob, int from, int to) {
    return MaintenanceWindow{
        glob, {at(from, {}).wall, at(to, {}).wall}, at(0, {}).wall, "manual", "disk"};
  };
  const std::vector<MaintenanceWindow> planned{window("h1", 1, 2), window("h1", 8, 9),
                                               window("h?", 3, 9), window("*", 0, 1)};
  ASSERT_TRUE(add_maintenance(dir.path(), planned, at(5, {}).wall));
  ASSERT_TRUE(rename_host(dir.path(), "h1", "core[*]", at(6, {}).wall));
  const std::string& path = dir.path();
  const auto archive = load_archive({&path, 1});
  ASSERT_TRUE(archive);
  EXPECT_TRUE(archive->verified);
  // The pattern goes along up to the rename, what is for the host itself whole.
  const std::vector<TimeSpan> want{{at(0, {}).wall, at(2, {}).wall},
                                   {at(3, {}).wall, at(6, {}).wall},
                                   {at(8, {}).wall, at(9, {}).wall}};
  EXPECT_EQ(planned_spans(archive->maintenance, "core[*]"), want);
  // And back again: only the clipped one is new to the old name.
  ASSERT_TRUE(rename_host(dir.path(), "core[*]", "h1", at(6, {}).wall));
  EXPECT_EQ(read_maintenance(dir.path())->windows.size(), 8U);
}

TEST(Amendments, ARenameOntoANameInUseOrOfNoHostIsRefused) {
  const ScratchDir dir;
  check(dir.path(), 0, true, {"a", ""});
  check(dir.path(), 0, true, {"b", ""});
  EXPECT_EQ(rename_host(dir.path(), "a", "b", at(1, {}).wall).error().message,
            "b: this name is in use");
  EXPECT_EQ(rename_host(dir.path(), "c", "d", at(1, {}).wall).error().message, "c: no such host");
}

TEST(Archive, AJournalThatWasRemovedIsBroken) {
  const ScratchDir dir;
  const std::string& path = dir.path();
  EXPECT_TRUE(load_archive({&path, 1})->verified);
  check(path, 0, true);
  check(path, 1, false);
  std::filesystem::remove_all(dir / "journal");
  const auto archive = load_archive({&path, 1});
  ASSERT_TRUE(archive);
  EXPECT_FALSE(archive->verified);
  EXPECT_THAT(archive->notes, ElementsAre(HasSubstr("record 0: missing")));
}

TEST(Archive, AChainThatIsASymbolicLinkIsNotAnEmptyOne) {
  const ScratchDir dir;
  std::filesystem::create_directory(dir / "journal");
  std::filesystem::create_symlink("elsewhere", dir / "journal/chain");
  const auto walked = walk_journal(dir.path(), {});
  ASSERT_FALSE(walked);
  EXPECT_THAT(walked.error().message, HasSubstr("symbolic links"));
}

TEST(Amendments, AForgottenHostIsGoneUntilItIsCheckedAgain) {
  const ScratchDir dir;
  check(dir.path(), 0, true);
  check(dir.path(), 1, false);
  ASSERT_TRUE(forget_host(dir.path(), "h1", at(2, {}).wall));
  const std::string& path = dir.path();
  EXPECT_THAT(load_archive({&path, 1})->hosts, IsEmpty());
  check(dir.path(), 3, true);
  const auto archive = load_archive({&path, 1});
  ASSERT_EQ(archive->hosts.size(), 1U);
  EXPECT_EQ(archive->hosts[0]->parts.size(), 1U);
}

}  // namespace
}  // namespace pingtrail::history
