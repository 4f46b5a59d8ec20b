// SPDX-License-Identifier: GPL-3.0-or-later
// Sockets that send echo requests, of whichever kind this process may open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "plugin/probe/address.h"

namespace pingtrail::net {

enum class SocketKind : std::uint8_t {
  ping,  // SOCK_DGRAM: no privilege within net.ipv4.ping_group_range; the kernel demultiplexes
  raw,   // SOCK_RAW with cap_net_raw; a BPF filter lets only answers to our own id through
};

struct SocketOptions {
  std::optional<std::uint8_t> ttl;
  std::optional<std::uint8_t> traffic_class;  // TOS byte, IPv6 traffic class
  bool dont_fragment = false;
  std::optional<std::uint32_t> fwmark;
  std::optional<std::string> source;  // an address or the name of an interface
  std::size_t replies_expected = 0;   // at once at the most; sizes the receive buffer
  std::size_t payload_bytes = 0;

  bool operator==(const SocketOptions&) const = default;
};

struct IcmpSocket {
  base::Fd fd;
  probe::Family family = probe::Family::ipv4;
  SocketKind kind = SocketKind::ping;
  std::uint16_t id = 0;            // of our echo requests; drawn anew for every socket
  bool unfragmented = false;       // packets carry DF because they are small, not by request
  std::size_t reply_capacity = 0;  // replies that the receive buffer holds
};

// Opens a ping socket, or a raw one where ping sockets are closed to this process. Raise privileges
// around it. Errors name what is missing and, for rights, how to grant them (not_permitted).
base::Expected<IcmpSocket> open_icmp_socket(probe::Family family, const SocketOptions& options);

}  // namespace pingtrail::net
