// SPDX-License-Identifier: GPL-3.0-or-later
// Slot and record as bytes, held against the format pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "perfdata/history/advance.h"
#include "perfdata/history/bytes.h"
#include "perfdata/history/journal_record.h"
#include "perfdata/history/slot_codec.h"
#include "tests/unit/perfdata/history/scratch_dir.h"

namespace pingtrail::history {
namespace {

constexpr std::int64_t kStart = 1800000000000;

// The state of the worked example in STATE_FORMAT.md.
HostState example_state() {
  Observation observation;
  observation.wall = WallTime(Milliseconds(kStart));
  observation.boot = BootTime(Milliseconds(1000000));
  std::iota(observation.boot_id.begin(), observation.boot_id.end(), std::uint8_t{1});
  observation.state = ObservedState::up;
  observation.interval = Milliseconds(60000);
  CheckFigures figures;
  figures.sent = 5;
  figures.received = 5;
  figures.round_trips = RoundTrips{0.001, 0.001, 0.001, 0.001};
  figures.rtt_s = std::vector<double>(5, 0.001);
  figures.address = "192.0.2.7";
  figures.group = "core";
  HostState state;
  state.key = {"core-sw", ""};
  advance_in_place(state, observation);
  record_figures(state, observation, figures);
  return state;
}

// The record of the worked example in JOURNAL_FORMAT.md.
JournalRecord example_record() {
  Transition down;
  down.kind = TransitionKind::down;
  down.state = ObservedState::down;
  down.previous_state = ObservedState::up;
  down.number = kStart + 1;
  down.at = WallTime(Milliseconds(kStart + 600000));
  down.previous_at = down.last_up = WallTime(Milliseconds(kStart + 540000));
  down.interval = Milliseconds(60000);
  down.run_checks = 10;
  down.text = "Destination Host Unreachable from 192.0.2.1";
  return make_record({"core-sw", ""}, down);
}

// "0010  50 54 .." lines, 16 bytes each; lines of zeros only are left out.
std::string dump(std::span<const std::uint8_t> bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    const auto row = bytes.subspan(at, std::min<std::size_t>(16, bytes.size() - at));
    if (std::all_of(row.begin(), row.end(), [](std::uint8_t b) { return b == 0; })) continue;
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[at >> shift & 15];
    out += ' ';
    for (const std::uint8_t byte : row) {
      out += ' ';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
    out += '\n';
  }
  return out;
}

// What stands between the fences of a page's last section.
std::string worked_bytes(const std::string& page) {
  const auto raw = read_bytes(std::string(PINGTRAIL_HISTORY_DIR) + "/" + page);
  const std::string text(raw.begin(), raw.end());
  const std::size_t begin = text.find("```\n", text.find("## Worked example"));
  const std::size_t end = text.find("```", begin + 4);
  return begin == std::string::npos || end == std::string::npos
             ? ""
             : text.substr(begin + 4, end - begin - 4);
}

TEST(StateFormat, ThePageShowsTheBytes) {
  std::array<std::uint8_t, kSlotBytes> bytes{};
  Slot slot{1, example_state()};
  encode_slot(slot, bytes);
  EXPECT_EQ(worked_bytes("STATE_FORMAT.md"), dump(bytes));
}

TEST(JournalFormat, ThePageShowsTheBytes) {
  EXPECT_EQ(worked_bytes("JOURNAL_FORMAT.md"), dump(encode_record(example_record())));
}

TEST(Crc32c, IsThatOfRfc3720) {
  // RFC 3720, appendix B.4: 32 zeros, 32 times 0xff, 0 to 31.
  std::array<std::uint8_t, 32> bytes{};
  EXPECT_EQ(crc32c(bytes), 0x8a9136aaU);
  bytes.fill(0xff);
  EXPECT_EQ(crc32c(bytes), 0x62a8ab43U);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  EXPECT_EQ(crc32c(bytes), 0x46dd794eU);
  EXPECT_EQ(crc32c(std::span(bytes).first(0)), 0U);
}

TEST(Sha256, IsThatOfFips180) {
  const std::array<std::uint8_t, 3> abc{'a', 'b', 'c'};
  const Hash hash = sha256(abc);
  EXPECT_EQ(hash[0], 0xba);
  EXPECT_EQ(hash[31], 0xad);
}

TEST(Slot, EveryFlippedBitIsSeen) {
  std::array<std::uint8_t, kSlotBytes> bytes{};
  Slot slot{7, example_state()};
  const std::size_t used = encode_slot(slot, bytes);
  for (std::size_t bit = 0; bit < used * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(decode_slot(bytes)) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  EXPECT_TRUE(decode_slot(bytes));
}

TEST(Slot, LongTextsAreCutAndTheRestStays) {
  HostState state = example_state();
  state.key.name = std::string(255, 'n');
  state.group = std::string(1000, 'g');
  state.last.reason = std::string(1000, 'r');
  std::array<std::uint8_t, kSlotBytes> bytes{};
  Slot slot{1, state};
  encode_slot(slot, bytes);
  const auto read = decode_slot(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->state.key, state.key);
  EXPECT_EQ(read->state.group, std::string(64, 'g'));
  EXPECT_EQ(read->state.last.reason, std::string(120, 'r'));
  EXPECT_EQ(read->state.counters, state.counters);
}

TEST(Slot, PendingChangesThatFindNoRoomAreCounted) {
  HostState state = example_state();
  state.key.name = std::string(255, 'n');
  Transition change = example_record().transition;
  for (int i = 0; i < 30; ++i) {
    change.number = 100 + static_cast<std::uint64_t>(i);
    state.pending.push_back(change);
  }
  std::array<std::uint8_t, kSlotBytes> bytes{};
  Slot slot{1, state};
  encode_slot(slot, bytes);
  const auto read = decode_slot(bytes);
  ASSERT_TRUE(read);
  const HostState& got = read->state;
  EXPECT_GE(got.pending.size(), 5U);
  EXPECT_EQ(got.pending.size() + got.lost_transitions, 30U);
  // The oldest are kept.
  for (std::size_t i = 0; i < got.pending.size(); ++i) EXPECT_EQ(got.pending[i].number, 100 + i);
  EXPECT_EQ(slot.state, got);
}

TEST(StateFile, TheNewerGoodSlotHolds) {
  std::array<std::uint8_t, kStateFileBytes> bytes{};
  Slot older{4, example_state()};
  Slot newer{5, example_state()};
  newer.state.counters.checks = 77;
  encode_slot(newer, std::span(bytes).first(kSlotBytes));
  encode_slot(older, std::span(bytes).subspan(kSlotBytes));
  EXPECT_EQ(decode_state_file(bytes)->slot.state.counters.checks, 77U);
  EXPECT_EQ(decode_state_file(bytes)->index, 0U);
  bytes[200] ^= 1;
  const auto got = decode_state_file(bytes);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->index, 1U);
  EXPECT_TRUE(got->one_bad);
  bytes[kSlotBytes + 200] ^= 1;
  EXPECT_EQ(decode_state_file(bytes).error().message, "slot A: checksum, slot B: checksum");
}

TEST(Head, ReadsBackAsWritten) {
  JournalHead head{42, sha256(std::array<std::uint8_t, 1>{1})};
  auto bytes = encode_head(head);
  EXPECT_EQ(*decode_head(bytes), head);
  bytes[9] ^= 1;
  EXPECT_EQ(decode_head(bytes).error().message, "checksum");
}

}  // namespace
}  // namespace pingtrail::history
