// SPDX-License-Identifier: GPL-3.0-or-later
// The real network: echo requests and answers through ICMP sockets, in batches, with the kernel's
// time stamps for both directions.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "plugin/net/icmp_socket.h"
#include "plugin/probe/run.h"

namespace pingtrail::net {

// 128 random bits from the kernel. Without them a reply could be forged: an error, not a weaker
// secret.
base::Expected<probe::Secret> draw_secret();

// The monotonic clock of the machine.
class SystemClock final : public probe::Clock {
 public:
  probe::MonoTime now() const override;
};

// At most one socket a family. Not for use by several threads.
class IcmpTransport final : public probe::Transport {
 public:
  IcmpTransport(std::vector<IcmpSocket> sockets, const probe::Secret& secret,
                std::size_t payload_bytes);
  ~IcmpTransport() override;

  bool has(probe::Family family) const;

  probe::EchoIdentity identity() const override;

  // An echo to a family without a socket is refused, as is one that the kernel refuses for good; a
  // full send buffer postpones it.
  void send(std::span<const probe::SendEcho> batch, probe::ProbeSession& session) override;
  probe::Reception receive(probe::MonoTime until, probe::ProbeSession& session) override;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace pingtrail::net
