// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of an exposition, into a buffer of fixed size. Pure.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "exporter/metrics/sample.h"

namespace pingtrail::metrics {

// A piece of an exposition; the line that passes this size is its last.
constexpr std::size_t kPieceBytes = 32768;

// The caller asks full() before each line. No line of ours is longer than kLongestLine: a label's
// value is at most 1,024 bytes of input, three times that escaped, and no line has seven.
class Lines {
 public:
  static constexpr std::size_t kLongestLine = 32768;

  Lines() : bytes_(new char[kPieceBytes + kLongestLine]), at_(bytes_.get()) {}

  bool full() const { return used() >= kPieceBytes; }
  std::size_t used() const { return static_cast<std::size_t>(at_ - bytes_.get()); }

  void text(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void byte(char c) { *at_++ = c; }
  void value(const Sample& sample, Unit unit) { at_ = sample.write(at_, unit); }

  // Moves all lines to the end of `out`.
  void flush(std::string& out) {
    out.append(bytes_.get(), used());
    at_ = bytes_.get();
  }

 private:
  std::unique_ptr<char[]> bytes_;
  char* at_;
};

}  // namespace pingtrail::metrics
