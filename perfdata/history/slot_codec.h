// SPDX-License-Identifier: GPL-3.0-or-later
// A host's state as bytes: STATE_FORMAT.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/host_state.h"

namespace pingtrail::history {

constexpr std::size_t kSlotBytes = 2048;  // divides 4096: a slot never crosses a page
constexpr std::size_t kStateFileBytes = 2 * kSlotBytes;

// A slot's content with the number that tells which of two is newer.
struct Slot {
  std::uint64_t sequence = 0;
  HostState state;
};

// Writes into `out` (kSlotBytes). Texts that are too long are cut; pending transitions that find no
// room are dropped from the newest on and counted in state.lost_transitions. Returns the bytes
// used.
std::size_t encode_slot(Slot& slot, std::span<std::uint8_t> out);

// The error names the fact: "empty", "checksum", ... A slot of a newer version is not_permitted: it
// must not be overwritten.
base::Expected<Slot> decode_slot(std::span<const std::uint8_t> bytes);

// The newer good slot of a state file.
struct ReadState {
  Slot slot;
  bool one_bad = false;   // the other slot was damaged (not merely empty)
  std::size_t index = 0;  // 0 is A, 1 is B
};
base::Expected<ReadState> decode_state_file(std::span<const std::uint8_t> bytes);

}  // namespace pingtrail::history
