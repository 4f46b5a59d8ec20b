// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/icmp.h"

#include <gtest/gtest.h>

#include "tests/support/echo_messages.h"

namespace pingtrail::probe {
namespace {

using support::address;
using support::Bytes;
using support::kId;

TEST(Payload, BeginsWithAsMuchOfTheSecretAsFits) {
  const Secret secret = support::secret();
  EXPECT_TRUE(echo_payload(secret, 0).empty());
  EXPECT_EQ(echo_payload(secret, 3), std::vector(secret.begin(), secret.begin() + 3));
  const auto whole = echo_payload(secret, 300);
  EXPECT_TRUE(std::equal(secret.begin(), secret.end(), whole.begin()));
  EXPECT_EQ(whole[299], static_cast<std::byte>(299 & 0xFF));
}

TEST(Request, CarriesAChecksumThatSumsToOnes) {
  for (const std::size_t bytes : {0U, 1U, 24U, 67U, 1400U, 65507U}) {
    const auto payload = echo_payload(support::secret(), bytes);
    const auto header = echo_request_header(Family::ipv4, kId, 7, ones_complement_sum(payload));
    Bytes message(header.begin(), header.end());
    message.insert(message.end(), payload.begin(), payload.end());
    EXPECT_EQ(ones_complement_sum(message), 0xFFFF) << bytes;
    EXPECT_EQ(message[0], std::byte{8});
  }
}

TEST(Request, LeavesTheIpv6ChecksumToTheKernel) {
  const auto header = echo_request_header(Family::ipv6, kId, 7, 0x1111);
  EXPECT_EQ(header[0], std::byte{128});
  EXPECT_EQ(header[2], std::byte{0});
  EXPECT_EQ(header[3], std::byte{0});
  EXPECT_EQ(header[7], std::byte{7});
}

TEST(Reply, IsParsedInBothFamilies) {
  const auto payload = echo_payload(support::secret(), 20);
  for (const char* source : {"192.0.2.7", "2001:db8::7"}) {
    const Address from = address(source);
    const Bytes bytes = support::echo_reply(from.family, kId, 513, payload);
    const Message message = parse_message(bytes, from, true);
    const auto* reply = std::get_if<EchoReply>(&message);
    ASSERT_NE(reply, nullptr);
    EXPECT_EQ(reply->id, kId);
    EXPECT_EQ(reply->sequence, 513);
    EXPECT_EQ(Bytes(reply->payload.begin(), reply->payload.end()), payload);
  }
}

struct ErrorCase {
  const char* name;
  const char* destination;
  std::uint8_t type;
  std::uint8_t code;
  const char* reason;
};

class ErrorMessage : public testing::TestWithParam<ErrorCase> {};

TEST_P(ErrorMessage, NamesDestinationSenderAndReason) {
  const ErrorCase& row = GetParam();
  const Address destination = address(row.destination);
  const Address router =
      address(destination.family == Family::ipv4 ? "198.51.100.1" : "2001:db8::1");
  const auto payload = echo_payload(support::secret(), 16);
  const Bytes bytes = support::icmp_error({.type = row.type,
                                           .code = row.code,
                                           .destination = destination,
                                           .sequence = 3,
                                           .payload = payload});
  const Message message = parse_message(bytes, router, true);
  const auto* error = std::get_if<IcmpError>(&message);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->destination, destination);
  EXPECT_EQ(error->reporter, router);
  EXPECT_EQ(error->id, kId);
  EXPECT_EQ(error->sequence, 3);
  EXPECT_EQ(error->payload.size(), payload.size());
  EXPECT_EQ(error_reason(error->family, error->type, error->code), row.reason);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ErrorMessage,
    testing::Values(
        ErrorCase{"net", "192.0.2.7", 3, 0, "Destination Net Unreachable"},
        ErrorCase{"host", "192.0.2.7", 3, 1, "Destination Host Unreachable"},
        ErrorCase{"port", "192.0.2.7", 3, 3, "Destination Port Unreachable"},
        ErrorCase{"prohibited", "192.0.2.7", 3, 13, "Communication Administratively Prohibited"},
        ErrorCase{"unknown_code", "192.0.2.7", 3, 77, "Destination Unreachable, code 77"},
        ErrorCase{"ttl", "192.0.2.7", 11, 0, "Time to Live Exceeded"},
        ErrorCase{"reassembly", "192.0.2.7", 11, 1, "Fragment Reassembly Time Exceeded"},
        ErrorCase{"parameter", "192.0.2.7", 12, 0, "Parameter Problem"},
        ErrorCase{"no_route", "2001:db8::7", 1, 0, "No Route to Destination"},
        ErrorCase{"address", "2001:db8::7", 1, 3, "Destination Address Unreachable"},
        ErrorCase{"too_big", "2001:db8::7", 2, 0, "Packet Too Big"},
        ErrorCase{"hops", "2001:db8::7", 3, 0, "Hop Limit Exceeded"},
        ErrorCase{"header_field", "2001:db8::7", 4, 1, "Parameter Problem"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ErrorMessage, CarriesTheMtuOfTheNextHop) {
  const Bytes bytes = support::icmp_error(
      {.type = 3, .code = 4, .destination = address("192.0.2.7"), .payload = {}, .mtu = 1280});
  const Message message = parse_message(bytes, address("198.51.100.1"), true);
  EXPECT_EQ(std::get<IcmpError>(message).next_hop_mtu, 1280U);
}

TEST(ErrorMessage, EndsTheQuoteWhereItsLengthFieldSays) {
  // RFC 4884: behind 32 words of quote stand extensions, which are no payload.
  const auto payload = echo_payload(support::secret(), 128 - 20 - 8);
  Bytes bytes = support::icmp_error({.destination = address("192.0.2.7"), .payload = payload});
  bytes[5] = std::byte{32};
  bytes.insert(bytes.end(), 12, std::byte{0x55});
  const Message message = parse_message(bytes, address("198.51.100.1"), false);
  EXPECT_EQ(std::get<IcmpError>(message).payload.size(), payload.size());
}

TEST(ErrorMessage, PassesOverTheFragmentHeaderOfALargeIpv6Request) {
  const Bytes plain = support::icmp_error(
      {.type = 2, .code = 0, .destination = address("2001:db8::7"), .sequence = 9, .payload = {}});
  Bytes bytes(plain.begin(), plain.begin() + 48);
  bytes[8 + 6] = std::byte{44};
  const Bytes fragment = {std::byte{58}, std::byte{0}, std::byte{0}, std::byte{1},
                          std::byte{0},  std::byte{0}, std::byte{0}, std::byte{7}};
  bytes.insert(bytes.end(), fragment.begin(), fragment.end());
  bytes.insert(bytes.end(), plain.begin() + 48, plain.end());
  const Message message = parse_message(bytes, address("2001:db8::1"), false);
  ASSERT_TRUE(std::holds_alternative<IcmpError>(message));
  EXPECT_EQ(std::get<IcmpError>(message).sequence, 9);
}

// Whatever arrives, cut at whatever place: an answer, never a read beyond the end (the sanitizers
// watch).
TEST(Parser, StandsAnyTruncation) {
  const auto payload = echo_payload(support::secret(), 30);
  for (const char* destination : {"192.0.2.7", "2001:db8::7"}) {
    const Address from = address(destination);
    const std::uint8_t type = from.family == Family::ipv4 ? 3 : 1;
    const Bytes whole =
        support::icmp_error({.type = type, .destination = from, .payload = payload});
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      const Message message = parse_message(cut, from, false);
      const std::size_t quoted_ip = from.family == Family::ipv4 ? 20 : 40;
      EXPECT_EQ(std::holds_alternative<IcmpError>(message), length >= 8 + quoted_ip + 8) << length;
    }
  }
}

TEST(Ipv4Payload, IsWhatTheHeaderSaysAndNothingWhenThatIsNotThere) {
  Bytes packet(28);
  packet[0] = std::byte{0x45};
  packet[3] = std::byte{26};
  EXPECT_EQ(ipv4_payload(packet)->size(), 6U);
  packet[3] = std::byte{29};
  EXPECT_FALSE(ipv4_payload(packet));
  packet[0] = std::byte{0x44};
  EXPECT_FALSE(ipv4_payload(packet));
  EXPECT_FALSE(ipv4_payload(Bytes(19)));
}

}  // namespace
}  // namespace pingtrail::probe
