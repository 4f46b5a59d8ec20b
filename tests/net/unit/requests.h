// SPDX-License-Identifier: GPL-3.0-or-later
// Echo requests as bytes, with checksums worked out by hand: id 0x1234, sequence 7, hop limit 9,
// traffic class 0x20, DF set, payload 0x10..0x1f.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/net/packet.h"

namespace pingtrail::fakenet {

inline constexpr std::string_view kRequest4 =  // 198.18.0.1 to 198.18.0.10
    "4520002c000140000901e580c6120001c612000a"
    "08002d0412340007101112131415161718191a1b1c1d1e1f";
inline constexpr std::string_view kRequest6 =  // 2001:db8::1 to 2001:db8::10
    "6200000000183a0920010db800000000000000000000000120010db8000000000000000000000010"
    "8000592e12340007101112131415161718191a1b1c1d1e1f";

inline Bytes from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(text[at]) << 4 | digit(text[at + 1])));
  }
  return bytes;
}

}  // namespace pingtrail::fakenet
