// SPDX-License-Identifier: GPL-3.0-or-later
// Between the device and the scripted hosts: reads requests, keeps answers until they are due,
// writes them and the ground truth.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "tests/net/arrival_stamps.h"
#include "tests/net/ground_truth.h"
#include "tests/net/network.h"
#include "tests/net/reassembly.h"

namespace pingtrail::fakenet {

class Responder {
 public:
  // Borrows the descriptor and the log for its life. Without `stamps` a request arrives when it is
  // read.
  Responder(int device, std::optional<ArrivalStamps> stamps, Network network, GroundTruth& log,
            base::MonoTime start);

  // Takes at most `most` packets that have arrived; the number taken.
  int read(int most);
  // Writes every answer that is due.
  void write_due();
  std::optional<base::MonoTime> next_due() const;
  // Logs what was not answered yet, and the totals.
  void finish();

 private:
  struct Pending {
    base::MonoTime due{};
    std::uint64_t order = 0;  // answers due at the same instant leave in the script's order
    Bytes packet;
    std::shared_ptr<ProbeEntry> entry;
    std::size_t answer = 0;  // index in entry->answers
  };
  struct Later {
    bool operator()(const Pending& a, const Pending& b) const {
      return a.due != b.due ? a.due > b.due : a.order > b.order;
    }
  };

  void take(std::span<const std::uint8_t> packet, base::MonoTime arrived);
  void plan(const EchoRequest& request, base::MonoTime arrived);

  base::MonoTime arrival(std::span<const std::uint8_t> packet);

  int device_;
  std::optional<ArrivalStamps> stamps_;
  Network network_;
  GroundTruth& log_;
  base::MonoTime start_;
  Reassembler reassembler_;
  Bytes buffer_;
  std::priority_queue<Pending, std::vector<Pending>, Later> pending_;
  std::uint64_t order_ = 0;
  std::uint64_t probes_ = 0;
  std::uint64_t ignored_ = 0;
  std::uint64_t unstamped_ = 0;
};

}  // namespace pingtrail::fakenet
