// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/privileges.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>

namespace pingtrail::net {
namespace {

constexpr std::uint64_t bit(unsigned capability) { return std::uint64_t{1} << capability; }

constexpr std::uint64_t kNetwork = bit(CAP_NET_RAW) | bit(CAP_NET_ADMIN);
constexpr std::uint64_t kFiles =
    bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) | bit(CAP_FSETID);

struct Capabilities {
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
};

// What this process may still raise; read from the kernel once.
Capabilities& current() {
  static Capabilities capabilities;
  return capabilities;
}

// The wrappers of libcap would be one more library for two system calls.
Capabilities read_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  if (syscall(SYS_capget, &header, data.data()) != 0) return {};
  return Capabilities{data[0].effective | std::uint64_t{data[1].effective} << 32U,
                      data[0].permitted | std::uint64_t{data[1].permitted} << 32U};
}

// Fewer rights are always granted; more than permitted are never asked for. So there is no failure
// to act on.
void apply(const Capabilities& wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  data[0].effective = static_cast<std::uint32_t>(wanted.effective);
  data[1].effective = static_cast<std::uint32_t>(wanted.effective >> 32U);
  data[0].permitted = static_cast<std::uint32_t>(wanted.permitted);
  data[1].permitted = static_cast<std::uint32_t>(wanted.permitted >> 32U);
  if (syscall(SYS_capset, &header, data.data()) == 0) current() = wanted;
}

void set_effective(std::uint64_t wanted) {
  const std::uint64_t permitted = current().permitted;
  if ((wanted & permitted) == current().effective) return;
  apply(Capabilities{wanted & permitted, permitted});
}

}  // namespace

void lower_privileges() {
  current() = read_capabilities();
  set_effective(0);
}

RaisedPrivileges::RaisedPrivileges() { set_effective(kNetwork); }
RaisedPrivileges::~RaisedPrivileges() { set_effective(0); }

void drop_privileges() {
  const std::uint64_t kept = getuid() == 0 ? current().permitted & kFiles : 0;
  if (current().permitted != kept) apply(Capabilities{0, kept});
  if (geteuid() != getuid()) {
    // Without the capability only a change to the real user is granted, which is the one wanted.
    const uid_t user = getuid();
    if (setresuid(user, user, user) != 0) _exit(3);
  }
}

RaisedFileRights::RaisedFileRights() { set_effective(kFiles); }
RaisedFileRights::~RaisedFileRights() { set_effective(0); }

}  // namespace pingtrail::net
