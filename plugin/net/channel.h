// SPDX-License-Identifier: GPL-3.0-or-later
// One ICMP socket at work. Internal to plugin/net.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "plugin/net/icmp_socket.h"
#include "plugin/net/socket_address.h"
#include "plugin/net/stamp_clock.h"
#include "plugin/probe/session.h"

namespace pingtrail::net {

inline constexpr std::size_t kMessagesPerCall = 32;

// Buffers for one call of recvmmsg. Not initialized: the kernel says how much it filled.
class ReceiveRing {
 public:
  ReceiveRing(std::size_t messages, std::size_t bytes_each);

  // How many messages one call of recvmmsg with `flags` delivered; 0 when there are none.
  std::size_t receive(int fd, int flags);
  std::size_t capacity() const { return messages_.size(); }

  const msghdr& header(std::size_t i) const { return messages_[i].msg_hdr; }
  std::span<const std::byte> bytes(std::size_t i) const;
  std::optional<probe::Address> name(std::size_t i) const;

 private:
  static constexpr std::size_t kControlBytes = 256;
  void prepare();

  std::size_t bytes_each_;
  std::size_t used_ = 0;  // messages whose lengths the kernel may have overwritten
  std::unique_ptr<std::byte[]> data_;
  std::unique_ptr<std::byte[]> control_;
  std::vector<mmsghdr> messages_;
  std::vector<iovec> vectors_;
  std::vector<sockaddr_in6> names_;
};

class Channel {
 public:
  // `payload` outlives the channel.
  Channel(IcmpSocket socket, std::span<const std::byte> payload);

  const IcmpSocket& socket() const { return socket_; }

  // At most kMessagesPerCall echoes, all of this family.
  void send(std::span<const probe::SendEcho> batch, probe::ProbeSession& session,
            const StampClock& clock);

  // Each reads until nothing is left.
  void read_errors(probe::ProbeSession& session, const StampClock& clock);
  void read_replies(probe::ProbeSession& session, const StampClock& clock, probe::MonoTime now);

  bool awaits_stamps() const { return stamps_seen_ < stamp_keys_.size(); }

 private:
  void compose(std::span<const probe::SendEcho> batch, const probe::ProbeSession& session);
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

  std::array<probe::EchoHeader, kMessagesPerCall> headers_{};
  std::array<std::array<iovec, 2>, kMessagesPerCall> vectors_{};
  std::array<SocketAddress, kMessagesPerCall> names_{};
  std::array<mmsghdr, kMessagesPerCall> messages_{};
};

}  // namespace pingtrail::net
