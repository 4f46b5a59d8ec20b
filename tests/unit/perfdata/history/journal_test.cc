// SPDX-License-Identifier: GPL-3.0-or-later
// The chain on disk: what verify sees of every way to tamper with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "perfdata/history/bytes.h"
#include "perfdata/history/journal_file.h"
#include "tests/unit/perfdata/history/scratch_dir.h"

namespace pingtrail::history {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t kRecords = 20;

Transition numbered(std::uint64_t number) {
  Transition out;
  out.kind = number % 2 == 0 ? TransitionKind::up : TransitionKind::down;
  out.state = number % 2 == 0 ? ObservedState::up : ObservedState::down;
  out.number = number;
  out.at = WallTime(Milliseconds(1800000000000 + 60000 * static_cast<std::int64_t>(number)));
  out.interval = Milliseconds(60000);
  return out;
}

void fill(const std::string& dir, std::uint64_t from, std::uint64_t count) {
  auto journal = JournalFile::open(dir);
  ASSERT_TRUE(journal);
  for (std::uint64_t i = from; i < from + count; ++i) {
    const Transition transition = numbered(i);
    const Append append{{"h1", ""}, 0, false, {&transition, 1}, 0};
    ASSERT_TRUE(journal->append({&append, 1}));
  }
}

std::ptrdiff_t place(std::size_t record) {
  return static_cast<std::ptrdiff_t>(record * kRecordBytes);
}

// Gives a record a checksum that fits what it holds now.
void forge_checksum(Bytes& chain, std::size_t record) {
  const auto bytes = std::span(chain).subspan(record * kRecordBytes, kRecordBytes);
  const std::uint32_t crc = crc32c(bytes.first(252));
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[252 + i] = static_cast<std::uint8_t>(crc >> (8 * i) & 0xff);
  }
}

struct Tampering {
  const char* name;
  void (*tamper)(Bytes& chain);
  ChainState want;
  std::optional<std::uint64_t> first_bad;
};

void nothing(Bytes&) {}
void flip_a_byte(Bytes& chain) { chain[7 * kRecordBytes + 33] ^= 1; }
void flip_in_the_first(Bytes& chain) { chain[40] ^= 1; }
void flip_in_the_last(Bytes& chain) { chain[19 * kRecordBytes + 33] ^= 1; }
void delete_one(Bytes& chain) { chain.erase(chain.begin() + place(5), chain.begin() + place(6)); }
void delete_the_first(Bytes& chain) { chain.erase(chain.begin(), chain.begin() + place(1)); }
void delete_the_last(Bytes& chain) { chain.resize(19 * kRecordBytes); }
void delete_all(Bytes& chain) { chain.clear(); }
void swap_two(Bytes& chain) {
  std::swap_ranges(chain.begin() + place(9), chain.begin() + place(10), chain.begin() + place(10));
}
void insert_a_copy(Bytes& chain) {
  const Bytes copy(chain.begin() + place(3), chain.begin() + place(4));
  chain.insert(chain.begin() + place(12), copy.begin(), copy.end());
}
void forge_one(Bytes& chain) {
  chain[8 * kRecordBytes + 33] ^= 1;
  forge_checksum(chain, 8);
}
void forge_the_last(Bytes& chain) {
  chain[19 * kRecordBytes + 33] ^= 1;
  forge_checksum(chain, 19);
}
void forge_a_link(Bytes& chain) {
  chain[8 * kRecordBytes + 225] ^= 1;
  forge_checksum(chain, 8);
}
void tear(Bytes& chain) { chain.resize(chain.size() - 100); }
void tear_beyond(Bytes& chain) { chain.resize(chain.size() + 100, 0x11); }
void tear_more_than_one(Bytes& chain) { chain.resize(chain.size() - 300); }
void zero_the_end(Bytes& chain) {
  std::fill(chain.begin() + place(19), chain.end(), std::uint8_t{0});
}

class Verify : public testing::TestWithParam<Tampering> {};

TEST_P(Verify, NamesTheFirstBadRecord) {
  const ScratchDir dir;
  fill(dir.path(), 0, kRecords);
  Bytes chain = read_bytes(dir / "journal/chain");
  ASSERT_EQ(chain.size(), kRecords * kRecordBytes);
  GetParam().tamper(chain);
  write_bytes(dir / "journal/chain", chain);
  const auto got = walk_journal(dir.path(), {});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->state, GetParam().want) << got->fact;
  EXPECT_EQ(got->first_bad, GetParam().first_bad) << got->fact;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Verify,
    testing::Values(Tampering{"intact", nothing, ChainState::intact, {}},
                    Tampering{"flipped_byte", flip_a_byte, ChainState::broken, 7},
                    Tampering{"flipped_in_the_first", flip_in_the_first, ChainState::broken, 0},
                    Tampering{"flipped_in_the_last", flip_in_the_last, ChainState::broken, 19},
                    Tampering{"deleted", delete_one, ChainState::broken, 5},
                    Tampering{"first_deleted", delete_the_first, ChainState::broken, 0},
                    Tampering{"last_deleted", delete_the_last, ChainState::broken, 19},
                    Tampering{"all_deleted", delete_all, ChainState::broken, 0},
                    Tampering{"swapped", swap_two, ChainState::broken, 9},
                    Tampering{"inserted", insert_a_copy, ChainState::broken, 12},
                    Tampering{"forged_with_checksum", forge_one, ChainState::broken, 8},
                    Tampering{"last_forged_with_checksum", forge_the_last, ChainState::broken, 19},
                    Tampering{"forged_link", forge_a_link, ChainState::broken, 8},
                    Tampering{"torn", tear, ChainState::torn_end, 19},
                    Tampering{"torn_beyond_the_end", tear_beyond, ChainState::torn_end, 20},
                    Tampering{"cut_by_more_than_a_record", tear_more_than_one, ChainState::broken,
                              18},
                    Tampering{"end_of_zeros", zero_the_end, ChainState::torn_end, 19}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Journal, AMissingOneIsIntactAndEmpty) {
  const ScratchDir dir;
  const auto got = walk_journal(dir.path(), {});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->state, ChainState::intact);
  EXPECT_EQ(got->records, 0U);
}

TEST(Journal, ARemovedHeadIsSeen) {
  const ScratchDir dir;
  fill(dir.path(), 0, 3);
  std::filesystem::remove(dir / "journal/head");
  EXPECT_EQ(walk_journal(dir.path(), {})->state, ChainState::broken);
}

TEST(Journal, ATornEndIsClosedByRepair) {
  const ScratchDir dir;
  fill(dir.path(), 0, 5);
  Bytes chain = read_bytes(dir / "journal/chain");
  tear(chain);
  write_bytes(dir / "journal/chain", chain);
  const auto repaired = repair_journal(dir.path());
  ASSERT_TRUE(repaired);
  EXPECT_EQ(repaired->state, ChainState::intact);
  EXPECT_EQ(repaired->records, 4U);
  fill(dir.path(), 4, 3);
  EXPECT_EQ(walk_journal(dir.path(), {})->state, ChainState::intact);
}

TEST(Journal, ABrokenChainIsNotRepaired) {
  const ScratchDir dir;
  fill(dir.path(), 0, 20);
  Bytes chain = read_bytes(dir / "journal/chain");
  flip_a_byte(chain);
  write_bytes(dir / "journal/chain", chain);
  EXPECT_FALSE(repair_journal(dir.path()));
  EXPECT_EQ(read_bytes(dir / "journal/chain"), chain);
}

TEST(Journal, AppendingWritesOverATornEndThatNobodyKnew) {
  const ScratchDir dir;
  fill(dir.path(), 0, 5);
  Bytes chain = read_bytes(dir / "journal/chain");
  tear_beyond(chain);
  write_bytes(dir / "journal/chain", chain);
  fill(dir.path(), 5, 1);
  const auto got = walk_journal(dir.path(), {});
  EXPECT_EQ(got->state, ChainState::intact) << got->fact;
  EXPECT_EQ(got->records, 6U);
}

TEST(Journal, AppendingDoesNotHideATruncation) {
  const ScratchDir dir;
  fill(dir.path(), 0, 5);
  Bytes chain = read_bytes(dir / "journal/chain");
  chain.resize(3 * kRecordBytes);
  write_bytes(dir / "journal/chain", chain);
  fill(dir.path(), 5, 4);
  const auto got = walk_journal(dir.path(), {});
  EXPECT_EQ(got->state, ChainState::broken);
  // The record before the hole is named: what comes next does not follow it.
  EXPECT_EQ(got->first_bad, 2U) << got->fact;
}

TEST(Journal, ARecordWrittenBeforeItsHeadIsKept) {
  const ScratchDir dir;
  fill(dir.path(), 0, 4);
  const Bytes head = read_bytes(dir / "journal/head");
  fill(dir.path(), 4, 1);
  write_bytes(dir / "journal/head", head);
  EXPECT_EQ(walk_journal(dir.path(), {})->state, ChainState::intact);
  fill(dir.path(), 5, 1);
  const auto got = walk_journal(dir.path(), {});
  EXPECT_EQ(got->state, ChainState::intact) << got->fact;
  EXPECT_EQ(got->records, 6U);
}

TEST(Journal, LongNamesAreCutAndMarked) {
  const HostKey key{std::string(200, 'n'), "a-series-label-that-is-long"};
  Transition transition = numbered(1);
  transition.text = std::string(300, 't');
  const JournalRecord record = make_record(key, transition);
  EXPECT_TRUE(record.name_cut);
  EXPECT_EQ(record.key_hash, key_hash(key));
  const auto read = decode_record(encode_record(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, record);
}

}  // namespace
}  // namespace pingtrail::history
