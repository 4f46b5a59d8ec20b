// SPDX-License-Identifier: GPL-3.0-or-later
// Decides when which probe is sent and what every packet that comes back means. No socket, no
// clock: instants and packets are arguments, so that any network can be played to it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <variant>
#include <vector>

#include "plugin/probe/address.h"
#include "plugin/probe/icmp.h"
#include "plugin/probe/plan.h"
#include "plugin/probe/results.h"

namespace pingtrail::probe {

// What makes a reply ours, beside its source and sequence.
struct EchoIdentity {
  std::uint16_t id_ipv4 = 0;
  std::uint16_t id_ipv6 = 0;
  std::vector<std::byte> payload;  // see echo_payload()
};

struct SendEcho {
  TargetIndex target = 0;
  ProbeIndex probe = 0;
  bool operator==(const SendEcho&) const = default;
};
struct WaitUntil {
  MonoTime at{};
  bool operator==(const WaitUntil&) const = default;
};
struct Finished {
  bool operator==(const Finished&) const = default;
};
using Action = std::variant<SendEcho, WaitUntil, Finished>;

// A message as the network delivered it, without an IP header. Borrowed for the call only.
struct Packet {
  Address source;
  std::span<const std::byte> icmp;
  MonoTime at{};                 // the kernel's receive stamp where there is one
  bool verify_checksum = false;  // nobody below has done so
  bool truncated = false;        // longer than the receiver's buffer
};

// One run over a list of targets. Targets must be distinct. Not for use by several threads.
//
// The caller loops: next() says what to do; every SendEcho is answered by exactly one of sent(),
// refused() or postponed() before next() is asked again.
class ProbeSession {
 public:
  ProbeSession(ProbePlan plan, std::vector<Address> targets, MonoTime start);

  // The identity may be known only once the sockets are open; set before the first received().
  void identify(EchoIdentity identity);

  Action next(MonoTime now);

  void sent(const SendEcho& echo, MonoTime at);
  void refused(const SendEcho& echo, base::Error why);  // this machine will not send it
  void postponed(const SendEcho& echo, MonoTime until);  // no buffer space; try again then

  // The kernel's transmit stamp, which may come after the reply.
  void transmitted(const SendEcho& echo, MonoTime kernel_stamp);

  void received(const Packet& packet);
  void failed(const IcmpError& error);  // an error that came otherwise than as a packet

  void interrupt();  // SIGTERM or SIGINT: nothing more is sent or waited for
  void settle();     // the answer cannot change any more: likewise

  const std::vector<Address>& targets() const { return addresses_; }
  const TargetTally& tally(TargetIndex target) const { return states_[target].tally; }
  // Targets whose tally changed since the last call.
  std::vector<TargetIndex> take_changed();

  ProbeResults finish(MonoTime now) &&;

 private:
  enum class Flight : std::uint8_t { unsent, in_flight, answered, lost, refused };
  struct Probe {
    MonoTime sent{};         // when send() returned
    MonoTime transmitted{};  // kernel stamp; valid when has_stamp
    MonoTime received{};
    std::uint32_t arrival = 0;
    Flight flight = Flight::unsent;
    bool has_stamp = false;
  };
  struct TargetState {
    TargetTally tally;
    std::vector<ProbeError> errors;
    std::optional<base::Error> local_fault;
    std::uint32_t arrivals = 0;
    std::uint32_t duplicates = 0;
    std::uint32_t late = 0;
    std::uint32_t corrupted = 0;
    bool changed = false;
  };

  Probe& probe(const SendEcho& echo);
  MonoTime due(std::uint64_t ordinal) const;
  SendEcho echo_at(std::uint64_t ordinal) const;
  void expire(MonoTime now);
  void reply(const EchoReply& reply, const Packet& packet);
  void touch(TargetIndex target);
  void give_up(const SendEcho& echo);
  bool known_payload(std::span<const std::byte> payload) const;
  ProbeRecord record(const Probe& probe) const;

  ProbePlan plan_;
  std::vector<Address> addresses_;
  std::unordered_map<Address, TargetIndex, AddressHash> index_;
  std::vector<TargetState> states_;
  std::vector<Probe> probes_;  // target by target, probes_per_target each
  std::vector<TargetIndex> changed_;
  std::vector<SendEcho> waiting_;   // in sending order; first_waiting_ is the oldest not yet settled
  EchoIdentity identity_;
  MonoTime start_;
};

}  // namespace pingtrail::probe
