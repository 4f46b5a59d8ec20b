// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

namespace pingtrail::net {

using probe::Address;
using probe::Family;

static_assert(SocketAddress::kBytes == sizeof(sockaddr_in6));

sockaddr* SocketAddress::get() { return reinterpret_cast<sockaddr*>(storage_.data()); }

const sockaddr* SocketAddress::get() const {
  return reinterpret_cast<const sockaddr*>(storage_.data());
}

SocketAddress to_socket_address(const Address& address, std::uint16_t port) {
  SocketAddress made;
  if (address.family == Family::ipv4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.bytes.data(), sizeof in.sin_addr);
    std::memcpy(made.get(), &in, sizeof in);
    made.set_size(sizeof in);
    return made;
  }
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  in.sin6_scope_id = address.scope_id;
  std::memcpy(&in.sin6_addr, address.bytes.data(), address.bytes.size());
  std::memcpy(made.get(), &in, sizeof in);
  made.set_size(sizeof in);
  return made;
}

std::optional<Address> to_address(const sockaddr* from, std::size_t size) {
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

std::uint16_t port_of(const SocketAddress& address) {
  sockaddr_in in{};  // the port stands in the same place in both families
  std::memcpy(&in, address.get(), sizeof in);
  return ntohs(in.sin_port);
}

}  // namespace pingtrail::net
