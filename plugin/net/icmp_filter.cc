// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/icmp_filter.h"

#include <linux/filter.h>
#include <linux/icmpv6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <span>

#include "perfdata/base/posix_error.h"

namespace pingtrail::net {
namespace {

using probe::Family;

constexpr std::uint32_t kPassAll = 0x7FFFFFFF;
constexpr std::uint32_t kIcmpHeader = 8;
constexpr std::uint32_t kIpv6Header = 40;
constexpr std::uint32_t kFragmentHeader = 8;
constexpr std::uint32_t kEchoRequestV4 = 0x0800;  // type and code
constexpr std::uint32_t kEchoRequestV6 = 0x8000;

constexpr sock_filter load(unsigned code, std::uint32_t operand) {
  return sock_filter{static_cast<std::uint16_t>(code), 0, 0, operand};
}

// A comparison at place `here` of the program that goes on at one of two later places.
constexpr sock_filter equal(std::size_t here, std::uint32_t operand, std::size_t if_true,
                            std::size_t if_false) {
  return sock_filter{static_cast<std::uint16_t>(BPF_JMP | BPF_JEQ | BPF_K),
                     static_cast<std::uint8_t>(if_true - here - 1),
                     static_cast<std::uint8_t>(if_false - here - 1), operand};
}

// A load beyond the end of the packet ends the program with "drop".

// Raw IPv4 sockets see the IP header, whose length goes into X. The quote in an error stands behind
// the ICMP header and begins with an IP header of its own, whose length is then added to X.
std::array<sock_filter, 21> ipv4_program(std::uint16_t id) {
  constexpr std::size_t kPass = 19;
  constexpr std::size_t kDrop = 20;
  return {
      /* 0*/ load(BPF_LDX | BPF_B | BPF_MSH, 0),
      /* 1*/ load(BPF_LD | BPF_B | BPF_IND, 0),  // type
      /* 2*/ equal(2, 0, 3, 5),                  // echo reply
      /* 3*/ load(BPF_LD | BPF_H | BPF_IND, 4),  // its id
      /* 4*/ equal(4, id, kPass, kDrop),
      /* 5*/ equal(5, 3, 8, 6),                                // destination unreachable
      /* 6*/ equal(6, 11, 8, 7),                               // time exceeded
      /* 7*/ equal(7, 12, 8, kDrop),                           // parameter problem
      /* 8*/ load(BPF_LD | BPF_B | BPF_IND, kIcmpHeader + 9),  // quoted protocol
      /* 9*/ equal(9, IPPROTO_ICMP, 10, kDrop),
      /*10*/ load(BPF_LD | BPF_B | BPF_IND, kIcmpHeader),  // quoted header length in words
      /*11*/ load(BPF_ALU | BPF_AND | BPF_K, 0x0F),
      /*12*/ load(BPF_ALU | BPF_LSH | BPF_K, 2),
      /*13*/ load(BPF_ALU | BPF_ADD | BPF_X, 0),
      /*14*/ load(BPF_MISC | BPF_TAX, 0),
      /*15*/ load(BPF_LD | BPF_H | BPF_IND, kIcmpHeader),  // quoted type and code
      /*16*/ equal(16, kEchoRequestV4, 17, kDrop),
      /*17*/ load(BPF_LD | BPF_H | BPF_IND, kIcmpHeader + 4),  // quoted id
      /*18*/ equal(18, id, kPass, kDrop),
      /*19*/ load(BPF_RET | BPF_K, kPassAll),
      /*20*/ load(BPF_RET | BPF_K, 0),
  };
}

// Raw IPv6 sockets see the message from the ICMPv6 header on. A request larger than the MTU is
// quoted with its fragment header.
std::array<sock_filter, 18> ipv6_program(std::uint16_t id) {
  constexpr std::size_t kPass = 16;
  constexpr std::size_t kDrop = 17;
  constexpr std::uint32_t kQuoted = kIcmpHeader + kIpv6Header;
  return {
      /* 0*/ load(BPF_LD | BPF_B | BPF_ABS, 0),  // type
      /* 1*/ equal(1, 129, 2, 4),                // echo reply
      /* 2*/ load(BPF_LD | BPF_H | BPF_ABS, 4),  // its id
      /* 3*/ equal(3, id, kPass, kDrop),
      // The other types that ICMP6_FILTER lets through are the errors 1 to 4.
      /* 4*/ load(BPF_LD | BPF_B | BPF_ABS, kIcmpHeader + 6),  // quoted next header
      /* 5*/ equal(5, IPPROTO_ICMPV6, 6, 8),
      /* 6*/ load(BPF_LDX | BPF_IMM, kQuoted),
      /* 7*/ load(BPF_JMP | BPF_JA, 12 - 7 - 1),
      /* 8*/ equal(8, IPPROTO_FRAGMENT, 9, kDrop),
      /* 9*/ load(BPF_LD | BPF_B | BPF_ABS, kQuoted),  // next header behind the fragment header
      /*10*/ equal(10, IPPROTO_ICMPV6, 11, kDrop),
      /*11*/ load(BPF_LDX | BPF_IMM, kQuoted + kFragmentHeader),
      /*12*/ load(BPF_LD | BPF_H | BPF_IND, 0),  // quoted type and code
      /*13*/ equal(13, kEchoRequestV6, 14, kDrop),
      /*14*/ load(BPF_LD | BPF_H | BPF_IND, 4),  // quoted id
      /*15*/ equal(15, id, kPass, kDrop),
      /*16*/ load(BPF_RET | BPF_K, kPassAll),
      /*17*/ load(BPF_RET | BPF_K, 0),
  };
}

base::Expected<base::Done> attach(int fd, std::span<sock_filter> program) {
  sock_fprog wanted{static_cast<unsigned short>(program.size()), program.data()};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &wanted, sizeof wanted) != 0) {
    return base::posix_error("raw ICMP socket: filter", errno);
  }
  return base::ok();
}

base::Expected<base::Done> pass_only_echo_and_errors(int fd) {
  icmp6_filter wanted{};
  for (std::uint32_t& word : wanted.data) word = 0xFFFFFFFFU;  // a set bit blocks its type
  for (const unsigned type : {1U, 2U, 3U, 4U, 129U}) wanted.data[type / 32] &= ~(1U << (type % 32));
  if (setsockopt(fd, IPPROTO_ICMPV6, ICMPV6_FILTER, &wanted, sizeof wanted) != 0) {
    return base::posix_error("raw ICMPv6 socket: filter", errno);
  }
  return base::ok();
}

// Bounded: on a busy machine packets may come as fast as they are thrown away, but the filter is in
// place by then.
void drain(int fd) {
  constexpr int kMostPackets = 100'000;
  std::array<char, 1> scrap{};
  for (int i = 0; i < kMostPackets; ++i) {
    if (recv(fd, scrap.data(), scrap.size(), MSG_DONTWAIT | MSG_TRUNC) < 0) return;
  }
}

}  // namespace

base::Expected<base::Done> attach_id_filter(int fd, Family family, std::uint16_t id) {
  if (family == Family::ipv4) {
    auto program = ipv4_program(id);
    if (auto attached = attach(fd, program); !attached) return attached;
  } else {
    if (auto passed = pass_only_echo_and_errors(fd); !passed) return passed;
    auto program = ipv6_program(id);
    if (auto attached = attach(fd, program); !attached) return attached;
  }
  drain(fd);
  return base::ok();
}

}  // namespace pingtrail::net
