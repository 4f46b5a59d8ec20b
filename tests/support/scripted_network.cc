// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/scripted_network.h"

namespace pingtrail::support {

using probe::MonoTime;

probe::EchoIdentity ScriptedNetwork::identity() const {
  return {kId, kId, probe::echo_payload(secret(), 24)};
}

void ScriptedNetwork::send(std::span<const probe::SendEcho> batch, probe::ProbeSession& session) {
  for (const probe::SendEcho& echo : batch) {
    if (full_for_ > 0) {
      --full_for_;
      session.postponed(echo, clock_.now() + std::chrono::milliseconds(1));
      continue;
    }
    session.sent(echo, clock_.now());
    sent_.push_back({echo, clock_.now()});
    for (const probe::Nanoseconds delay : script_(echo)) {
      under_way_.emplace(clock_.now() + delay, Arrival{session.targets()[echo.target], echo.probe});
    }
  }
}

probe::Reception ScriptedNetwork::receive(MonoTime until, probe::ProbeSession& session) {
  MonoTime wake = std::max(until, clock_.now());
  if (!under_way_.empty()) wake = std::min(wake, under_way_.begin()->first);
  if (interrupt_at_) wake = std::min(wake, *interrupt_at_);
  clock_.advance_to(wake);
  while (!under_way_.empty() && under_way_.begin()->first <= clock_.now()) {
    const auto [at, arrival] = *under_way_.begin();
    under_way_.erase(under_way_.begin());
    const Bytes message =
        echo_reply(arrival.source.family, kId, arrival.sequence, identity().payload);
    session.received({arrival.source, message, at, false, false});
  }
  return {clock_.now(), interrupt_at_ && clock_.now() >= *interrupt_at_};
}

}  // namespace pingtrail::support
