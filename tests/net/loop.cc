// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/loop.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "perfdata/base/posix_clock.h"
#include "tests/net/child.h"

namespace pingtrail::fakenet {
namespace {

constexpr int kBatch = 32;  // packets taken before due answers are looked at again

// Waits for a packet or a signal, at most until `until`. True when a signal came.
bool wait(const LoopPlan& plan, base::MonoTime until) {
  std::array<pollfd, 2> watched{{{plan.device, POLLIN, 0}, {plan.signals, POLLIN, 0}}};
  const Nanoseconds left = std::max(until - base::mono_now(), Nanoseconds(0));
  const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
  ppoll(watched.data(), watched.size(), &timeout, nullptr);
  return watched[1].revents != 0;
}

// Hands signals on; the child's exit code once it has ended.
std::optional<int> handle_signals(const LoopPlan& plan) {
  signalfd_siginfo info{};
  while (read(plan.signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (info.ssi_signo != SIGCHLD) {
      signal_child(plan.child, static_cast<int>(info.ssi_signo));
    }
  }
  return exit_code(plan.child);
}

}  // namespace

int serve(const LoopPlan& plan, Responder& responder, GroundTruth& log) {
  bool busy = false;
  while (true) {
    responder.write_due();
    if (responder.read(kBatch) > 0) {
      busy = true;
      continue;
    }
    const base::MonoTime now = base::mono_now();
    const base::MonoTime due = responder.next_due().value_or(plan.deadline);
    if (now >= plan.deadline) {
      signal_child(plan.child, SIGKILL);
      return kTimedOut;
    }
    if (due - now < plan.spin) {
      continue;  // reads and looks at the clock until it is time
    }
    if (busy && (log.is_large() || due - now > std::chrono::milliseconds(1))) {
      log.flush();  // only where there is time for it
      busy = false;
      continue;
    }
    if (wait(plan, std::min(due - plan.spin, plan.deadline))) {
      if (const std::optional<int> code = handle_signals(plan)) {
        return *code;
      }
    }
  }
}

}  // namespace pingtrail::fakenet
