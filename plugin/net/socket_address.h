// SPDX-License-Identifier: GPL-3.0-or-later
// Between our addresses and the socket API's. Internal to plugin/net.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "plugin/probe/address.h"

struct sockaddr;  // of the socket API

namespace pingtrail::net {

// Room for a sockaddr_in or sockaddr_in6, and how much of it is used.
class SocketAddress {
 public:
  static constexpr std::size_t kBytes = 28;  // sizeof(sockaddr_in6)

  sockaddr* get();
  const sockaddr* get() const;
  std::uint32_t size() const { return size_; }
  // For calls that write an address and its length.
  void set_size(std::uint32_t size) { size_ = size; }

 private:
  alignas(8) std::array<std::byte, kBytes> storage_{};
  std::uint32_t size_ = kBytes;
};

// `port` in host order; for ICMP sockets the id, or 0.
SocketAddress to_socket_address(const probe::Address& address, std::uint16_t port);

// Absent for other families than IPv4 and IPv6, and for less than an address of them.
std::optional<probe::Address> to_address(const sockaddr* address, std::size_t size);

// In host order.
std::uint16_t port_of(const SocketAddress& address);

}  // namespace pingtrail::net
