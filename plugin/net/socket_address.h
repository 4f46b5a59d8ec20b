// SPDX-License-Identifier: GPL-3.0-or-later
// Between our addresses and the socket API's. Internal to plugin/net: the one header of the room
// that shows an OS header, since its whole purpose is to hide that type's conversions.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>

#include "plugin/probe/address.h"

namespace pingtrail::net {

class SocketAddress {
 public:
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }

 private:
  friend SocketAddress to_socket_address(const probe::Address& address, std::uint16_t port);
  sockaddr_in6 storage_{};  // the larger of the two
  socklen_t size_ = 0;
};

// `port` in host order; for ICMP sockets the id, or 0.
SocketAddress to_socket_address(const probe::Address& address, std::uint16_t port);

// Absent for other families than IPv4 and IPv6.
std::optional<probe::Address> to_address(const sockaddr* address, socklen_t size);

// In host order.
std::uint16_t port_of(const sockaddr_storage& address);

}  // namespace pingtrail::net
