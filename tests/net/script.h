// SPDX-License-Identifier: GPL-3.0-or-later
// The script of a fake network: which address answers how. The grammar is in README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "tests/net/address.h"
#include "tests/net/packet.h"

namespace pingtrail::fakenet {

using base::Nanoseconds;

// A set of probe numbers, counted from 1 for each address and echo id.
struct Selector {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges;

  bool contains(std::uint32_t number) const;
  bool operator==(const Selector&) const = default;
};

enum class AnswerKind : std::uint8_t {
  none,
  reply,
  corrupt,    // one payload byte flipped, checksum right
  zeroed,     // payload all zero, checksum right
  checksum,   // checksum wrong
  id,         // another id
  sequence,   // another sequence number
  foreign,    // from another address
  truncated,  // only so many bytes of the payload
  padded,     // so many bytes more
  error,      // an ICMP error
};

struct Answer {
  AnswerKind kind = AnswerKind::reply;
  ErrorKind error = ErrorKind::host_unreachable;
  std::string label = "reply";       // the word of the script, for the log
  std::optional<Address> from;       // foreign: sender; default: the host's router
  std::uint16_t number = 0;          // truncated, padded: bytes; too-big: MTU
  std::optional<Nanoseconds> delay;  // default: the host's
  std::optional<Selector> probes;    // default: all
};

enum class Spread : std::uint8_t { uniform, normal };

struct Window {
  Nanoseconds from{0};
  Nanoseconds to{0};  // not included
};

struct HostRule {
  std::vector<AddressRange> addresses;
  Nanoseconds delay{0};
  std::vector<Nanoseconds> delays;  // of the first probes, instead of `delay`
  Nanoseconds jitter{0};
  Spread spread = Spread::uniform;
  Nanoseconds slow_delay{0};  // second mode, taken with slow_chance
  double slow_chance = 0;     // 0..1
  double loss_chance = 0;     // 0..1
  Selector lose;
  std::uint32_t copies = 1;
  std::optional<Selector> copied;  // default: all
  std::vector<Answer> answers;     // the first that selects the probe; default: a valid reply
  std::vector<Answer> also;        // all that select the probe, beside it
  std::vector<Window> down;
  Nanoseconds period{0};  // of `down`; 0: once
  bool dead = false;
  std::uint8_t hops = 0;  // requests with a smaller TTL end on the way
  std::uint32_t mtu = 0;  // of the narrowest link; 0: none
  std::optional<Address> router4;
  std::optional<Address> router6;
  bool quote_all = true;
  Forgery forgery = Forgery::none;
};

struct Device {
  std::uint32_t mtu = 1500;
  std::vector<std::string> addresses;    // with prefix
  std::vector<std::string> routes;       // further prefixes behind the device
  std::vector<std::string> unreachable;  // prefixes the kernel itself refuses
};

struct Script {
  Device device;
  std::vector<HostRule> hosts;  // the first that holds an address speaks for it
};

// Parses a whole script. Errors name `name`, the line and the word: "demo.net: line 3: ...".
base::Expected<Script> parse_script(std::string_view text, const std::string& name);

}  // namespace pingtrail::fakenet
