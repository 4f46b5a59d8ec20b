// SPDX-License-Identifier: GPL-3.0-or-later
// Echo requests read from the wire, and what the fake network sends back, as whole IP packets.
// Sources: RFC 791, RFC 792, RFC 1071, RFC 8200, RFC 4443. Independent of plugin/probe on purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tests/net/address.h"

namespace pingtrail::fakenet {

using Bytes = std::vector<std::uint8_t>;

// An echo request; `packet` and `payload` point into the parsed bytes.
struct EchoRequest {
  Address source;
  Address destination;
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  std::uint8_t hop_limit = 0;      // TTL or hop limit
  std::uint8_t traffic_class = 0;  // TOS or traffic class
  bool dont_fragment = false;      // DF bit; always set for IPv6, where routers never fragment
  bool checksum_valid = false;
  std::size_t largest_piece = 0;  // bytes of the packet, or of its largest fragment
  std::span<const std::uint8_t> packet;
  std::span<const std::uint8_t> payload;
};

// Parses one unfragmented IP packet. Absent when it is no ICMP echo request.
std::optional<EchoRequest> parse_echo_request(std::span<const std::uint8_t> packet);

struct ReplyShape {
  Address source;
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  Bytes payload;
  bool wrong_checksum = false;
};

// What an untouched host would answer.
ReplyShape honest_reply(const EchoRequest& request);
Bytes build_reply(const EchoRequest& request, const ReplyShape& shape);

// An echo request of our own, empty, with id and sequence 0.
Bytes build_request(const Address& source, const Address& destination);
// Is this an echo reply from `source`?
bool is_reply_from(std::span<const std::uint8_t> packet, const Address& source);

enum class ErrorKind : std::uint8_t {
  net_unreachable,
  host_unreachable,
  protocol_unreachable,
  port_unreachable,
  admin_prohibited,
  hop_limit_exceeded,
  too_big,
};

// What is wrong with the packet that an error quotes.
enum class Forgery : std::uint8_t { none, id, sequence, destination, payload };

struct ErrorShape {
  ErrorKind kind = ErrorKind::host_unreachable;
  Address router;         // of the request's family
  std::uint16_t mtu = 0;  // for too_big
  bool quote_all = true;  // as much as fits, else the IP header and 8 bytes
  Forgery forgery = Forgery::none;
};

Bytes build_error(const EchoRequest& request, const ErrorShape& shape);

// RFC 1071 checksum of `bytes`, continuing `sum`; already complemented.
std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0);

std::uint16_t read_16(std::span<const std::uint8_t> bytes, std::size_t offset);
void write_16(std::span<std::uint8_t> bytes, std::size_t offset, std::size_t value);

}  // namespace pingtrail::fakenet
