// SPDX-License-Identifier: GPL-3.0-or-later
// An IPv4 or IPv6 address, without any of the socket API.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pingtrail::probe {

enum class Family : std::uint8_t { ipv4, ipv6 };

struct Address {
  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 uses the first four
  std::uint32_t scope_id = 0;            // interface index of a link-local IPv6 address, else 0

  auto operator<=>(const Address&) const = default;
};

// "192.0.2.7" (four plain decimal numbers, nothing shorter) or an RFC 4291 text form. A scope
// ("%eth0") is not taken: naming an interface is the resolver's business. Absent for anything else.
std::optional<Address> parse_address(std::string_view text);

// Dotted quad, or RFC 5952 form; a scope is appended as "%3".
std::string format_address(const Address& address);

struct AddressHash {
  std::size_t operator()(const Address& address) const noexcept;
};

}  // namespace pingtrail::probe
