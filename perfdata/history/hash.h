// SPDX-License-Identifier: GPL-3.0-or-later
// SHA-256 (FIPS 180-4), for the journal's chain.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace pingtrail::history {

using Hash = std::array<std::uint8_t, 32>;

Hash sha256(std::span<const std::uint8_t> bytes);

}  // namespace pingtrail::history
