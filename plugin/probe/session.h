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
// The caller loops: next() says what to do. Every SendEcho that next() hands out is answered by
// exactly one of sent(), refused() or postponed(), in any grouping, before time passes.
//
// A reply counts when source, id, sequence, size and payload are those of a probe that is not yet
// answered, and it came within the plan's wait. Sequences are numbered for each target on its own,
// so that they survive any number of targets. An ICMP error is noted as the reason of a loss, but
// its probe goes on waiting: an error can be forged or overtaken, and never outweighs a valid
// reply.
class ProbeSession {
 public:
  ProbeSession(ProbePlan plan, std::vector<Address> targets, MonoTime start);

  // The identity may be known only once the sockets are open; set before the first received().
  void identify(EchoIdentity identity);

  // `now` must not be later than the moment up to which packets were handed in, or replies that
  // wait in a buffer would be taken for lost.
  Action next(MonoTime now);

  void sent(const SendEcho& echo, MonoTime at);          // `at`: just before it was handed over
  void refused(const SendEcho& echo, base::Error why);   // this machine will not send it
  void postponed(const SendEcho& echo, MonoTime until);  // no buffer space; try again then

  // The kernel's transmit stamp, which may come after the reply.
  void transmitted(const SendEcho& echo, MonoTime kernel_stamp);

  void received(const Packet& packet);
  void failed(const IcmpError& error);  // an error that came otherwise than as a packet

  void interrupt();  // SIGTERM or SIGINT: nothing more is sent or waited for
  void settle();     // the answer cannot change any more: likewise

  // Ends the run as next() does at the plan's deadline: for a caller so busy with packets that the
  // moment up to which they are handed in lags behind the clock.
  void reach_deadline();
  MonoTime deadline() const { return plan_.deadline; }

  const std::vector<Address>& targets() const { return addresses_; }
  const TargetTally& tally(TargetIndex target) const { return states_[target].tally; }
  // Targets whose tally changed since the last call.
  std::vector<TargetIndex> take_changed();

  ProbeResults finish(MonoTime now) &&;

 private:
  enum class Flight : std::uint8_t { unsent, in_flight, answered, lost, refused };
  struct Probe {
    MonoTime sent{};         // just before the kernel got it
    MonoTime transmitted{};  // the kernel's stamp; valid with has_stamp
    MonoTime received{};     // valid when answered
    std::uint32_t arrival = 0;
    Flight flight = Flight::unsent;
    bool has_stamp = false;
  };
  struct TargetState {
    TargetTally tally;
    std::vector<ProbeError> errors;
    std::optional<base::Error> local_fault;
    std::optional<MonoTime> last_sent;
    std::uint32_t arrivals = 0;
    std::uint32_t duplicates = 0;
    std::uint32_t late = 0;
    std::uint32_t corrupted = 0;
    bool changed = false;
  };
  // The next probe of one round; a round is one probe to each target.
  struct Turn {
    MonoTime due{};
    SendEcho echo;
    bool operator>(const Turn& other) const;
  };

  Probe& at(const SendEcho& echo);
  MonoTime earliest(const Turn& turn) const;
  Action hand_out(MonoTime now);
  MonoTime next_expiry() const;
  void expire(MonoTime now);
  void accept_reply(const EchoReply& reply, const Packet& packet);
  void answer(const SendEcho& echo, MonoTime received);
  std::optional<TargetIndex> target_of(const Address& source);
  void note_corrupted(const Address& source);
  bool is_our_payload(std::span<const std::byte> payload) const;
  std::uint16_t id_of(Family family) const;
  void touch(TargetIndex target);
  ProbeRecord record_of(const Probe& probe) const;
  TargetResult take_result(TargetIndex target);

  ProbePlan plan_;
  std::vector<Address> addresses_;
  std::unordered_map<Address, TargetIndex, AddressHash> index_;
  TargetIndex likely_ = 0;  // the target whose reply is expected next
  std::vector<TargetState> states_;
  std::vector<Probe> probes_;  // target by target, probes_per_target each
  EchoIdentity identity_;
  MonoTime start_;

  std::vector<Turn> turns_;          // a heap with the earliest on top, one entry a round
  std::vector<SendEcho> postponed_;  // in sending order
  MonoTime postponed_until_{};
  std::optional<MonoTime> last_send_;
  MonoTime rate_allows_{};         // when the rate ceiling lets the next probe go
  std::vector<SendEcho> flights_;  // what was sent, in that order
  std::size_t first_flight_ = 0;   // the oldest that may still be waiting
  std::size_t in_flight_ = 0;

  std::vector<TargetIndex> changed_;
  std::uint32_t foreign_ = 0;
  bool settled_ = false;
  bool interrupted_ = false;
  bool deadline_reached_ = false;
};

}  // namespace pingtrail::probe
