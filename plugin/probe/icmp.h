// SPDX-License-Identifier: GPL-3.0-or-later
// ICMP and ICMPv6 messages as bytes: echo requests out, echo replies and errors in.
// Sources: RFC 792, RFC 1122 3.2.2, RFC 1812 4.3, RFC 4443, RFC 4884 (length of quotes).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "plugin/probe/address.h"

namespace pingtrail::probe {

inline constexpr std::size_t kEchoHeaderBytes = 8;
inline constexpr std::size_t kSecretBytes = 16;
inline constexpr std::size_t kMaxPayloadBytes = 65507;

using Secret = std::array<std::byte, kSecretBytes>;
using EchoHeader = std::array<std::byte, kEchoHeaderBytes>;

// The payload of every echo request of a run: the secret (as much of it as fits), then a fixed
// pattern. `payload_bytes` is 0..kMaxPayloadBytes.
std::vector<std::byte> echo_payload(const Secret& secret, std::size_t payload_bytes);

// RFC 1071: the ones' complement sum of the bytes, folded to 16 bits but not complemented. An odd
// last byte is padded with zero.
std::uint16_t ones_complement_sum(std::span<const std::byte> bytes);

// The eight bytes in front of the payload, checksum included for IPv4. For IPv6 the checksum is
// left 0: it covers a pseudo header that only the kernel knows, and the kernel fills it in.
// `payload_sum` is ones_complement_sum() of the payload.
EchoHeader echo_request_header(Family family, std::uint16_t id, std::uint16_t sequence,
                               std::uint16_t payload_sum);

// An echo reply, not yet held against what was sent. `payload` points into the parsed bytes.
struct EchoReply {
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  std::span<const std::byte> payload;
};

// An ICMP error about an echo request of somebody's.
struct IcmpError {
  Family family = Family::ipv4;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  Address reporter{};                    // who sent the error
  Address destination{};                 // where the quoted request was going
  std::uint16_t id = 0;                  // of the quoted request
  std::uint16_t sequence = 0;            // of the quoted request
  std::uint32_t next_hop_mtu = 0;        // fragmentation needed, packet too big; else 0
  std::span<const std::byte> payload{};  // as much of the quoted payload as came
};

// What a message turned out to be. `damaged` messages may have been replies of ours once; the rest
// was meant for somebody else.
struct NotOurs {
  bool damaged = false;
};
using Message = std::variant<EchoReply, IcmpError, NotOurs>;

// Parses an ICMP message without its IP header. `source` is the sender. With `verify_checksum` the
// IPv4 checksum is held against the bytes (raw sockets see messages before the kernel does that).
Message parse_message(std::span<const std::byte> icmp, const Address& source, bool verify_checksum);

// Completes an error with what its quote says. `quoted_icmp` begins with the header of the quoted
// echo request and may end anywhere behind it. Gives an IcmpError or NotOurs.
Message parse_quoted_request(IcmpError error, std::span<const std::byte> quoted_icmp);

// The part of an IPv4 packet behind its header; absent when the packet is shorter than it says.
std::optional<std::span<const std::byte>> ipv4_payload(std::span<const std::byte> packet);

// The error's meaning in the field's words: "Destination Host Unreachable", "Time to Live
// Exceeded". Unknown codes are named by number.
std::string error_reason(Family family, std::uint8_t type, std::uint8_t code);

}  // namespace pingtrail::probe
