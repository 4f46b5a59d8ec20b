// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/icmp_socket.h"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "perfdata/base/posix_error.h"
#include "plugin/net/icmp_filter.h"
#include "plugin/net/socket_address.h"

namespace pingtrail::net {
namespace {

using base::Done;
using base::Error;
using base::ErrorKind;
using base::Expected;
using base::ok;
using probe::Family;

const char* socket_name(Family family) {
  return family == Family::ipv4 ? "ICMP socket" : "ICMPv6 socket";
}

Error no_permission(Family family) {
  return Error{ErrorKind::not_permitted,
               std::string(socket_name(family)) +
                   ": not permitted; grant it with 'setcap cap_net_raw+p' on this program or open "
                   "ping sockets with 'sysctl net.ipv4.ping_group_range=\"0 2147483647\"'"};
}

template <typename Value>
Expected<Done> set(int fd, int level, int option, const Value& value, const std::string& what) {
  if (setsockopt(fd, level, option, &value, sizeof value) == 0) return ok();
  return base::posix_error(what, errno);
}

std::uint16_t random_id() {
  std::uint16_t id = 0;
  while (id == 0) {
    if (getrandom(&id, sizeof id, 0) != sizeof id) return 1;
  }
  return id;
}

Expected<Done> set_source_interface(int fd, const std::string& interface) {
  if (if_nametoindex(interface.c_str()) == 0) {
    return base::invalid_input(interface, "neither an address nor an interface of this machine");
  }
  if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.data(),
                 static_cast<socklen_t>(interface.size())) != 0) {
    return base::posix_error("interface " + interface, errno);
  }
  return ok();
}

// The address to bind to: the one asked for, else any.
Expected<probe::Address> source_address(Family family, const SocketOptions& options) {
  probe::Address any;
  any.family = family;
  const auto source = options.source ? probe::parse_address(*options.source) : std::nullopt;
  if (!source) return any;
  if (source->family == family) return *source;
  return base::invalid_input(*options.source, family == Family::ipv4
                                                  ? "source is an IPv6 address, the host is not"
                                                  : "source is an IPv4 address, the host is not");
}

// 0, or the errno of bind(2).
int bind_error(int fd, const probe::Address& address, std::uint16_t id) {
  const SocketAddress bound = to_socket_address(address, id);
  return bind(fd, bound.get(), bound.size()) == 0 ? 0 : errno;
}

Error source_error(Family family, const SocketOptions& options, int error_number) {
  return base::posix_error(options.source ? "source " + *options.source : socket_name(family),
                           error_number);
}

// The id of a ping socket is its port. A random one is tried first: the kernel's own choice counts
// up, and containers behind one address would meet in the tables of the firewall. The kernel opens
// ping sockets with SO_REUSEADDR set and then lets two of them bind one id, the later one taking
// the replies of both: of 400 checks at once 1 or 2 showed false loss (2026-11-21). Off, the second
// bind fails.
Expected<std::uint16_t> bind_ping_socket(int fd, Family family, const SocketOptions& options) {
  const auto source = source_address(family, options);
  if (!source) return source.error();
  if (auto done = set(fd, SOL_SOCKET, SO_REUSEADDR, 0, "ICMP socket"); !done) return done.error();
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    const std::uint16_t id = random_id();
    const int failure = bind_error(fd, *source, id);
    if (failure == 0) return id;
    if (failure != EADDRINUSE) return source_error(family, options, failure);
  }
  if (const int failure = bind_error(fd, *source, 0); failure != 0) {
    return source_error(family, options, failure);
  }
  SocketAddress name;
  socklen_t length = name.size();
  if (getsockname(fd, name.get(), &length) != 0) {
    return base::posix_error(socket_name(family), errno);
  }
  return port_of(name);
}

Expected<Done> set_packet_options(int fd, Family family, const SocketOptions& options) {
  const bool ipv4 = family == Family::ipv4;
  if (options.ttl) {
    const int ttl = *options.ttl;
    auto done = ipv4 ? set(fd, IPPROTO_IP, IP_TTL, ttl, "TTL")
                     : set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl, "hop limit");
    if (!done) return done;
  }
  if (options.traffic_class) {
    const int value = *options.traffic_class;
    auto done = ipv4 ? set(fd, IPPROTO_IP, IP_TOS, value, "TOS")
                     : set(fd, IPPROTO_IPV6, IPV6_TCLASS, value, "traffic class");
    if (!done) return done;
  }
  if (!options.dont_fragment) return ok();
  if (ipv4) return set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO, "don't fragment");
  auto done = set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO, "don't fragment");
  return done ? set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1, "don't fragment") : done;
}

Expected<Done> set_route_options(int fd, const SocketOptions& options) {
  if (options.fwmark) {
    if (auto done = set(fd, SOL_SOCKET, SO_MARK, *options.fwmark, "firewall mark"); !done) {
      return done;
    }
  }
  if (options.source && !probe::parse_address(*options.source)) {
    return set_source_interface(fd, *options.source);
  }
  return ok();
}

// A datagram that may not be fragmented needs no identification (RFC 6864), and drawing one costs
// the kernel 0.2 to 0.5 us a probe with many destinations (2026-11-21). Small packets carry DF by
// default anyway; should one not fit a path after all, Channel takes this back.
void spare_identification(IcmpSocket& opened, const SocketOptions& options) {
  constexpr std::size_t kFitsEveryPath = 500;  // RFC 791: every host takes 576 bytes
  if (opened.family != Family::ipv4 || options.dont_fragment) return;
  if (options.payload_bytes > kFitsEveryPath) return;
  const auto done = set(opened.fd.get(), IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO, "");
  opened.unfragmented = done.has_value();
}

// A reply of n bytes is charged with its buffer: seen 768 bytes on loopback, up to a page from
// drivers that receive into pages.
std::size_t buffer_bytes_per_reply(std::size_t payload_bytes) { return 1280 + 2 * payload_bytes; }

std::size_t size_receive_buffer(int fd, const SocketOptions& options) {
  constexpr std::size_t kMostBytes = 64U << 20U;
  constexpr std::size_t kSafeByDefault = 64;  // replies that any default holds
  const std::size_t each = buffer_bytes_per_reply(options.payload_bytes);
  if (options.replies_expected > kSafeByDefault) {
    const int wanted = static_cast<int>(std::min(kMostBytes, options.replies_expected * each));
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0) {
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);  // as far as rmem_max allows
    }
  }
  int granted = 0;
  socklen_t length = sizeof granted;
  if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &granted, &length) != 0) return 1;
  return std::max<std::size_t>(1, static_cast<std::size_t>(granted) / each);
}

// Errors of the network come through the error queue of a ping socket; a raw socket receives them
// as packets.
Expected<Done> ask_for_errors(int fd, Family family) {
  return family == Family::ipv4 ? set(fd, IPPROTO_IP, IP_RECVERR, 1, "ICMP socket")
                                : set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1, "ICMPv6 socket");
}

Expected<Done> set_up_kind(IcmpSocket& opened, const SocketOptions& options) {
  const int fd = opened.fd.get();
  if (opened.kind == SocketKind::ping) {
    auto id = bind_ping_socket(fd, opened.family, options);
    if (!id) return id.error();
    opened.id = *id;
    return ask_for_errors(fd, opened.family);
  }
  opened.id = random_id();
  if (auto done = attach_id_filter(fd, opened.family, opened.id); !done) return done;
  if (!options.source || !probe::parse_address(*options.source)) return ok();
  const auto source = source_address(opened.family, options);
  if (!source) return source.error();
  const int failure = bind_error(fd, *source, 0);
  return failure == 0 ? ok() : source_error(opened.family, options, failure);
}

}  // namespace

Expected<IcmpSocket> open_icmp_socket(Family family, const SocketOptions& options) {
  const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
  const int protocol =
      family == Family::ipv4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  IcmpSocket opened;
  opened.family = family;
  opened.fd = base::Fd(socket(domain, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!opened.fd) {
    opened.kind = SocketKind::raw;
    opened.fd = base::Fd(socket(domain, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  }
  if (!opened.fd) {
    if (errno == EPERM || errno == EACCES) return no_permission(family);
    return base::posix_error(socket_name(family), errno);
  }
  const int fd = opened.fd.get();
  if (auto done = set_route_options(fd, options); !done) return done.error();
  if (auto done = set_up_kind(opened, options); !done) return done.error();
  if (auto done = set_packet_options(fd, family, options); !done) return done.error();
  spare_identification(opened, options);
  opened.reply_capacity = size_receive_buffer(fd, options);
  return opened;
}

}  // namespace pingtrail::net
