// SPDX-License-Identifier: GPL-3.0-or-later
// One change as 256 bytes: JOURNAL_FORMAT.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/history/hash.h"
#include "perfdata/history/transition.h"

namespace pingtrail::history {

constexpr std::size_t kRecordBytes = 256;  // divides 4096: SIGKILL does not tear such a write
using RecordBytes = std::array<std::uint8_t, kRecordBytes>;

struct JournalRecord {
  std::uint64_t index = 0;  // place in the chain, from 0
  std::uint64_t key_hash = 0;
  std::string name;  // cut to what fits; key_hash tells which host
  std::string series;
  bool name_cut = false;
  Transition transition;           // text cut to what fits
  std::uint64_t new_key_hash = 0;  // rename only
  Hash previous{};                 // SHA-256 of the record before; zero for the first
  bool operator==(const JournalRecord&) const = default;
};

RecordBytes encode_record(const JournalRecord& record);

// The error names the fact: "checksum", "unknown version 9", ...
base::Expected<JournalRecord> decode_record(std::span<const std::uint8_t> bytes);

// A record of a key's transition, index and previous still unset.
JournalRecord make_record(const HostKey& key, const Transition& transition);

// The count and last hash kept beside the chain; it shows truncation.
struct JournalHead {
  std::uint64_t count = 0;
  Hash last{};
  bool operator==(const JournalHead&) const = default;
};
constexpr std::size_t kHeadBytes = 64;
using HeadBytes = std::array<std::uint8_t, kHeadBytes>;
HeadBytes encode_head(const JournalHead& head);
base::Expected<JournalHead> decode_head(std::span<const std::uint8_t> bytes);

}  // namespace pingtrail::history
