// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/hash.h"

#include <sodium/crypto_hash_sha256.h>

namespace pingtrail::history {

Hash sha256(std::span<const std::uint8_t> bytes) {
  Hash out;
  // Needs no sodium_init(): nothing here depends on the processor's features or on randomness.
  crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
  return out;
}

}  // namespace pingtrail::history
