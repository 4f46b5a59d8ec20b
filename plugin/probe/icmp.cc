// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/icmp.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pingtrail::probe {
namespace {

constexpr std::size_t kIpv4HeaderBytes = 20;
constexpr std::size_t kIpv6HeaderBytes = 40;
constexpr std::size_t kFragmentHeaderBytes = 8;

// Protocol numbers of the IANA registry.
constexpr std::uint8_t kProtocolIcmp = 1;
constexpr std::uint8_t kProtocolFragment = 44;
constexpr std::uint8_t kProtocolIcmpv6 = 58;

// Message types: RFC 792 and RFC 4443.
constexpr std::uint8_t kEchoReply = 0;
constexpr std::uint8_t kUnreachable = 3;
constexpr std::uint8_t kEchoRequest = 8;
constexpr std::uint8_t kTimeExceeded = 11;
constexpr std::uint8_t kParameterProblem = 12;
constexpr std::uint8_t kV6FirstError = 1;
constexpr std::uint8_t kV6PacketTooBig = 2;
constexpr std::uint8_t kV6LastError = 4;
constexpr std::uint8_t kV6EchoRequest = 128;
constexpr std::uint8_t kV6EchoReply = 129;

constexpr std::uint8_t kFragmentationNeeded = 4;  // code of kUnreachable

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

std::uint16_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8U | byte_at(bytes, at + 1));
}

void put_word(EchoHeader& header, std::size_t at, std::uint16_t word) {
  header[at] = static_cast<std::byte>(word >> 8U);
  header[at + 1] = static_cast<std::byte>(word & 0xFFU);
}

Address address_at(Family family, std::span<const std::byte> bytes, std::size_t at) {
  Address address;
  address.family = family;
  std::memcpy(address.bytes.data(), bytes.data() + at, family == Family::ipv4 ? 4 : 16);
  return address;
}

bool is_error(Family family, std::uint8_t type) {
  if (family == Family::ipv6) return type >= kV6FirstError && type <= kV6LastError;
  return type == kUnreachable || type == kTimeExceeded || type == kParameterProblem;
}

// The IP packet quoted in an error, cut to what RFC 4884 says belongs to it: behind that length, if
// one is given, stand extensions.
std::span<const std::byte> quoted_packet(Family family, std::span<const std::byte> icmp) {
  const std::size_t length = family == Family::ipv4 ? std::size_t{byte_at(icmp, 5)} * 4
                                                    : std::size_t{byte_at(icmp, 4)} * 8;
  const auto quote = icmp.subspan(kEchoHeaderBytes);
  return length == 0 ? quote : quote.first(std::min(length, quote.size()));
}

struct Quote {
  Address destination;
  std::span<const std::byte> icmp;
};

std::optional<Quote> ipv4_quote(std::span<const std::byte> packet) {
  if (packet.size() < kIpv4HeaderBytes || byte_at(packet, 0) >> 4U != 4) return std::nullopt;
  const std::size_t header = std::size_t{byte_at(packet, 0) & 0x0FU} * 4;
  const bool first_fragment = (word_at(packet, 6) & 0x1FFFU) == 0;
  if (header < kIpv4HeaderBytes || packet.size() < header || !first_fragment) return std::nullopt;
  if (byte_at(packet, 9) != kProtocolIcmp) return std::nullopt;
  // Behind the quoted packet's own end stands padding. A router may have written its length in
  // host order or after fragmenting, so that a length below the header is no reason to refuse.
  const std::size_t total = word_at(packet, 2);
  const std::size_t end = total > header ? std::min(total, packet.size()) : packet.size();
  return Quote{address_at(Family::ipv4, packet, 16), packet.subspan(header, end - header)};
}

std::optional<Quote> ipv6_quote(std::span<const std::byte> packet) {
  if (packet.size() < kIpv6HeaderBytes || byte_at(packet, 0) >> 4U != 6) return std::nullopt;
  std::uint8_t next = byte_at(packet, 6);
  std::size_t header = kIpv6HeaderBytes;
  const std::size_t total = header + word_at(packet, 4);
  if (next == kProtocolFragment && packet.size() >= header + kFragmentHeaderBytes) {
    if ((word_at(packet, header + 2) & 0xFFF8U) != 0) return std::nullopt;
    next = byte_at(packet, header);
    header += kFragmentHeaderBytes;
  }
  if (next != kProtocolIcmpv6) return std::nullopt;
  const std::size_t end = total > header ? std::min(total, packet.size()) : packet.size();
  return Quote{address_at(Family::ipv6, packet, 24), packet.subspan(header, end - header)};
}

std::uint32_t next_hop_mtu(Family family, std::span<const std::byte> icmp) {
  const std::uint8_t type = byte_at(icmp, 0);
  if (family == Family::ipv6) {
    if (type != kV6PacketTooBig) return 0;
    return std::uint32_t{word_at(icmp, 4)} << 16U | word_at(icmp, 6);
  }
  const bool too_big = type == kUnreachable && byte_at(icmp, 1) == kFragmentationNeeded;
  return too_big ? word_at(icmp, 6) : 0;
}

Message parse_error(Family family, std::span<const std::byte> icmp, const Address& source) {
  const auto packet = quoted_packet(family, icmp);
  const auto quote = family == Family::ipv4 ? ipv4_quote(packet) : ipv6_quote(packet);
  if (!quote) return NotOurs{.damaged = false};
  return parse_quoted_request(IcmpError{.family = family,
                                        .type = byte_at(icmp, 0),
                                        .code = byte_at(icmp, 1),
                                        .reporter = source,
                                        .destination = quote->destination,
                                        .next_hop_mtu = next_hop_mtu(family, icmp)},
                              quote->icmp);
}

std::string ipv4_unreachable_reason(std::uint8_t code) {
  // RFC 792, RFC 1122 3.2.2.1 and RFC 1812 5.2.7.1, in the words that ping prints.
  static constexpr std::array<const char*, 16> kReasons = {
      "Destination Net Unreachable",
      "Destination Host Unreachable",
      "Destination Protocol Unreachable",
      "Destination Port Unreachable",
      "Fragmentation Needed",
      "Source Route Failed",
      "Destination Net Unknown",
      "Destination Host Unknown",
      "Source Host Isolated",
      "Destination Net Prohibited",
      "Destination Host Prohibited",
      "Destination Net Unreachable for Type of Service",
      "Destination Host Unreachable for Type of Service",
      "Communication Administratively Prohibited",
      "Host Precedence Violation",
      "Precedence Cutoff in Effect"};
  if (code < kReasons.size()) return kReasons[code];
  return "Destination Unreachable, code " + std::to_string(code);
}

std::string ipv6_unreachable_reason(std::uint8_t code) {
  // RFC 4443 3.1.
  static constexpr std::array<const char*, 8> kReasons = {
      "No Route to Destination",        "Communication Administratively Prohibited",
      "Beyond Scope of Source Address", "Destination Address Unreachable",
      "Destination Port Unreachable",   "Source Address Failed Ingress/Egress Policy",
      "Route to Destination Rejected",  "Error in Source Routing Header"};
  if (code < kReasons.size()) return kReasons[code];
  return "Destination Unreachable, code " + std::to_string(code);
}

std::string exceeded_reason(Family family, std::uint8_t code) {
  if (code == 1) return "Fragment Reassembly Time Exceeded";
  return family == Family::ipv4 ? "Time to Live Exceeded" : "Hop Limit Exceeded";
}

}  // namespace

std::vector<std::byte> echo_payload(const Secret& secret, std::size_t payload_bytes) {
  std::vector<std::byte> payload(payload_bytes);
  const std::size_t secret_part = std::min(payload_bytes, secret.size());
  std::copy_n(secret.begin(), secret_part, payload.begin());
  for (std::size_t i = secret_part; i < payload_bytes; ++i) {
    payload[i] = static_cast<std::byte>(i & 0xFFU);
  }
  return payload;
}

// RFC 1071 2 (B): the sum does not care for byte order but in its result, and (C) any number of
// words may be added at once. Word by word it was a visible part of a raw socket's cost.
std::uint16_t ones_complement_sum(std::span<const std::byte> bytes) {
  std::uint64_t sum = 0;
  std::size_t i = 0;
  for (; i + sizeof(std::uint32_t) <= bytes.size(); i += sizeof(std::uint32_t)) {
    std::uint32_t words = 0;
    std::memcpy(&words, bytes.data() + i, sizeof words);
    sum += words;
  }
  if (i < bytes.size()) {
    std::uint32_t rest = 0;  // padded with zeros behind
    std::memcpy(&rest, bytes.data() + i, bytes.size() - i);
    sum += rest;
  }
  while (sum >> 16U != 0) sum = (sum & 0xFFFFU) + (sum >> 16U);
  const auto folded = static_cast<std::uint16_t>(sum);
  if constexpr (std::endian::native == std::endian::big) return folded;
  return static_cast<std::uint16_t>(folded << 8U | folded >> 8U);
}

EchoHeader echo_request_header(Family family, std::uint16_t id, std::uint16_t sequence,
                               std::uint16_t payload_sum) {
  EchoHeader header{};
  header[0] = static_cast<std::byte>(family == Family::ipv4 ? kEchoRequest : kV6EchoRequest);
  put_word(header, 4, id);
  put_word(header, 6, sequence);
  if (family == Family::ipv4) {
    const std::uint32_t sum = std::uint32_t{ones_complement_sum(header)} + payload_sum;
    put_word(header, 2, static_cast<std::uint16_t>(~((sum & 0xFFFFU) + (sum >> 16U))));
  }
  return header;
}

Message parse_message(std::span<const std::byte> icmp, const Address& source,
                      bool verify_checksum) {
  if (icmp.size() < kEchoHeaderBytes) return NotOurs{.damaged = true};
  const Family family = source.family;
  if (verify_checksum && family == Family::ipv4 && ones_complement_sum(icmp) != 0xFFFFU) {
    return NotOurs{.damaged = true};
  }
  const std::uint8_t type = byte_at(icmp, 0);
  if (is_error(family, type)) return parse_error(family, icmp, source);
  if (type != (family == Family::ipv4 ? kEchoReply : kV6EchoReply)) {
    return NotOurs{.damaged = false};
  }
  if (byte_at(icmp, 1) != 0) return NotOurs{.damaged = true};
  return EchoReply{word_at(icmp, 4), word_at(icmp, 6), icmp.subspan(kEchoHeaderBytes)};
}

Message parse_quoted_request(IcmpError error, std::span<const std::byte> quoted_icmp) {
  if (quoted_icmp.size() < kEchoHeaderBytes) return NotOurs{.damaged = false};
  const std::uint8_t want = error.family == Family::ipv4 ? kEchoRequest : kV6EchoRequest;
  if (byte_at(quoted_icmp, 0) != want || byte_at(quoted_icmp, 1) != 0) {
    return NotOurs{.damaged = false};
  }
  error.id = word_at(quoted_icmp, 4);
  error.sequence = word_at(quoted_icmp, 6);
  error.payload = quoted_icmp.subspan(kEchoHeaderBytes);
  return error;
}

std::optional<std::span<const std::byte>> ipv4_payload(std::span<const std::byte> packet) {
  if (packet.size() < kIpv4HeaderBytes || byte_at(packet, 0) >> 4U != 4) return std::nullopt;
  const std::size_t header = std::size_t{byte_at(packet, 0) & 0x0FU} * 4;
  const std::size_t total = word_at(packet, 2);
  if (header < kIpv4HeaderBytes || total < header || total > packet.size()) return std::nullopt;
  return packet.subspan(header, total - header);
}

std::string error_reason(Family family, std::uint8_t type, std::uint8_t code) {
  const bool ipv4 = family == Family::ipv4;
  if (ipv4 && type == kUnreachable) return ipv4_unreachable_reason(code);
  if (ipv4 && type == kTimeExceeded) return exceeded_reason(family, code);
  if (ipv4 && type == kParameterProblem) return "Parameter Problem";
  if (!ipv4 && type == 1) return ipv6_unreachable_reason(code);
  if (!ipv4 && type == kV6PacketTooBig) return "Packet Too Big";
  if (!ipv4 && type == 3) return exceeded_reason(family, code);
  if (!ipv4 && type == kV6LastError) return "Parameter Problem";
  return "ICMP type " + std::to_string(type) + ", code " + std::to_string(code);
}

}  // namespace pingtrail::probe
