// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/channel.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"
#include "plugin/net/socket_address.h"

namespace pingtrail::net {
namespace {

using base::Error;
using base::ErrorKind;
using probe::Family;
using probe::MonoTime;
using probe::SendEcho;

constexpr std::size_t kLongestHeaders = 128;  // IPv4 header with options and the ICMP header
constexpr std::size_t kErrorBytes = 640;      // RFC 1812 4.3.2.3: errors of up to 576 bytes
constexpr std::size_t kRingBytes = 512U << 10U;
// 8,192 packets, then it is time to look at the clock again.
constexpr int kMostCalls = 256;
constexpr std::size_t kFloodMessages = 8;
constexpr auto kFullBufferPause = std::chrono::milliseconds(1);

// Stamps of both directions as far as the kernel knows them; where it knows none, user-space times
// do, so that failing to switch them on is no failure. Transmit stamps come through the error queue
// without their packet, numbered.
constexpr int kReceiveStamps = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE;
constexpr int kStampNumbers = SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
constexpr int kTransmitStamps = SOF_TIMESTAMPING_TX_SOFTWARE | kStampNumbers;

std::size_t reply_bytes(std::size_t payload_bytes) {
  return std::max(kErrorBytes, payload_bytes + kLongestHeaders);
}

std::size_t ring_messages(std::size_t bytes_each) {
  return std::clamp<std::size_t>(kRingBytes / bytes_each, 1, kMessagesPerCall);
}

template <typename Value>
Value read_value(const cmsghdr& control) {
  Value value{};
  std::memcpy(&value, CMSG_DATA(&control), sizeof value);
  return value;
}

bool holds_error(const cmsghdr& control) {
  return (control.cmsg_level == IPPROTO_IP && control.cmsg_type == IP_RECVERR) ||
         (control.cmsg_level == IPPROTO_IPV6 && control.cmsg_type == IPV6_RECVERR);
}

struct Controls {
  std::optional<base::Nanoseconds> stamp;  // wall clock
  std::optional<sock_extended_err> error;
  std::optional<probe::Address> reporter;
};

Controls controls_of(const msghdr& header) {
  Controls found;
  auto* mutable_header = const_cast<msghdr*>(&header);  // CMSG_NXTHDR only reads
  for (cmsghdr* control = CMSG_FIRSTHDR(mutable_header); control != nullptr;
       control = CMSG_NXTHDR(mutable_header, control)) {
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPING) {
      const timespec software = read_value<scm_timestamping>(*control).ts[0];
      const auto stamp =
          std::chrono::seconds(software.tv_sec) + base::Nanoseconds(software.tv_nsec);
      if (stamp.count() != 0) found.stamp = stamp;
    } else if (holds_error(*control)) {
      found.error = read_value<sock_extended_err>(*control);
      // The offender's address stands behind the fixed part (SO_EE_OFFENDER).
      sockaddr_storage offender{};
      const std::size_t fixed = CMSG_LEN(sizeof(sock_extended_err));
      const std::size_t length = std::min(control->cmsg_len - fixed, sizeof offender);
      std::memcpy(&offender, CMSG_DATA(control) + sizeof(sock_extended_err), length);
      found.reporter =
          to_address(reinterpret_cast<const sockaddr*>(&offender), static_cast<socklen_t>(length));
    }
  }
  return found;
}

std::string refusal_fact(int error_number) {
  switch (error_number) {
    case EPERM:
      return "sending is not permitted (local firewall)";
    case EMSGSIZE:
      return "packet is larger than the path's MTU and must not be fragmented";
    case EACCES:
      return "a broadcast address";
    default:
      return base::posix_error("", error_number).message.substr(2);
  }
}

Error refusal(const probe::Address& address, int error_number) {
  return Error{base::posix_error("", error_number).kind,
               probe::format_address(address) + ": " + refusal_fact(error_number)};
}

}  // namespace

struct Channel::Outgoing {
  std::array<probe::EchoHeader, kMessagesPerCall> headers{};
  std::array<std::array<iovec, 2>, kMessagesPerCall> vectors{};
  std::array<SocketAddress, kMessagesPerCall> names{};
  std::array<mmsghdr, kMessagesPerCall> messages{};
};

Channel::Channel(IcmpSocket socket, std::span<const std::byte> payload)
    : socket_(std::move(socket)),
      payload_(payload),
      payload_sum_(probe::ones_complement_sum(payload)),
      replies_(ring_messages(reply_bytes(payload.size())), reply_bytes(payload.size())),
      errors_(kMessagesPerCall, kErrorBytes),
      outgoing_(std::make_unique<Outgoing>()) {
  set_stamp_flags(kReceiveStamps | kTransmitStamps);
}

Channel::~Channel() = default;

void Channel::compose(std::span<const SendEcho> batch, const probe::ProbeSession& session) {
  Outgoing& out = *outgoing_;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    out.headers[i] =
        probe::echo_request_header(socket_.family, socket_.id, batch[i].probe, payload_sum_);
    out.vectors[i][0] = iovec{out.headers[i].data(), out.headers[i].size()};
    out.vectors[i][1] = iovec{const_cast<std::byte*>(payload_.data()), payload_.size()};
    out.names[i] = to_socket_address(session.targets()[batch[i].target], 0);
    msghdr& header = out.messages[i].msg_hdr;
    header = msghdr{};
    header.msg_name = out.names[i].get();
    header.msg_namelen = out.names[i].size();
    header.msg_iov = out.vectors[i].data();
    header.msg_iovlen = out.vectors[i].size();
  }
}

// Why message `message` cannot be sent: errno, or 0 when it went out after all. A socket reports an
// ICMP error about an earlier probe to the next call, whatever that one wants: only what repeats is
// about this message.
int Channel::send_error(std::size_t message) {
  constexpr int kTries = 4;
  int failure = 0;
  for (int i = 0; i < kTries; ++i) {
    if (sendmsg(socket_.fd.get(), &outgoing_->messages[message].msg_hdr, MSG_DONTWAIT) >= 0)
      return 0;
    failure = errno;
    if (failure == EAGAIN || failure == ENOBUFS) return failure;
    if (failure == EMSGSIZE && socket_.unfragmented) allow_fragments();
  }
  return failure;
}

// A full batch means that probes are due faster than they can be sent. A transmit stamp costs 0.6
// us of 3.4 us a probe (10,000 hosts on loopback, 2026-11-21); then the clock is read before and
// behind a few messages instead, and they share the time between: at most a few microseconds off.
void Channel::send(std::span<const SendEcho> batch, probe::ProbeSession& session,
                   const StampClock& clock) {
  compose(batch, session);
  const bool flood = batch.size() == kMessagesPerCall;
  stamp_transmissions(!flood);
  std::size_t done = 0;
  while (done < batch.size()) {
    const MonoTime at = base::mono_now();
    const int count =
        sendmmsg(socket_.fd.get(), &outgoing_->messages[done],
                 static_cast<unsigned>(flood ? std::min(kFloodMessages, batch.size() - done)
                                             : batch.size() - done),
                 MSG_DONTWAIT);
    const auto each = flood && count > 1 ? (base::mono_now() - at) / count : base::Nanoseconds(0);
    for (int i = 0; i < count; ++i, ++done) {
      session.sent(batch[done], at + i * each);
      if (!flood) stamp_keys_.push_back(batch[done]);
    }
    if (count > 0) continue;
    const MonoTime again = base::mono_now();
    const int failure = send_error(done);
    read_errors(session, clock);
    restart_stamp_keys();
    if (failure == 0) {
      session.sent(batch[done], again);
    } else if (failure == EAGAIN || failure == ENOBUFS) {
      for (; done < batch.size(); ++done) session.postponed(batch[done], again + kFullBufferPause);
      return;
    } else {
      session.refused(batch[done], refusal(session.targets()[batch[done].target], failure));
    }
    ++done;
  }
}

void Channel::allow_fragments() {
  const int mode = IP_PMTUDISC_WANT;
  setsockopt(socket_.fd.get(), IPPROTO_IP, IP_MTU_DISCOVER, &mode, sizeof mode);
  socket_.unfragmented = false;
}

void Channel::set_stamp_flags(int flags) {
  setsockopt(socket_.fd.get(), SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof flags);
}

void Channel::stamp_transmissions(bool wanted) {
  if (wanted == stamping_) return;
  stamping_ = wanted;
  set_stamp_flags(wanted ? kReceiveStamps | kTransmitStamps : kReceiveStamps | kStampNumbers);
}

// A message that failed may or may not have been numbered. Switching the numbering off and on sets
// the kernel's counter to 0.
void Channel::restart_stamp_keys() {
  set_stamp_flags(kReceiveStamps);
  set_stamp_flags(stamping_ ? kReceiveStamps | kTransmitStamps : kReceiveStamps | kStampNumbers);
  stamp_keys_.clear();
  stamps_seen_ = 0;
}

bool Channel::read_errors(probe::ProbeSession& session, const StampClock& clock) {
  for (int call = 0; call < kMostCalls; ++call) {
    const std::size_t count = errors_.receive(socket_.fd.get(), MSG_ERRQUEUE);
    for (std::size_t i = 0; i < count; ++i) read_error(i, session, clock);
    if (count < errors_.capacity()) return true;
  }
  return false;
}

void Channel::read_error(std::size_t i, probe::ProbeSession& session, const StampClock& clock) {
  const Controls controls = controls_of(errors_.header(i));
  if (!controls.error) return;
  const sock_extended_err& error = *controls.error;
  if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
    ++stamps_seen_;
    const auto stamp = controls.stamp ? clock.to_mono(*controls.stamp) : std::nullopt;
    if (stamp && error.ee_data < stamp_keys_.size()) {
      session.transmitted(stamp_keys_[error.ee_data], *stamp);
    }
    return;
  }
  const bool from_network =
      error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
  const auto destination = errors_.name(i);
  if (!from_network || !destination) return;
  probe::IcmpError reported;
  reported.family = socket_.family;
  reported.type = error.ee_type;
  reported.code = error.ee_code;
  reported.reporter = controls.reporter.value_or(probe::Address{});
  reported.destination = *destination;
  reported.next_hop_mtu = error.ee_errno == EMSGSIZE ? error.ee_info : 0;
  const auto message = probe::parse_quoted_request(reported, errors_.bytes(i));
  if (const auto* parsed = std::get_if<probe::IcmpError>(&message)) session.failed(*parsed);
}

bool Channel::read_replies(probe::ProbeSession& session, const StampClock& clock, MonoTime now) {
  for (int call = 0; call < kMostCalls; ++call) {
    const std::size_t count = replies_.receive(socket_.fd.get(), MSG_TRUNC);
    for (std::size_t i = 0; i < count; ++i) read_reply(i, session, clock, now);
    if (count < replies_.capacity()) return true;
  }
  return false;
}

void Channel::read_reply(std::size_t i, probe::ProbeSession& session, const StampClock& clock,
                         MonoTime now) {
  const auto source = replies_.name(i);
  if (!source) return;
  const auto stamp = controls_of(replies_.header(i)).stamp;
  probe::Packet packet;
  packet.source = *source;
  packet.at = stamp ? clock.to_mono(*stamp).value_or(now) : now;
  packet.truncated = (replies_.header(i).msg_flags & MSG_TRUNC) != 0;
  packet.icmp = replies_.bytes(i);
  if (socket_.kind == SocketKind::raw && socket_.family == Family::ipv4) {
    packet.verify_checksum = true;
    const auto inner = probe::ipv4_payload(packet.icmp);
    packet.truncated = packet.truncated || !inner;
    packet.icmp = inner.value_or(std::span<const std::byte>{});
  }
  session.received(packet);
}

}  // namespace pingtrail::net
