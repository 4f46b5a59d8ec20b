// SPDX-License-Identifier: GPL-3.0-or-later
// One ICMP socket at work. Internal to plugin/net.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "plugin/net/icmp_socket.h"
#include "plugin/net/receive_ring.h"
#include "plugin/net/stamp_clock.h"
#include "plugin/probe/session.h"

namespace pingtrail::net {

class Channel {
 public:
  // `payload` outlives the channel.
  Channel(IcmpSocket socket, std::span<const std::byte> payload);
  ~Channel();

  const IcmpSocket& socket() const { return socket_; }

  // At most kMessagesPerCall echoes, all of this family.
  void send(std::span<const probe::SendEcho> batch, probe::ProbeSession& session,
            const StampClock& clock);

  // Each reads what is there, but not for ever while more arrives; false when some may be left.
  bool read_errors(probe::ProbeSession& session, const StampClock& clock);
  bool read_replies(probe::ProbeSession& session, const StampClock& clock, probe::MonoTime now);

  bool awaits_stamps() const { return stamps_seen_ < stamp_keys_.size(); }

 private:
  void compose(std::span<const probe::SendEcho> batch, const probe::ProbeSession& session);
  void read_reply(std::size_t i, probe::ProbeSession& session, const StampClock& clock,
                  probe::MonoTime now);
  void read_error(std::size_t i, probe::ProbeSession& session, const StampClock& clock);
  int send_error(std::size_t message);
  void allow_fragments();
  void set_stamp_flags(int flags);
  void stamp_transmissions(bool wanted);
  void restart_stamp_keys();

  IcmpSocket socket_;
  std::span<const std::byte> payload_;
  std::uint16_t payload_sum_;
  ReceiveRing replies_;
  ReceiveRing errors_;

  bool stamping_ = true;
  // What the kernel numbers its transmit stamps by: the n-th message sent while stamping.
  std::vector<probe::SendEcho> stamp_keys_;
  std::size_t stamps_seen_ = 0;

  struct Outgoing;  // buffers for one call of sendmmsg
  std::unique_ptr<Outgoing> outgoing_;
};

}  // namespace pingtrail::net
