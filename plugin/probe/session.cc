// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/session.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

namespace pingtrail::probe {
namespace {

// The pace when as many probes are in flight as the receive buffer holds replies: slow enough for a
// reader to keep up, fast enough that a network of dead hosts does not hold up the living.
constexpr Nanoseconds kCrowdedGap = std::chrono::microseconds(50);

// Sleeping is exact to some 50 us (the kernel's timer slack), so intervals shorter than this can
// only be kept on average: what was late is made up for, within that much.
constexpr Nanoseconds kShortestKept = std::chrono::milliseconds(1);

// The moment from which the next interval counts, when something due at `due` happened at `now`.
MonoTime interval_begin(MonoTime due, MonoTime now, Nanoseconds interval) {
  return interval < kShortestKept ? std::max(due, now - kShortestKept) : now;
}

// A transmit stamp may lie this much before the moment we noted: the two clocks are read apart.
constexpr Nanoseconds kStampSlack = std::chrono::milliseconds(1);

}  // namespace

bool ProbeSession::Turn::operator>(const Turn& other) const {
  if (due != other.due) return due > other.due;
  return echo.probe > other.echo.probe;
}

ProbeSession::ProbeSession(ProbePlan plan, std::vector<Address> targets, MonoTime start)
    : plan_(plan), addresses_(std::move(targets)), states_(addresses_.size()), start_(start) {
  const auto planned = static_cast<std::uint32_t>(plan_.probes_per_target);
  index_.reserve(addresses_.size());
  for (TargetIndex target = 0; target < addresses_.size(); ++target) {
    index_.emplace(addresses_[target], target);
    states_[target].tally.planned = planned;
    states_[target].tally.unsent = planned;
  }
  probes_.resize(addresses_.size() * planned);
  if (addresses_.empty()) return;
  for (int round = 0; round < plan_.probes_per_target; ++round) {
    turns_.push_back(
        Turn{start_ + round * plan_.packet_interval, SendEcho{0, static_cast<ProbeIndex>(round)}});
  }
  std::make_heap(turns_.begin(), turns_.end(), std::greater<>());
}

void ProbeSession::identify(EchoIdentity identity) { identity_ = std::move(identity); }

ProbeSession::Probe& ProbeSession::at(const SendEcho& echo) {
  const auto per_target = static_cast<std::size_t>(plan_.probes_per_target);
  return probes_[echo.target * per_target + echo.probe];
}

Action ProbeSession::next(MonoTime now) {
  expire(now);
  if (settled_ || interrupted_) return Finished{};
  const bool all_sent = turns_.empty() && postponed_.empty();
  if (all_sent && in_flight_ == 0) return Finished{};
  if (now >= plan_.deadline) reach_deadline();
  if (deadline_reached_) return Finished{};
  if (!all_sent) return hand_out(now);
  return WaitUntil{std::min(next_expiry(), plan_.deadline)};
}

// The earliest moment at which the turn's probe may leave: its own time, the packet interval behind
// the last probe to the same target, and the pace of the whole run.
MonoTime ProbeSession::earliest(const Turn& turn) const {
  MonoTime at = turn.due;
  if (const auto& last = states_[turn.echo.target].last_sent) {
    at = std::max(at, *last + plan_.packet_interval);
  }
  if (last_send_) {
    at = std::max(at, rate_allows_);
    if (in_flight_ >= plan_.in_flight_limit) at = std::max(at, *last_send_ + kCrowdedGap);
  }
  return at;
}

Action ProbeSession::hand_out(MonoTime now) {
  const MonoTime wait_end = std::min(next_expiry(), plan_.deadline);
  if (!postponed_.empty()) {
    if (now < postponed_until_) return WaitUntil{std::min(postponed_until_, wait_end)};
    const SendEcho echo = postponed_.front();
    postponed_.erase(postponed_.begin());
    return echo;
  }
  const MonoTime due = earliest(turns_.front());
  if (now < due) return WaitUntil{std::min(due, wait_end)};

  std::pop_heap(turns_.begin(), turns_.end(), std::greater<>());
  Turn& turn = turns_.back();
  const SendEcho echo = turn.echo;
  if (echo.target + 1 < addresses_.size()) {
    ++turn.echo.target;
    turn.due = interval_begin(turn.due, now, plan_.target_interval) + plan_.target_interval;
    std::push_heap(turns_.begin(), turns_.end(), std::greater<>());
  } else {
    turns_.pop_back();
  }
  rate_allows_ =
      interval_begin(last_send_ ? rate_allows_ : now, now, plan_.minimum_gap) + plan_.minimum_gap;
  last_send_ = now;
  states_[echo.target].last_sent = now;
  return echo;
}

void ProbeSession::sent(const SendEcho& echo, MonoTime at_time) {
  Probe& probe = at(echo);
  probe.sent = at_time;
  probe.flight = Flight::in_flight;
  states_[echo.target].last_sent = at_time;
  TargetTally& tally = states_[echo.target].tally;
  --tally.unsent;
  ++tally.outstanding;
  flights_.push_back(echo);
  ++in_flight_;
  touch(echo.target);
}

void ProbeSession::refused(const SendEcho& echo, base::Error why) {
  at(echo).flight = Flight::refused;
  TargetState& state = states_[echo.target];
  --state.tally.unsent;
  ++state.tally.refused;
  state.local_fault = std::move(why);
  touch(echo.target);
}

void ProbeSession::postponed(const SendEcho& echo, MonoTime until) {
  postponed_.push_back(echo);
  postponed_until_ = until;
}

void ProbeSession::transmitted(const SendEcho& echo, MonoTime kernel_stamp) {
  if (echo.target >= addresses_.size() || echo.probe >= plan_.probes_per_target) return;
  Probe& probe = at(echo);
  if (probe.flight == Flight::unsent || probe.has_stamp) return;
  if (kernel_stamp < probe.sent - kStampSlack) return;
  probe.transmitted = kernel_stamp;
  probe.has_stamp = true;
}

// Probes are sent in the order of flights_ and all wait equally long, so the oldest come first.
void ProbeSession::expire(MonoTime now) {
  while (first_flight_ < flights_.size()) {
    const SendEcho& echo = flights_[first_flight_];
    Probe& probe = at(echo);
    if (probe.flight == Flight::in_flight) {
      if (now < probe.sent + plan_.wait) return;
      probe.flight = Flight::lost;
      TargetTally& tally = states_[echo.target].tally;
      --tally.outstanding;
      ++tally.lost;
      --in_flight_;
      touch(echo.target);
    }
    ++first_flight_;
  }
}

// The oldest flight may have been answered since expire() looked; its time is then merely early.
MonoTime ProbeSession::next_expiry() const {
  if (in_flight_ == 0 || first_flight_ >= flights_.size()) return MonoTime::max();
  const SendEcho& echo = flights_[first_flight_];
  const auto per_target = static_cast<std::size_t>(plan_.probes_per_target);
  return probes_[echo.target * per_target + echo.probe].sent + plan_.wait;
}

std::uint16_t ProbeSession::id_of(Family family) const {
  return family == Family::ipv4 ? identity_.id_ipv4 : identity_.id_ipv6;
}

bool ProbeSession::is_our_payload(std::span<const std::byte> payload) const {
  return std::equal(payload.begin(), payload.end(), identity_.payload.begin(),
                    identity_.payload.end());
}

void ProbeSession::received(const Packet& packet) {
  // An error quotes as much as it likes; only a reply must be there whole.
  const bool verify = packet.verify_checksum && !packet.truncated;
  const Message message = parse_message(packet.icmp, packet.source, verify);
  if (const auto* error = std::get_if<IcmpError>(&message)) return failed(*error);
  const auto* reply = std::get_if<EchoReply>(&message);
  if (reply != nullptr && !packet.truncated) return accept_reply(*reply, packet);
  if (reply != nullptr || std::get<NotOurs>(message).damaged) note_corrupted(packet.source);
}

// Replies mostly come in the order of the requests: the target behind the last one is tried first,
// since finding one of 10,000 costs 0.2 us of a cold cache (2026-11-21).
std::optional<TargetIndex> ProbeSession::target_of(const Address& source) {
  if (likely_ >= addresses_.size()) likely_ = 0;
  if (likely_ < addresses_.size() && addresses_[likely_] == source) return likely_++;
  const auto found = index_.find(source);
  if (found == index_.end()) return std::nullopt;
  likely_ = found->second + 1;
  return found->second;
}

void ProbeSession::note_corrupted(const Address& source) {
  if (const auto target = target_of(source)) ++states_[*target].corrupted;
}

void ProbeSession::accept_reply(const EchoReply& reply, const Packet& packet) {
  if (reply.id != id_of(packet.source.family)) return;
  const auto target = target_of(packet.source);
  if (!target) {
    ++foreign_;
    return;
  }
  const SendEcho echo{*target, reply.sequence};
  const bool known_sequence = reply.sequence < plan_.probes_per_target &&
                              at(echo).flight != Flight::unsent &&
                              at(echo).flight != Flight::refused;
  if (!known_sequence || !is_our_payload(reply.payload)) return note_corrupted(packet.source);
  if (at(echo).flight == Flight::answered) {
    ++states_[echo.target].duplicates;
    return;
  }
  answer(echo, packet.at);
}

// The stamp decides whether a reply was in time, not the moment at which a busy machine got round
// to reading it: a probe already given up is taken back.
void ProbeSession::answer(const SendEcho& echo, MonoTime received) {
  Probe& probe = at(echo);
  TargetState& state = states_[echo.target];
  const MonoTime left = probe.has_stamp && probe.transmitted <= received
                            ? probe.transmitted
                            : std::min(probe.sent, received);
  if (received - left > plan_.wait) {
    ++state.late;
    return;
  }
  if (probe.flight == Flight::in_flight) {
    --state.tally.outstanding;
    --in_flight_;
  } else {
    --state.tally.lost;
  }
  ++state.tally.answered;
  state.tally.round_trip_sum += received - left;
  probe.flight = Flight::answered;
  probe.received = received;
  probe.arrival = ++state.arrivals;
  touch(echo.target);
}

void ProbeSession::failed(const IcmpError& error) {
  if (error.id != id_of(error.family)) return;
  const auto found = index_.find(error.destination);
  if (found == index_.end() || error.sequence >= plan_.probes_per_target) return;
  const SendEcho echo{found->second, error.sequence};
  const Flight flight = at(echo).flight;
  if (flight == Flight::unsent || flight == Flight::refused) return;
  // RFC 792 promises eight bytes of the request, most quote more: all there is must fit.
  const std::size_t quoted = std::min(error.payload.size(), identity_.payload.size());
  if (!std::equal(error.payload.begin(),
                  error.payload.begin() + static_cast<std::ptrdiff_t>(quoted),
                  identity_.payload.begin())) {
    return;
  }
  std::vector<ProbeError>& errors = states_[echo.target].errors;
  const bool known = std::any_of(errors.begin(), errors.end(),
                                 [&](const ProbeError& seen) { return seen.probe == echo.probe; });
  if (known) return;
  errors.push_back(
      ProbeError{echo.probe, error.reporter, error.type, error.code, error.next_hop_mtu});
}

void ProbeSession::reach_deadline() { deadline_reached_ = true; }

void ProbeSession::interrupt() { interrupted_ = true; }

void ProbeSession::settle() { settled_ = true; }

void ProbeSession::touch(TargetIndex target) {
  if (states_[target].changed) return;
  states_[target].changed = true;
  changed_.push_back(target);
}

std::vector<TargetIndex> ProbeSession::take_changed() {
  for (const TargetIndex target : changed_) states_[target].changed = false;
  return std::exchange(changed_, {});
}

}  // namespace pingtrail::probe
