// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace pingtrail::probe {

std::optional<Address> parse_address(std::string_view text) {
  const std::string terminated(text);
  if (terminated.size() != std::strlen(terminated.c_str())) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.family = Family::ipv6;
  address.bytes.fill(0);
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string format_address(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == Family::ipv4 ? AF_INET : AF_INET6;
  inet_ntop(family, address.bytes.data(), text.data(), text.size());
  std::string written(text.data());
  if (address.scope_id != 0) written += "%" + std::to_string(address.scope_id);
  return written;
}

std::size_t AddressHash::operator()(const Address& address) const noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, address.bytes.data(), sizeof high);
  std::memcpy(&low, address.bytes.data() + sizeof high, sizeof low);
  // Multiplying by the golden ratio spreads neighbours, which addresses of one network are.
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15U;
  const std::uint64_t mixed = (high ^ (low * kSpread) ^ address.scope_id) * kSpread;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32U));
}

}  // namespace pingtrail::probe
