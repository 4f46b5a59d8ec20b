// SPDX-License-Identifier: GPL-3.0-or-later
// check_bare_send HOSTS PROBES: sends an echo request to each of 127.0.0.0 + 1 .. HOSTS, PROBES
// times, over a ping socket, and reads nothing: what the kernel alone costs for a request and its
// answer.
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "perfdata/base/fd.h"
#include "perfdata/base/number.h"

namespace pingtrail::bench {
namespace {

constexpr std::size_t kPayloadBytes = 68;  // the check's default

int flood(std::uint32_t hosts, int probes) {
  const base::Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP));
  if (!fd) {
    std::fprintf(stderr, "check_bare_send: ping socket: %s\n", std::strerror(errno));
    return 1;
  }
  std::array<char, sizeof(icmphdr) + kPayloadBytes> packet{};
  packet[0] = ICMP_ECHO;  // the kernel fills in id and checksum
  sockaddr_in to{};
  to.sin_family = AF_INET;
  std::uint32_t sent = 0;
  for (int probe = 0; probe < probes; ++probe) {
    packet[7] = static_cast<char>(probe);
    for (std::uint32_t host = 1; host <= hosts; ++host) {
      to.sin_addr.s_addr = htonl((127U << 24U) + host);
      if (sendto(fd.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to),
                 sizeof to) > 0) {
        ++sent;
      }
    }
  }
  std::printf("sent %u\n", sent);
  return 0;
}

}  // namespace
}  // namespace pingtrail::bench

int main(int argc, char** argv) {
  const auto hosts = pingtrail::base::parse_integer(argc == 3 ? argv[1] : "");
  const auto probes = pingtrail::base::parse_integer(argc == 3 ? argv[2] : "");
  if (!hosts || !probes) {
    std::fprintf(stderr, "usage: check_bare_send HOSTS PROBES\n");
    return 2;
  }
  return pingtrail::bench::flood(static_cast<std::uint32_t>(*hosts), static_cast<int>(*probes));
}
