// SPDX-License-Identifier: GPL-3.0-or-later
// The command that runs inside the fake network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::fakenet {

struct User {
  unsigned user = 0;
  unsigned group = 0;
};

// "nobody" or "65534" (its group is then the same number). Absent when there is no such user.
std::optional<User> find_user(const std::string& name);

struct ChildPlan {
  std::vector<char*> command;      // with a null pointer at the end, for execvp()
  std::optional<User> user;        // run as this user, without any capability
  bool drop_capabilities = false;  // stay the same user, but without any capability
  bool keep_net_raw = false;       // with `user`: keep CAP_NET_RAW as an ambient capability
};

// Starts the command in a process group of its own with no signal blocked. SIGCHLD, SIGTERM and
// SIGINT are to be blocked by the caller beforehand and come through signal_fd.
base::Expected<int> start_child(const ChildPlan& plan);

// Exit code of the child if it has ended: its own, or 128 + the signal that killed it.
std::optional<int> exit_code(int child);

// Signals the child's process group.
void signal_child(int child, int signal);

}  // namespace pingtrail::fakenet
