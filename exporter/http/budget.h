// SPDX-License-Identifier: GPL-3.0-or-later
// So much may be held at once, and no more.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace pingtrail::http {

// Bytes of answers that wait for their clients. Any thread.
class Budget : public std::enable_shared_from_this<Budget> {
 public:
  explicit Budget(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  // Gives its bytes back when it goes.
  class Share {
   public:
    Share(std::shared_ptr<Budget> from, std::size_t bytes)
        : from_(std::move(from)), bytes_(bytes) {}
    ~Share() { from_->used_ -= bytes_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    std::shared_ptr<Budget> from_;
    std::size_t bytes_;
  };

  // Null when there is no room for so many bytes beside those given out already. One answer alone
  // always fits.
  std::unique_ptr<Share> take(std::size_t bytes) {
    const std::size_t before = used_.fetch_add(bytes);
    auto share = std::make_unique<Share>(shared_from_this(), bytes);
    if (before > 0 && before + bytes > most_bytes_) share.reset();
    return share;
  }

 private:
  const std::size_t most_bytes_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace pingtrail::http
