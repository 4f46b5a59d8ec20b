// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/connections.h"

#include <sys/socket.h>

namespace pingtrail::http {

using base::MonoTime;

std::size_t Connections::count() const {
  const std::lock_guard lock(mutex_);
  return all_.size();
}

void Connections::opened(int fd, MonoTime now) {
  const std::lock_guard lock(mutex_);
  all_[fd] = One{now, std::nullopt, std::nullopt};
}

void Connections::begun(int fd, MonoTime now) {
  const std::lock_guard lock(mutex_);
  all_[fd].begun = now;
}

void Connections::asked(int fd, MonoTime now) {
  const std::lock_guard lock(mutex_);
  all_[fd].asked = now;
}

void Connections::took(int fd, MonoTime now) {
  const std::lock_guard lock(mutex_);
  all_[fd].took = now;
}

void Connections::done(int fd, MonoTime now) { opened(fd, now); }

void Connections::closed(int fd) {
  const std::lock_guard lock(mutex_);
  all_.erase(fd);
}

bool Connections::is_slow(const One& one, MonoTime now, const Patience& patience) {
  if (!one.asked) return now - one.begun > patience.request;
  if (one.took && now - *one.took > patience.piece) return true;
  return now - *one.asked > patience.answer;
}

void Connections::cut_slow(MonoTime now, const Patience& patience) {
  const std::lock_guard lock(mutex_);
  for (const auto& [fd, one] : all_) {
    if (is_slow(one, now, patience)) ::shutdown(fd, SHUT_RDWR);
  }
}

}  // namespace pingtrail::http
