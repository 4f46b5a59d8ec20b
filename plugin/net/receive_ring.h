// SPDX-License-Identifier: GPL-3.0-or-later
// Many packets in one system call. Internal to plugin/net.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "plugin/probe/address.h"

struct msghdr;  // of the socket API

namespace pingtrail::net {

// The cost of a system call is shared by this many packets: beyond it little is gained.
inline constexpr std::size_t kMessagesPerCall = 32;

// Buffers for recvmmsg(2). Not initialized: the kernel says how much it filled.
class ReceiveRing {
 public:
  ReceiveRing(std::size_t messages, std::size_t bytes_each);
  ~ReceiveRing();

  // How many messages one call with `flags` delivered; 0 when there are none. They stand until the
  // next call.
  std::size_t receive(int fd, int flags);
  std::size_t capacity() const;

  const msghdr& header(std::size_t i) const;
  std::span<const std::byte> bytes(std::size_t i) const;
  std::optional<probe::Address> name(std::size_t i) const;

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace pingtrail::net
