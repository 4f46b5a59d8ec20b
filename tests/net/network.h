// SPDX-License-Identifier: GPL-3.0-or-later
// The behaviour of the scripted hosts: a request and its instant in, the packets they send out.
// Pure; chance is drawn from the seed, the address and the probe's number, never from the clock.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/net/script.h"

namespace pingtrail::fakenet {

struct PlannedAnswer {
  Nanoseconds delay{0};    // after the request's arrival
  std::string_view label;  // a word of the script; lives as long as the Network
  Bytes packet;
};

struct Verdict {
  std::uint32_t number = 0;  // of the probe, from 1, for its address and id
  std::string_view silence;  // why nothing is answered: unscripted, down, lost, dead, none; or ""
  std::vector<PlannedAnswer> answers;
};

class Network {
 public:
  Network(Script script, std::uint64_t seed);

  // `since_start` is the age of the network when the request arrived. Requests to one address are
  // numbered in the order of these calls.
  Verdict answer(const EchoRequest& request, Nanoseconds since_start);

 private:
  struct Host {
    const HostRule* rule = nullptr;
    std::vector<std::pair<std::uint16_t, std::uint32_t>> probes_of_id;  // id, probes so far
  };
  // One request with all that decides about it.
  struct Case {
    const EchoRequest& request;
    const HostRule& rule;
    std::uint64_t luck = 0;  // seed of this probe's draws
    Nanoseconds delay{0};
  };

  Host& host(const Address& address);
  void add(const Case& probe, const Answer& answer, Verdict& verdict) const;
  void add_error(const Case& probe, ErrorKind kind, std::uint32_t mtu, std::string_view label,
                 Nanoseconds delay, Verdict& verdict) const;
  bool stopped_on_the_way(const Case& probe, Verdict& verdict) const;
  Address router(const Case& probe) const;

  Script script_;
  std::uint64_t seed_;
  std::unordered_map<Address, Host, AddressHash> hosts_;
};

}  // namespace pingtrail::fakenet
