// SPDX-License-Identifier: GPL-3.0-or-later
// A transport and a clock that live in a test's own time: nothing waits, nothing is sent.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "plugin/probe/run.h"
#include "tests/support/echo_messages.h"

namespace pingtrail::support {

// Time that moves only when the transport waits.
class ManualClock final : public probe::Clock {
 public:
  probe::MonoTime now() const override { return now_; }
  void advance_to(probe::MonoTime at) { now_ = std::max(now_, at); }

 private:
  probe::MonoTime now_{std::chrono::seconds(1000)};
};

// Answers each echo as `script` says: with the delays after which valid replies come.
class ScriptedNetwork final : public probe::Transport {
 public:
  using Script = std::function<std::vector<probe::Nanoseconds>(const probe::SendEcho&)>;

  ScriptedNetwork(ManualClock& clock, Script script) : clock_(clock), script_(std::move(script)) {}

  probe::EchoIdentity identity() const override;
  void send(std::span<const probe::SendEcho> batch, probe::ProbeSession& session) override;
  probe::Reception receive(probe::MonoTime until, probe::ProbeSession& session) override;

  struct Sent {
    probe::SendEcho echo;
    probe::MonoTime at;
  };
  const std::vector<Sent>& sent() const { return sent_; }

  void interrupt_at(probe::MonoTime at) { interrupt_at_ = at; }
  // The next `count` echoes find the send buffer full.
  void fill_buffer(int count) { full_for_ = count; }

 private:
  struct Arrival {
    probe::Address source;
    std::uint16_t sequence;
  };
  ManualClock& clock_;
  Script script_;
  std::vector<Sent> sent_;
  std::multimap<probe::MonoTime, Arrival> under_way_;
  std::optional<probe::MonoTime> interrupt_at_;
  int full_for_ = 0;
};

}  // namespace pingtrail::support
