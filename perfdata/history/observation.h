// SPDX-License-Identifier: GPL-3.0-or-later
// What one check saw of one host, and the name under which that is kept.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "perfdata/base/time.h"

namespace pingtrail::history {

using base::BootTime;
using base::Milliseconds;
using base::WallTime;

// UP: at least one valid reply. DOWN: probes left, none was answered. INDETERMINATE: the check
// could not be tried (no socket, no route, no address, killed); it neither extends nor ends a
// state.
enum class ObservedState : std::uint8_t { up = 0, down = 1, indeterminate = 2 };

// "up", "down", "indeterminate": the words of every output and of the import format.
const char* state_word(ObservedState state);

// The kernel's boot id, 16 bytes; all zero where there is none.
using BootId = std::array<std::uint8_t, 16>;

// The 32 hexadecimal digits of /proc/sys/kernel/random/boot_id, with or without dashes and a final
// newline. Anything else gives the zero id.
BootId parse_boot_id(std::string_view text);

// One check of one host. The instant is that of its first probe.
struct Observation {
  WallTime wall{};
  std::optional<BootTime> boot;  // CLOCK_BOOTTIME at the same moment; absent in most imports
  BootId boot_id{};              // whose boot time that is
  ObservedState state = ObservedState::indeterminate;
  std::optional<Milliseconds> interval;  // what the caller states; > 0
  bool live = true;                      // false for imports: late is then judged by wall time
  bool operator==(const Observation&) const = default;
};

// Longest accepted name and series, bytes. DNS ends at 253, Nagios and Icinga object names at 255.
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxSeriesBytes = 64;

// Whose history: a host's name and, where a family was forced or a label given, a series.
struct HostKey {
  std::string name;
  std::string series;  // "" is the plain series
  auto operator<=>(const HostKey&) const = default;
};

// "name" or "name (series)", for people.
std::string display_name(const HostKey& key);

// The state file's name: name and series percent-encoded (all but A-Z a-z 0-9 _ - and a '.' that is
// not the first byte), joined by '~' when there is a series; over 200 bytes the first 180 followed
// by "%%" and the 16 hexadecimal digits of key_hash().
std::string state_file_name(const HostKey& key);

// FNV-1a, 64 bits, over name, one zero byte and series; the journal's short form of a key.
std::uint64_t key_hash(const HostKey& key);

// Why a key cannot be recorded (empty, too long, a control character in it); absent when it can.
std::optional<std::string> key_fault(const HostKey& key);

}  // namespace pingtrail::history
