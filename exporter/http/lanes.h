// SPDX-License-Identifier: GPL-3.0-or-later
// Work that waits apart, so that what is slow does not hold up what is quick.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pingtrail::http {

// A queue with threads of its own. What it is given is done in the order of arrival.
class Lane {
 public:
  Lane(std::size_t threads, std::size_t most_waiting);
  ~Lane();  // does what is waiting, then ends
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // False when too much is waiting already: the work was not taken.
  bool add(std::function<void()> work);

 private:
  void run();

  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pingtrail::http
