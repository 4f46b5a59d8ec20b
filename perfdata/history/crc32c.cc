// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "perfdata/history/bytes.h"

namespace pingtrail::history {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;  // RFC 3720: 0x1edc6f41, bits reversed
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

// Eight bytes a step: tables[k][b] is the effect of byte b with k more bytes behind it.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? crc >> 1 ^ kReversedPolynomial : crc >> 1;
    }
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 0xffU];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xffffffff;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    for (std::size_t k = 0; k < 4; ++k) {
      crc ^= static_cast<std::uint32_t>(bytes[i + k]) << (8 * k);
    }
    std::uint32_t next = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      next ^= kTables[7 - k][crc >> (8 * k) & 0xffU] ^ kTables[3 - k][bytes[i + 4 + k]];
    }
    crc = next;
  }
  for (; i < bytes.size(); ++i) crc = crc >> 8 ^ kTables[0][(crc ^ bytes[i]) & 0xffU];
  return ~crc;
}

}  // namespace pingtrail::history
