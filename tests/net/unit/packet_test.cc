// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/packet.h"

#include <gtest/gtest.h>

#include "tests/net/reassembly.h"
#include "tests/net/unit/requests.h"

namespace pingtrail::fakenet {
namespace {

class BothFamilies : public testing::TestWithParam<std::string_view> {
 protected:
  const Bytes packet_ = from_hex(GetParam());
  const std::size_t header_ = packet_[0] >> 4U == 4 ? 20 : 40;
  const EchoRequest request_ = parse_echo_request(packet_).value();
};

TEST_P(BothFamilies, RequestIsReadWhole) {
  EXPECT_EQ(request_.id, 0x1234);
  EXPECT_EQ(request_.sequence, 7);
  EXPECT_EQ(request_.hop_limit, 9);
  EXPECT_EQ(request_.traffic_class, 0x20);
  EXPECT_TRUE(request_.dont_fragment);
  EXPECT_TRUE(request_.checksum_valid);
  EXPECT_EQ(request_.payload.size(), 16U);
  EXPECT_EQ(request_.payload[0], 0x10);
}

TEST_P(BothFamilies, DamagedChecksumIsSeen) {
  Bytes damaged = packet_;
  damaged.back() ^= 1U;
  EXPECT_FALSE(parse_echo_request(damaged)->checksum_valid);
}

TEST_P(BothFamilies, AnythingElseIsNoRequest) {
  Bytes reply = packet_;
  reply[header_] = reply[header_] == 8 ? 0 : 129;
  EXPECT_FALSE(parse_echo_request(reply).has_value());
  EXPECT_FALSE(parse_echo_request(std::span(packet_).first(header_ + 7)).has_value());
  EXPECT_FALSE(parse_echo_request({}).has_value());
}

TEST_P(BothFamilies, HonestReplyTurnsTheRequestRound) {
  const Bytes reply = build_reply(request_, honest_reply(request_));
  ASSERT_EQ(reply.size(), packet_.size());
  // Turned round once more, it must be the request again but for the hop limit.
  Bytes again = reply;
  again[header_] = header_ == 20 ? 8 : 128;
  // RFC 1624: the type's change alone moves the checksum.
  const std::uint16_t want = read_16(packet_, header_ + 2);
  const std::uint32_t moved = static_cast<std::uint32_t>(read_16(reply, header_ + 2)) +
                              (header_ == 20 ? 0xFFFFU - 0x0800U : 0x0100U);
  EXPECT_EQ((moved & 0xFFFFU) + (moved >> 16U), want);
  write_16(again, header_ + 2, want);
  EXPECT_EQ(Bytes(again.begin() + static_cast<std::ptrdiff_t>(header_), again.end()),
            Bytes(packet_.begin() + static_cast<std::ptrdiff_t>(header_), packet_.end()));
}

TEST_P(BothFamilies, WrongChecksumDiffersInTheChecksumAlone) {
  const Bytes right = build_reply(request_, honest_reply(request_));
  ReplyShape shape = honest_reply(request_);
  shape.wrong_checksum = true;
  Bytes wrong = build_reply(request_, shape);
  EXPECT_NE(read_16(wrong, header_ + 2), read_16(right, header_ + 2));
  write_16(wrong, header_ + 2, read_16(right, header_ + 2));
  EXPECT_EQ(wrong, right);
}

TEST_P(BothFamilies, ErrorQuotesAllOrEightBytes) {
  ErrorShape shape;
  shape.router = request_.source;
  EXPECT_EQ(build_error(request_, shape).size(), header_ + 8 + packet_.size());
  shape.quote_all = false;
  EXPECT_EQ(build_error(request_, shape).size(), header_ + 8 + header_ + 8);
}

TEST_P(BothFamilies, ForgedErrorsDifferWhereTheyShould) {
  ErrorShape shape;
  shape.router = request_.source;
  const Bytes honest = build_error(request_, shape);
  const std::size_t quote = header_ + 8;
  const auto first_change = [&](Forgery forgery) {
    shape.forgery = forgery;
    Bytes forged = build_error(request_, shape);
    std::size_t at = quote;
    while (at < forged.size() && forged[at] == honest[at]) ++at;
    return at - quote;
  };
  EXPECT_EQ(first_change(Forgery::id), header_ + 4);
  EXPECT_EQ(first_change(Forgery::sequence), header_ + 6);
  EXPECT_EQ(first_change(Forgery::payload), header_ + 8);
  EXPECT_EQ(first_change(Forgery::destination), header_ - 1);
}

TEST_P(BothFamilies, TooBigTellsTheMtu) {
  ErrorShape shape{ErrorKind::too_big, request_.source, 1300, true, Forgery::none};
  const Bytes error = build_error(request_, shape);
  EXPECT_EQ(read_16(error, header_ + 6), 1300);
  EXPECT_EQ(read_16(error, header_), header_ == 20 ? 0x0304 : 0x0200);
}

INSTANTIATE_TEST_SUITE_P(Packet, BothFamilies, testing::Values(kRequest4, kRequest6),
                         [](const auto& row) {
                           return std::string(row.param == kRequest4 ? "ipv4" : "ipv6");
                         });

// The request cut in two at the ninth byte behind the IP header.
std::vector<Bytes> ipv4_fragments() {
  const Bytes whole = from_hex(kRequest4);
  Bytes first(whole.begin(), whole.begin() + 28);
  Bytes second(whole.begin(), whole.begin() + 20);
  second.insert(second.end(), whole.begin() + 28, whole.end());
  write_16(first, 6, 0x2000);
  write_16(second, 6, 1);
  return {first, second};
}

std::vector<Bytes> ipv6_fragments() {
  const Bytes whole = from_hex(kRequest6);
  std::vector<Bytes> fragments;
  for (const int place : {0x0001, 0x0008}) {  // offset 0, more; offset 8
    Bytes fragment(whole.begin(), whole.begin() + 40);
    fragment[6] = 44;
    const Bytes header{58, 0, 0, static_cast<std::uint8_t>(place), 0, 0, 0, 9};
    fragment.insert(fragment.end(), header.begin(), header.end());
    fragment.insert(fragment.end(), whole.begin() + (place == 1 ? 40 : 48),
                    place == 1 ? whole.begin() + 48 : whole.end());
    fragments.push_back(fragment);
  }
  return fragments;
}

TEST(Reassembler, PutsFragmentsTogetherInAnyOrder) {
  for (const auto& fragments : {ipv4_fragments(), ipv6_fragments()}) {
    for (const std::size_t first : {0U, 1U}) {
      Reassembler reassembler;
      EXPECT_TRUE(is_fragment(fragments[first]));
      EXPECT_FALSE(reassembler.add(fragments[first]).has_value());
      const auto whole = reassembler.add(fragments[1 - first]);
      ASSERT_TRUE(whole.has_value());
      EXPECT_EQ(whole->largest_piece, fragments[1].size());
      const auto request = parse_echo_request(whole->packet);
      ASSERT_TRUE(request.has_value());
      EXPECT_TRUE(request->checksum_valid);
      EXPECT_EQ(request->payload.size(), 16U);
    }
  }
}

TEST(Reassembler, WholePacketsAreNoFragments) {
  EXPECT_FALSE(is_fragment(from_hex(kRequest4)));
  EXPECT_FALSE(is_fragment(from_hex(kRequest6)));
}

}  // namespace
}  // namespace pingtrail::fakenet
