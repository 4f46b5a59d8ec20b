// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/interruption.h"

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <utility>

namespace pingtrail::net {
namespace {

constexpr int kUnknown = 3;
constexpr std::chrono::milliseconds kGrace(400);  // the promise is 0.5 s

volatile std::sig_atomic_t was_interrupted = 0;

// Filled before a handler is installed and not changed afterwards.
struct LastWords {
  std::string interrupted;
  std::string timeout;
  int timeout_code = kUnknown;
};
LastWords& last_words() {
  static LastWords words;
  return words;
}
LastWords& better_words() {
  static LastWords words;
  return words;
}
std::atomic<const LastWords*> handler_words = nullptr;
static_assert(std::atomic<const LastWords*>::is_always_lock_free);

void arm(base::Nanoseconds delay) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(delay).count();
  itimerval timer{};
  timer.it_value.tv_sec = microseconds / 1'000'000;
  timer.it_value.tv_usec = microseconds % 1'000'000;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

// Only async-signal-safe calls below: write, setitimer, _exit.
void on_interrupt(int /*signal*/) {
  was_interrupted = 1;
  arm(kGrace);
}

void on_alarm(int /*signal*/) {
  const LastWords& last = *handler_words.load();
  const bool stopped = was_interrupted != 0;
  const std::string& words = stopped ? last.interrupted : last.timeout;
  // Nobody is left to tell when even this fails.
  [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, words.data(), words.size());
  _exit(stopped ? kUnknown : last.timeout_code);
}

// SIGTERM and SIGINT: SIG_BLOCK or SIG_UNBLOCK.
void hold_back(int how) {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  sigaddset(&held, SIGINT);
  sigprocmask(how, &held, nullptr);
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void guard_process(std::string interrupted_answer, std::string timeout_answer,
                   base::Nanoseconds timeout) {
  last_words() = LastWords{std::move(interrupted_answer), std::move(timeout_answer), kUnknown};
  handler_words = &last_words();
  hold_back(SIG_BLOCK);
  handle(SIGTERM, on_interrupt);
  handle(SIGINT, on_interrupt);
  handle(SIGALRM, on_alarm);
  arm(timeout);
}

void occupy_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (fcntl(stream, F_GETFD) >= 0) continue;
    // The lowest number that is free is this one. Without /dev/null nothing is worse than before.
    [[maybe_unused]] const int taken = open("/dev/null", O_PATH);
  }
}

void prepare_answer(std::string timeout_answer, int code) {
  better_words() = LastWords{last_words().interrupted, std::move(timeout_answer), code};
  handler_words = &better_words();
  hold_back(SIG_UNBLOCK);
}

void release_guard() { arm(base::Nanoseconds(0)); }

bool interrupted() { return was_interrupted != 0; }

}  // namespace pingtrail::net
