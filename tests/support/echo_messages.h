// SPDX-License-Identifier: GPL-3.0-or-later
// Messages as a network would deliver them, built from RFC 792 and RFC 4443 for tests.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "plugin/probe/address.h"
#include "plugin/probe/icmp.h"

namespace pingtrail::support {

using Bytes = std::vector<std::byte>;

inline constexpr std::uint16_t kId = 0x1234;

probe::Address address(std::string_view text);
probe::Secret secret();

// The IPv4 checksum is right; the IPv6 one is left 0, as the kernel has checked it.
Bytes echo_reply(probe::Family family, std::uint16_t id, std::uint16_t sequence,
                 std::span<const std::byte> payload);

struct ErrorParts {
  std::uint8_t type = 3;
  std::uint8_t code = 1;
  probe::Address destination;
  std::uint16_t id = kId;
  std::uint16_t sequence = 0;
  Bytes payload;  // quoted, as much as the router quotes
  std::uint16_t mtu = 0;
};
Bytes icmp_error(const ErrorParts& parts);

}  // namespace pingtrail::support
