// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/icmp_transport.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"
#include "plugin/net/channel.h"
#include "plugin/net/interruption.h"
#include "plugin/net/wait.h"

namespace pingtrail::net {
namespace {

using base::MonoTime;
using probe::Family;
using probe::SendEcho;

ClockReading read_clocks() {
  ClockReading reading;
  reading.before = base::mono_now();
  reading.real = base::realtime_now();
  reading.after = base::mono_now();
  return reading;
}

// The offset of the first reading is the one that stays: take the least disturbed of a few.
ClockReading read_clocks_well() {
  constexpr int kReadings = 5;
  ClockReading best = read_clocks();
  for (int i = 1; i < kReadings; ++i) {
    const ClockReading reading = read_clocks();
    if (reading.after - reading.before < best.after - best.before) best = reading;
  }
  return best;
}

}  // namespace

base::Expected<probe::Secret> draw_secret() {
  probe::Secret secret{};
  // Up to 256 bytes come whole or not at all (getrandom(2)).
  if (getrandom(secret.data(), secret.size(), 0) < 0) {
    return base::posix_error("random numbers", errno);
  }
  return secret;
}

probe::MonoTime SystemClock::now() const { return base::mono_now(); }

struct IcmpTransport::Implementation {
  std::vector<std::byte> payload;
  std::vector<std::unique_ptr<Channel>> channels;  // at most one a family
  StampClock clock{read_clocks_well()};

  Channel* channel(Family family) {
    for (const auto& candidate : channels) {
      if (candidate->socket().family == family) return candidate.get();
    }
    return nullptr;
  }

  // False when packets that had arrived before the call may be left.
  bool drain(probe::ProbeSession& session, MonoTime now) {
    bool emptied = true;
    for (const auto& channel : channels) {
      // Transmit stamps first: a reply is judged by the stamp of its request. A stamp that was
      // under way meanwhile is fetched behind the replies.
      if (channel->awaits_stamps()) channel->read_errors(session, clock);
      emptied = channel->read_replies(session, clock, now) && emptied;
      if (channel->awaits_stamps()) channel->read_errors(session, clock);
    }
    return emptied;
  }

  MonoTime emptied_at{base::mono_now()};  // everything from before has been handed over
};

IcmpTransport::IcmpTransport(std::vector<IcmpSocket> sockets, const probe::Secret& secret,
                             std::size_t payload_bytes)
    : implementation_(std::make_unique<Implementation>()) {
  implementation_->payload = probe::echo_payload(secret, payload_bytes);
  for (IcmpSocket& socket : sockets) {
    implementation_->channels.push_back(
        std::make_unique<Channel>(std::move(socket), implementation_->payload));
  }
}

IcmpTransport::~IcmpTransport() = default;

bool IcmpTransport::has(Family family) const { return implementation_->channel(family) != nullptr; }

probe::EchoIdentity IcmpTransport::identity() const {
  probe::EchoIdentity identity;
  identity.payload = implementation_->payload;
  for (const auto& channel : implementation_->channels) {
    const IcmpSocket& socket = channel->socket();
    (socket.family == Family::ipv4 ? identity.id_ipv4 : identity.id_ipv6) = socket.id;
  }
  return identity;
}

void IcmpTransport::send(std::span<const SendEcho> batch, probe::ProbeSession& session) {
  const auto family_of = [&](const SendEcho& echo) {
    return session.targets()[echo.target].family;
  };
  while (!batch.empty()) {
    const Family family = family_of(batch.front());
    const auto stop = std::find_if(batch.begin(), batch.end(),
                                   [&](const SendEcho& echo) { return family_of(echo) != family; });
    const auto count =
        std::min<std::size_t>(static_cast<std::size_t>(stop - batch.begin()), kMessagesPerCall);
    const auto part = batch.first(count);
    batch = batch.subspan(count);
    if (Channel* channel = implementation_->channel(family)) {
      channel->send(part, session, implementation_->clock);
      continue;
    }
    for (const SendEcho& echo : part) {
      const std::string host = probe::format_address(session.targets()[echo.target]);
      session.refused(echo, base::Error{base::ErrorKind::unreachable,
                                        host + ": no socket for its address family"});
    }
  }
}

probe::Reception IcmpTransport::receive(MonoTime until, probe::ProbeSession& session) {
  Implementation& self = *implementation_;
  if (until > base::mono_now()) {
    std::array<Watched, 2> watched{};
    for (std::size_t i = 0; i < std::min(self.channels.size(), watched.size()); ++i) {
      watched[i].fd = self.channels[i]->socket().fd.get();
    }
    interruptible_wait(watched, until);
    for (std::size_t i = 0; i < self.channels.size(); ++i) {
      if (watched[i].ready) self.channels[i]->read_errors(session, self.clock);
    }
  }
  const ClockReading reading = read_clocks();
  self.clock.observe(reading);
  if (self.drain(session, reading.before)) self.emptied_at = reading.before;
  return probe::Reception{self.emptied_at, interrupted()};
}

}  // namespace pingtrail::net
