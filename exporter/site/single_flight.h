// SPDX-License-Identifier: GPL-3.0-or-later
// One making for all who ask at the same time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace pingtrail::site {

// Gives every caller a result whose making began after it had asked: never an old one, and yet
// twenty callers at once cost two makings at most. `make` is called by one thread at a time; what
// it throws reaches its own caller, and the others try themselves.
template <typename T>
class SingleFlight {
 public:
  template <typename Make>
  std::shared_ptr<const T> get(const Make& make) {
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = begun_ + 1;
    ++asking_;
    while (done_ < wanted) {
      if (running_) {
        changed_.wait(lock);
        continue;
      }
      try {
        fly(lock, make);
      } catch (...) {
        leave();
        throw;
      }
    }
    std::shared_ptr<const T> out = newest_;
    leave();
    return out;
  }

 private:
  // The last who asked lets go of the result: it lives as long as somebody uses it.
  void leave() {
    if (--asking_ == 0) newest_.reset();
  }

  template <typename Make>
  void fly(std::unique_lock<std::mutex>& lock, const Make& make) {
    running_ = true;
    const std::uint64_t number = ++begun_;
    lock.unlock();
    std::shared_ptr<const T> made;
    try {
      made = make();
    } catch (...) {
      lock.lock();
      running_ = false;
      changed_.notify_all();
      throw;
    }
    lock.lock();
    running_ = false;
    done_ = number;
    newest_ = std::move(made);
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool running_ = false;
  std::uint64_t asking_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t done_ = 0;
  std::shared_ptr<const T> newest_;
};

}  // namespace pingtrail::site
