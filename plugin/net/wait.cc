// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/wait.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>

#include "perfdata/base/posix_clock.h"

namespace pingtrail::net {
namespace {

constexpr std::size_t kMostWatched = 4;
constexpr auto kLongestSleep = std::chrono::hours(1);  // keeps the arithmetic within its range

timespec as_timespec(base::Nanoseconds duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  timespec value{};
  value.tv_sec = seconds.count();
  value.tv_nsec = (duration - seconds).count();
  return value;
}

}  // namespace

void interruptible_wait(std::span<Watched> watched, base::MonoTime until) {
  std::array<pollfd, kMostWatched> polled{};
  const std::size_t count = std::min(watched.size(), polled.size());
  for (std::size_t i = 0; i < count; ++i) polled[i] = pollfd{watched[i].fd, POLLIN, 0};
  const base::MonoTime now = base::mono_now();
  const base::Nanoseconds left = std::clamp<base::Nanoseconds>(
      until <= now ? base::Nanoseconds(0) : until - now, base::Nanoseconds(0), kLongestSleep);
  const timespec timeout = as_timespec(left);
  sigset_t none;
  sigemptyset(&none);
  const int ready = ppoll(polled.data(), count, &timeout, &none);
  for (std::size_t i = 0; i < count; ++i) watched[i].ready = ready > 0 && polled[i].revents != 0;
}

}  // namespace pingtrail::net
