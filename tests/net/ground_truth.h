// SPDX-License-Identifier: GPL-3.0-or-later
// The log of what really happened, one line a probe; the grammar is in README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/fd.h"
#include "perfdata/base/time.h"
#include "tests/net/packet.h"

namespace pingtrail::fakenet {

struct LoggedAnswer {
  std::string_view label;
  base::MonoTime written{};  // the epoch: not written before the end
};

// One probe; its line is written when nothing more will happen to it.
struct ProbeEntry {
  base::MonoTime arrived{};
  Address source;
  Address destination;
  std::uint16_t id = 0;
  std::uint16_t sequence = 0;
  std::uint32_t number = 0;  // from 1, for its address and id
  std::size_t payload_bytes = 0;
  std::uint8_t hop_limit = 0;
  std::uint8_t traffic_class = 0;
  bool dont_fragment = false;
  bool checksum_valid = false;
  std::string_view silence;
  std::vector<LoggedAnswer> answers;
  std::size_t unwritten = 0;
};

ProbeEntry describe(const EchoRequest& request, base::MonoTime arrived);

struct Totals {
  std::uint64_t probes = 0;
  std::uint64_t ignored = 0;    // packets that were no echo requests
  std::uint64_t unstamped = 0;  // packets whose arrival is the time they were read
};

class GroundTruth {
 public:
  // An empty Fd: nothing is kept.
  explicit GroundTruth(base::Fd file) : file_(std::move(file)) {}
  ~GroundTruth() { flush(); }
  GroundTruth(const GroundTruth&) = delete;
  GroundTruth& operator=(const GroundTruth&) = delete;

  void begin(base::MonoTime start);
  void add(const ProbeEntry& entry);
  void end(base::MonoTime now, const Totals& totals);
  void flush();
  bool is_large() const { return text_.size() > 1'000'000; }

 private:
  void word(std::string_view name, std::int64_t value);
  void word(std::string_view name, std::string_view value);

  base::Fd file_;
  std::string text_;
  std::uint64_t lines_ = 0;
};

}  // namespace pingtrail::fakenet
