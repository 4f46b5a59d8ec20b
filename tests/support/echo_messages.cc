// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/echo_messages.h"

#include <algorithm>
#include <cstdlib>

namespace pingtrail::support {
namespace {

void put_word(Bytes& bytes, std::size_t at, unsigned word) {
  bytes[at] = static_cast<std::byte>(word >> 8U);
  bytes[at + 1] = static_cast<std::byte>(word & 0xFFU);
}

// Written out anew, so that an error in the code under test does not hide itself.
unsigned internet_checksum(const Bytes& bytes) {
  unsigned long sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = std::to_integer<unsigned long>(bytes[i]);
    sum += i % 2 == 0 ? byte << 8U : byte;
  }
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16U);
  return static_cast<unsigned>(~sum & 0xFFFF);
}

Bytes echo(unsigned type, std::uint16_t id, std::uint16_t sequence,
           std::span<const std::byte> payload) {
  Bytes message(8 + payload.size());
  message[0] = static_cast<std::byte>(type);
  put_word(message, 4, id);
  put_word(message, 6, sequence);
  std::copy(payload.begin(), payload.end(), message.begin() + 8);
  return message;
}

Bytes quoted_ip_header(const probe::Address& destination, std::size_t icmp_bytes) {
  if (destination.family == probe::Family::ipv4) {
    Bytes header(20);
    header[0] = std::byte{0x45};
    put_word(header, 2, static_cast<unsigned>(header.size() + icmp_bytes));
    header[9] = std::byte{1};
    for (std::size_t i = 0; i < 4; ++i) header[16 + i] = std::byte{destination.bytes[i]};
    return header;
  }
  Bytes header(40);
  header[0] = std::byte{0x60};
  put_word(header, 4, static_cast<unsigned>(icmp_bytes));
  header[6] = std::byte{58};
  for (std::size_t i = 0; i < 16; ++i) header[24 + i] = std::byte{destination.bytes[i]};
  return header;
}

}  // namespace

probe::Address address(std::string_view text) {
  const auto parsed = probe::parse_address(text);
  if (!parsed) std::abort();  // a test with a wrong literal
  return *parsed;
}

probe::Secret secret() {
  probe::Secret made{};
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<std::byte>(0xA0 + i);
  return made;
}

Bytes echo_reply(probe::Family family, std::uint16_t id, std::uint16_t sequence,
                 std::span<const std::byte> payload) {
  const bool ipv4 = family == probe::Family::ipv4;
  Bytes message = echo(ipv4 ? 0 : 129, id, sequence, payload);
  if (ipv4) put_word(message, 2, internet_checksum(message));
  return message;
}

Bytes icmp_error(const ErrorParts& parts) {
  const bool ipv4 = parts.destination.family == probe::Family::ipv4;
  const Bytes request = echo(ipv4 ? 8 : 128, parts.id, parts.sequence, parts.payload);
  const Bytes header = quoted_ip_header(parts.destination, request.size());
  Bytes message(8 + header.size() + request.size());
  message[0] = static_cast<std::byte>(parts.type);
  message[1] = static_cast<std::byte>(parts.code);
  put_word(message, 6, parts.mtu);
  const auto behind = std::copy(header.begin(), header.end(), message.begin() + 8);
  std::copy(request.begin(), request.end(), behind);
  if (ipv4) put_word(message, 2, internet_checksum(message));
  return message;
}

}  // namespace pingtrail::support
