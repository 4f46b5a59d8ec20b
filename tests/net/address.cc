// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/address.h"

#include <arpa/inet.h>

#include <functional>

#include "perfdata/base/number.h"

namespace pingtrail::fakenet {

std::size_t AddressHash::operator()(const Address& address) const noexcept {
  return std::hash<std::string_view>{}(
      std::string_view(reinterpret_cast<const char*>(address.bytes.data()), address.size()));
}

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  address.is_ipv6 = text.find(':') != std::string_view::npos;
  const int family = address.is_ipv6 ? AF_INET6 : AF_INET;
  if (inet_pton(family, std::string(text).c_str(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

std::string format_address(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.is_ipv6 ? AF_INET6 : AF_INET, address.bytes.data(), text.data(), text.size());
  return text.data();
}

namespace {

// The first and the last address of the network `address`/`prefix`.
AddressRange network_of(const Address& address, std::size_t prefix) {
  AddressRange range{address, address};
  for (std::size_t bit = prefix; bit < address.size() * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    range.first.bytes[bit / 8] = static_cast<std::uint8_t>(range.first.bytes[bit / 8] & ~mask);
    range.last.bytes[bit / 8] = static_cast<std::uint8_t>(range.last.bytes[bit / 8] | mask);
  }
  return range;
}

}  // namespace

std::optional<AddressRange> parse_range(std::string_view text) {
  const std::size_t mark = text.find_first_of("/-");
  const std::optional<Address> first = parse_address(text.substr(0, mark));
  if (!first) {
    return std::nullopt;
  }
  if (mark == std::string_view::npos) {
    return AddressRange{*first, *first};
  }
  const std::string_view rest = text.substr(mark + 1);
  if (text[mark] == '/') {
    const std::optional<std::int64_t> prefix = base::parse_integer(rest);
    if (!prefix || *prefix < 0 || *prefix > static_cast<std::int64_t>(first->size() * 8)) {
      return std::nullopt;
    }
    return network_of(*first, static_cast<std::size_t>(*prefix));
  }
  const std::optional<Address> last = parse_address(rest);
  if (!last || last->is_ipv6 != first->is_ipv6 || *last < *first) {
    return std::nullopt;
  }
  return AddressRange{*first, *last};
}

}  // namespace pingtrail::fakenet
