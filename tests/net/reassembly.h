// SPDX-License-Identifier: GPL-3.0-or-later
// Puts fragments together again. Sources: RFC 791 3.2, RFC 8200 4.5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "tests/net/packet.h"

namespace pingtrail::fakenet {

bool is_fragment(std::span<const std::uint8_t> packet);

struct WholePacket {
  Bytes packet;                   // without fragment header or flags
  std::size_t largest_piece = 0;  // bytes of its largest fragment
};

class Reassembler {
 public:
  // Takes a fragment; gives the packet when it was the last one missing. Fragments that overlap are
  // not expected. Unfinished packets beyond 4,096 are forgotten.
  std::optional<WholePacket> add(std::span<const std::uint8_t> fragment);

 private:
  struct Partial {
    Bytes header;
    Bytes data;
    std::size_t received = 0;
    std::optional<std::size_t> total;
    std::size_t largest_piece = 0;
  };
  std::map<Bytes, Partial> partials_;  // by source, destination, protocol, identification
};

}  // namespace pingtrail::fakenet
