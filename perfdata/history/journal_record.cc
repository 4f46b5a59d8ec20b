// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/journal_record.h"

#include <algorithm>

#include "perfdata/history/bytes.h"

namespace pingtrail::history {
namespace {

constexpr std::uint32_t kMagic = 0x4a545450;      // "PTTJ"
constexpr std::uint32_t kHeadMagic = 0x48545450;  // "PTTH"
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kTextAt = 112;
constexpr std::size_t kTextBytes = 108;
constexpr std::size_t kHashAt = 220;
constexpr std::size_t kChecksumAt = 252;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestSeries = 16;
constexpr std::uint8_t kNameCut = 1;
static_assert(kTextAt + kTextBytes == kHashAt && kHashAt + sizeof(Hash) == kChecksumAt);

base::Error fault(const char* fact) { return {base::ErrorKind::invalid_input, fact}; }

base::Error unknown_version(unsigned version) {
  return {base::ErrorKind::invalid_input, "unknown version " + std::to_string(version)};
}

// Four places whose meaning depends on the kind.
void put_extra(ByteWriter& out, const JournalRecord& record) {
  const Transition& t = record.transition;
  if (t.kind == TransitionKind::clock_step) {
    out.instant(t.clock.session_start);
    out.instant(t.clock.session_previous);
    out.span(t.clock.step);
    out.span(t.clock.prior_step);
  } else {
    out.instant(t.from);
    out.instant(t.to);
    out.number(record.new_key_hash);
    out.number(std::uint64_t{0});
  }
}

void get_extra(ByteReader& in, JournalRecord& record) {
  Transition& t = record.transition;
  if (t.kind == TransitionKind::clock_step) {
    t.clock.session_start = in.maybe_instant();
    t.clock.session_previous = in.maybe_instant();
    t.clock.step = in.span();
    t.clock.prior_step = in.span();
  } else {
    t.from = in.maybe_instant();
    t.to = in.maybe_instant();
    record.new_key_hash = in.number<std::uint64_t>();
    in.number<std::uint64_t>();
  }
}

// Kind, amendment and states must be known words.
bool is_valid(const Transition& t) {
  return t.kind >= TransitionKind::up && t.kind <= TransitionKind::amendment &&
         t.amendment <= AmendmentKind::maintenance && t.state <= ObservedState::indeterminate &&
         t.previous_state <= ObservedState::indeterminate;
}

}  // namespace

RecordBytes encode_record(const JournalRecord& record) {
  RecordBytes bytes{};
  const Transition& t = record.transition;
  ByteWriter out(bytes);
  out.number(kMagic);
  out.number(kVersion);
  out.number(static_cast<std::uint8_t>(t.kind));
  out.number(static_cast<std::uint8_t>(t.amendment));
  out.number(static_cast<std::uint8_t>(record.name_cut ? kNameCut : 0));
  out.number(record.index);
  out.number(record.key_hash);
  out.number(t.number);
  out.instant(t.at);
  out.instant(t.previous_at);
  out.instant(t.last_up);
  out.span(t.interval);
  out.number(t.run_checks);
  out.number(static_cast<std::uint8_t>(t.state));
  out.number(static_cast<std::uint8_t>(t.previous_state));
  out.number(std::uint16_t{0});
  put_extra(out, record);
  static_assert(4 + 4 + 6 * 8 + 8 + 4 + 4 + 4 * 8 <= kTextAt);
  ByteWriter text{std::span<std::uint8_t>(bytes).subspan(kTextAt, kTextBytes)};
  text.text(record.name, kLongestName);
  text.text(record.series, kLongestSeries);
  text.text(t.text, text.left() - 1);
  std::copy(record.previous.begin(), record.previous.end(), bytes.begin() + kHashAt);
  ByteWriter tail{std::span<std::uint8_t>(bytes).subspan(kChecksumAt)};
  tail.number(crc32c(std::span(bytes).first(kChecksumAt)));
  return bytes;
}

base::Expected<JournalRecord> decode_record(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kRecordBytes) return fault("torn");
  ByteReader tail(bytes.subspan(kChecksumAt));
  if (tail.number<std::uint32_t>() != crc32c(bytes.first(kChecksumAt))) return fault("checksum");
  ByteReader in(bytes);
  if (in.number<std::uint32_t>() != kMagic) return fault("no record begins here");
  const auto version = in.number<std::uint8_t>();
  if (version != kVersion) return unknown_version(version);
  JournalRecord out;
  Transition& t = out.transition;
  t.kind = static_cast<TransitionKind>(in.number<std::uint8_t>());
  t.amendment = static_cast<AmendmentKind>(in.number<std::uint8_t>());
  out.name_cut = (in.number<std::uint8_t>() & kNameCut) != 0;
  out.index = in.number<std::uint64_t>();
  out.key_hash = in.number<std::uint64_t>();
  t.number = in.number<std::uint64_t>();
  t.at = in.instant();
  t.previous_at = in.maybe_instant();
  t.last_up = in.maybe_instant();
  t.interval = in.span();
  t.run_checks = in.number<std::uint32_t>();
  t.state = static_cast<ObservedState>(in.number<std::uint8_t>());
  t.previous_state = static_cast<ObservedState>(in.number<std::uint8_t>());
  in.number<std::uint16_t>();
  get_extra(in, out);
  ByteReader text(bytes.subspan(kTextAt, kTextBytes));
  out.name = text.text();
  out.series = text.text();
  t.text = text.text();
  std::copy_n(bytes.begin() + kHashAt, out.previous.size(), out.previous.begin());
  if (!text.fits() || !is_valid(t)) return fault("content");
  return out;
}

JournalRecord make_record(const HostKey& key, const Transition& transition) {
  JournalRecord out;
  out.key_hash = key_hash(key);
  out.name = key.name.substr(0, kLongestName);
  out.series = key.series.substr(0, kLongestSeries);
  out.name_cut = out.name.size() != key.name.size() || out.series.size() != key.series.size();
  out.transition = transition;
  const std::size_t room = kTextBytes - 3 - out.name.size() - out.series.size();
  if (out.transition.text.size() > room) out.transition.text.resize(room);
  return out;
}

HeadBytes encode_head(const JournalHead& head) {
  HeadBytes bytes{};
  ByteWriter out(bytes);
  out.number(kHeadMagic);
  out.number(std::uint32_t{kVersion});
  out.number(head.count);
  out.bytes(head.last);
  const std::size_t used = out.used();
  out.number(crc32c(std::span(bytes).first(used)));
  return bytes;
}

base::Expected<JournalHead> decode_head(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kUsed = 4 + 4 + 8 + sizeof(Hash);
  if (bytes.size() < kHeadBytes) return fault("torn");
  ByteReader in(bytes);
  if (in.number<std::uint32_t>() != kHeadMagic) return fault("no head begins here");
  const auto version = in.number<std::uint32_t>();
  JournalHead out;
  out.count = in.number<std::uint64_t>();
  in.bytes(out.last);
  if (in.number<std::uint32_t>() != crc32c(bytes.first(kUsed))) return fault("checksum");
  if (version != kVersion) return unknown_version(version);
  return out;
}

}  // namespace pingtrail::history
