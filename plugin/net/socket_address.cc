// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/socket_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace pingtrail::net {

using probe::Address;
using probe::Family;

SocketAddress to_socket_address(const Address& address, std::uint16_t port) {
  SocketAddress made;
  if (address.family == Family::ipv4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.bytes.data(), sizeof in.sin_addr);
    std::memcpy(&made.storage_, &in, sizeof in);
    made.size_ = sizeof in;
    return made;
  }
  made.storage_.sin6_family = AF_INET6;
  made.storage_.sin6_port = htons(port);
  made.storage_.sin6_scope_id = address.scope_id;
  std::memcpy(&made.storage_.sin6_addr, address.bytes.data(), address.bytes.size());
  made.size_ = sizeof made.storage_;
  return made;
}

std::optional<Address> to_address(const sockaddr* from, socklen_t size) {
  Address address;
  if (size >= sizeof(sockaddr_in) && from->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, from, sizeof in);
    std::memcpy(address.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
    return address;
  }
  if (size < sizeof(sockaddr_in6) || from->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, from, sizeof in);
  address.family = Family::ipv6;
  std::memcpy(address.bytes.data(), &in.sin6_addr, address.bytes.size());
  address.scope_id = in.sin6_scope_id;
  return address;
}

std::uint16_t port_of(const sockaddr_storage& address) {
  sockaddr_in in{};  // the port stands in the same place in both families
  std::memcpy(&in, &address, sizeof in);
  return ntohs(in.sin_port);
}

}  // namespace pingtrail::net
