// SPDX-License-Identifier: GPL-3.0-or-later
// The loop that carries a session's wishes to a network and the network's answers back.
#pragma once

#include <functional>
#include <span>

#include "plugin/probe/session.h"

namespace pingtrail::probe {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime now() const = 0;
};

struct Reception {
  MonoTime up_to{};          // everything that arrived before has been handed to the session
  bool interrupted = false;  // SIGTERM or SIGINT came
};

// A network. Implementations: plugin/net (ICMP sockets), tests/support (scripted).
class Transport {
 public:
  virtual ~Transport() = default;

  // How replies will be known; fixed for the life of the transport.
  virtual EchoIdentity identity() const = 0;

  // Sends the batch in order and reports each echo to the session by sent(), refused() or
  // postponed().
  virtual void send(std::span<const SendEcho> batch, ProbeSession& session) = 0;

  // Hands everything that has arrived to the session; with nothing there, waits for a packet until
  // `until`. Returns at the latest shortly after `until`; a moment in the past only drains.
  virtual Reception receive(MonoTime until, ProbeSession& session) = 0;
};

// Asked after packets arrived: is the answer fixed, whatever the outstanding probes do? `changed`
// lists the targets whose tally changed since it was last asked.
using Settled = std::function<bool(const ProbeSession&, std::span<const TargetIndex> changed)>;

// Runs the session to its end. An empty `settled` never ends it early.
ProbeResults run(ProbeSession session, Transport& transport, const Clock& clock,
                 const Settled& settled = {});

}  // namespace pingtrail::probe
