// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses of the fake network. Deliberately not the plugin's own: an error in one of the two must
// not hide an error in the other.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pingtrail::fakenet {

struct Address {
  bool is_ipv6 = false;
  std::array<std::uint8_t, 16> bytes{};  // network order; IPv4 uses the first four

  std::size_t size() const { return is_ipv6 ? 16 : 4; }
  auto operator<=>(const Address&) const = default;
};

struct AddressHash {
  std::size_t operator()(const Address& address) const noexcept;
};

std::optional<Address> parse_address(std::string_view text);
std::string format_address(const Address& address);

// All addresses from `first` to `last`, both included, of one family.
struct AddressRange {
  Address first;
  Address last;

  bool contains(const Address& address) const { return first <= address && address <= last; }
  bool operator==(const AddressRange&) const = default;
};

// "A", "A/PREFIX" or "A-B". Absent when it is none of them, mixes families or runs backwards.
std::optional<AddressRange> parse_range(std::string_view text);

}  // namespace pingtrail::fakenet
