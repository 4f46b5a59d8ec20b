// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/child.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "perfdata/base/number.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::fakenet {
namespace {

constexpr int kCannotStart = 126;

// Leaves exactly the capabilities of `mask` (numbers below 32) permitted and inheritable.
bool set_capabilities(std::uint32_t mask) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};
  data[0] = {mask, mask, mask};
  return syscall(SYS_capset, &header, data.data()) == 0;
}

bool become(const User& user, bool keep_net_raw) {
  if (keep_net_raw && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) {
    return false;
  }
  if (setgroups(0, nullptr) != 0 || setresgid(user.group, user.group, user.group) != 0 ||
      setresuid(user.user, user.user, user.user) != 0) {
    return false;
  }
  return !keep_net_raw || (set_capabilities(1U << CAP_NET_RAW) &&
                           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) == 0);
}

// Without SECBIT_NOROOT, exec would give user 0 everything back.
bool drop_all() {
  return prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0) == 0 &&
         set_capabilities(0);
}

[[noreturn]] void become_command(const ChildPlan& plan) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setpgid(0, 0);
  const bool ready = (!plan.user || become(*plan.user, plan.keep_net_raw)) &&
                     (!plan.drop_capabilities || drop_all());
  if (!ready) {
    std::perror("fakenet: cannot change the user or the capabilities of the command");
    _exit(kCannotStart);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  execvp(plan.command[0], plan.command.data());
  std::fprintf(stderr, "fakenet: %s: %s\n", plan.command[0], std::strerror(errno));
  _exit(kCannotStart);
}

}  // namespace

std::optional<User> find_user(const std::string& name) {
  if (const auto number = base::parse_integer(name); number && *number >= 0) {
    return User{static_cast<unsigned>(*number), static_cast<unsigned>(*number)};
  }
  const passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr) {
    return std::nullopt;
  }
  return User{entry->pw_uid, entry->pw_gid};
}

base::Expected<int> start_child(const ChildPlan& plan) {
  const pid_t child = fork();
  if (child < 0) {
    return base::posix_error(plan.command[0], errno);
  }
  if (child == 0) {
    become_command(plan);
  }
  setpgid(child, child);  // here too: whichever of the two comes first
  return child;
}

std::optional<int> exit_code(int child) {
  int status = 0;
  if (waitpid(child, &status, WNOHANG) != child) {
    return std::nullopt;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void signal_child(int child, int signal) { kill(-child, signal); }

}  // namespace pingtrail::fakenet
