// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/namespace.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "perfdata/base/posix_error.h"
#include "tests/net/packet.h"

namespace pingtrail::fakenet {
namespace {

base::Expected<base::Done> write_file(const std::string& path, const std::string& text) {
  const base::Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || write(file.get(), text.data(), text.size()) < 0) {
    return base::posix_error(path, errno);
  }
  return base::ok();
}

base::Expected<base::Done> map_user(uid_t user, gid_t group) {
  if (auto done = write_file("/proc/self/setgroups", "deny"); !done) {
    return done;
  }
  if (auto done = write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1"); !done) {
    return done;
  }
  return write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

// Runs `ip -batch -` on the commands.
base::Expected<base::Done> run_ip(const std::string& commands) {
  FILE* pipe = popen("PATH=$PATH:/usr/sbin:/sbin ip -batch - >&2", "we");
  if (pipe == nullptr) {
    return base::posix_error("ip", errno);
  }
  std::fputs(commands.c_str(), pipe);
  if (pclose(pipe) != 0) {
    return base::invalid_input("ip", "could not set up the fake network (is iproute2 installed?)");
  }
  return base::ok();
}

// Addresses must be usable at once, nothing may be sent unasked, and replies may come from any
// address, our own included (a host reports its own unreachable neighbours).
base::Expected<base::Done> quieten() {
  struct Setting {
    const char* path;
    const char* value;
  };
  constexpr std::array<Setting, 8> kSettings{{
      {"ipv6/conf/fake0/accept_ra", "0"},
      {"ipv6/conf/fake0/accept_dad", "0"},
      {"ipv6/conf/fake0/router_solicitations", "0"},
      {"ipv6/conf/fake0/addr_gen_mode", "1"},
      {"ipv4/conf/all/rp_filter", "0"},
      {"ipv4/conf/fake0/rp_filter", "0"},
      {"ipv4/conf/fake0/accept_local", "1"},
      {"ipv4/conf/all/accept_local", "1"},
  }};
  for (const Setting& setting : kSettings) {
    if (auto done = write_file(std::string("/proc/sys/net/") + setting.path, setting.value);
        !done) {
      return done;
    }
  }
  return base::ok();
}

std::string commands_for(const Device& device) {
  std::string commands = "link set lo up\n";
  // The queue holds every probe of a burst; the kernel drops what does not fit.
  commands += "link set fake0 txqueuelen 60000 mtu " + std::to_string(device.mtu) + "\n";
  for (const std::string& address : device.addresses) {
    const bool is_ipv6 = address.find(':') != std::string::npos;
    commands += "addr add " + address + (is_ipv6 ? " nodad" : "") + " dev fake0\n";
  }
  commands += "link set fake0 up\n";
  for (const std::string& route : device.routes) {
    commands += "route add " + route + " dev fake0\n";
  }
  for (const std::string& route : device.unreachable) {
    commands += "route add unreachable " + route + "\n";
  }
  return commands;
}

// Did the kernel answer within 5 ms?
bool answers(int tun, const Bytes& request, const Address& address) {
  std::array<std::uint8_t, 2048> packet{};
  if (write(tun, request.data(), request.size()) < 0) {
    return false;
  }
  pollfd readable{tun, POLLIN, 0};
  while (poll(&readable, 1, 5) > 0) {
    const ssize_t length = read(tun, packet.data(), packet.size());
    if (length > 0 &&
        is_reply_from(std::span(packet).first(static_cast<std::size_t>(length)), address)) {
      return true;
    }
  }
  return false;
}

// An IPv6 address takes packets only once a kernel worker has been at it, even without duplicate
// address detection: 2 of 400 first probes lost their reply on a busy machine (2026-11-21). So each
// address is pinged from behind the device until it answers.
base::Expected<base::Done> await_addresses(int tun, const Device& device) {
  for (const std::string& text : device.addresses) {
    const Address address = *parse_address(text.substr(0, text.find('/')));
    Address neighbour = address;
    neighbour.bytes[address.size() - 1] ^= 2U;
    const Bytes request = build_request(neighbour, address);
    int attempts = 0;
    while (!answers(tun, request, address)) {
      if (++attempts == 400) {
        return base::invalid_input(text, "does not become usable");
      }
    }
  }
  return base::ok();
}

}  // namespace

base::Expected<Isolation> isolate() {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWNET) == 0) {
    return Isolation::as_root;
  }
  if (errno != EPERM || unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return base::Error{base::ErrorKind::not_permitted,
                       std::string("network namespace: ") + std::strerror(errno)};
  }
  if (auto done = map_user(user, group); !done) {
    return base::Error{base::ErrorKind::not_permitted, done.error().message};
  }
  return Isolation::in_user_namespace;
}

base::Expected<base::Fd> open_device(const Device& device) {
  base::Fd tun(open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!tun) {
    return base::Error{base::ErrorKind::not_permitted,
                       std::string("/dev/net/tun: ") + std::strerror(errno)};
  }
  ifreq request{};
  std::strncpy(request.ifr_name, "fake0", IFNAMSIZ - 1);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(tun.get(), TUNSETIFF, &request) != 0) {
    return base::Error{base::ErrorKind::not_permitted,
                       std::string("fake0: cannot create a TUN device: ") + std::strerror(errno)};
  }
  if (auto done = quieten(); !done) {
    return done.error();
  }
  if (auto done = run_ip(commands_for(device)); !done) {
    return done.error();
  }
  if (auto done = await_addresses(tun.get(), device); !done) {
    return done.error();
  }
  return tun;
}

base::Expected<base::Done> set_ping_sockets(bool open, Isolation isolation) {
  if (!open && isolation == Isolation::in_user_namespace) {
    return base::ok();  // closed is what a new namespace begins with; group 1 is not mapped here
  }
  const std::string all = isolation == Isolation::as_root ? "0 2147483647" : "0 0";
  return write_file("/proc/sys/net/ipv4/ping_group_range", open ? all : "1 0");
}

}  // namespace pingtrail::fakenet
