// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/arrival_stamps.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::fakenet {
namespace {

constexpr std::size_t kBatch = 32;
// Older than what the device holds: their packets were dropped behind the copy.
constexpr std::size_t kMostStamps = 1024;
constexpr int kBufferBytes = 256 << 20;  // copies count with their whole buffers, near 1 KB each

// Accepts the first kHeadBytes of outgoing packets.
bool attach_filter(int socket, std::uint32_t head_bytes) {
  std::array<sock_filter, 4> code{{
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, PACKET_OUTGOING},
      {BPF_RET | BPF_K, 0, 0, head_bytes},
      {BPF_RET | BPF_K, 0, 0, 0},
  }};
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  return setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

std::optional<base::Nanoseconds> stamp_in(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS) {
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
      return std::chrono::seconds(stamp.tv_sec) + base::Nanoseconds(stamp.tv_nsec);
    }
  }
  return std::nullopt;
}

}  // namespace

base::Expected<ArrivalStamps> ArrivalStamps::open(const char* device) {
  base::Fd socket(::socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  // The protocol is given only by bind(), so that nothing comes in before the filter stands.
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(device));
  if (!socket || !attach_filter(socket.get(), kHeadBytes) ||
      setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return base::posix_error("packet socket", errno);
  }
  if (setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kBufferBytes, sizeof kBufferBytes) !=
      0) {
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &kBufferBytes, sizeof kBufferBytes);
  }
  return ArrivalStamps(std::move(socket));
}

void ArrivalStamps::collect() {
  struct Slot {
    Stamp stamp;
    iovec place{};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
  };
  std::array<Slot, kBatch> slots;
  std::array<mmsghdr, kBatch> messages{};
  for (std::size_t at = 0; at < kBatch; ++at) {
    slots[at].place = {slots[at].stamp.head.data(), kHeadBytes};
    messages[at].msg_hdr.msg_iov = &slots[at].place;
    messages[at].msg_hdr.msg_iovlen = 1;
    messages[at].msg_hdr.msg_control = slots[at].control.data();
    messages[at].msg_hdr.msg_controllen = slots[at].control.size();
  }
  const int count = recvmmsg(socket_.get(), messages.data(), kBatch, 0, nullptr);
  const base::MonoTime now = base::mono_now();
  const base::Nanoseconds wall = base::realtime_now();
  for (std::size_t at = 0; at < static_cast<std::size_t>(std::max(count, 0)); ++at) {
    const auto stamp = stamp_in(messages[at].msg_hdr);
    const base::Nanoseconds age = wall - stamp.value_or(wall);
    // A step of the wall clock between stamp and now shows as an age that cannot be.
    if (stamp && age >= base::Nanoseconds(0) && age < std::chrono::seconds(1)) {
      slots[at].stamp.length = messages[at].msg_len;
      slots[at].stamp.at = now - age;
      stamps_.push_back(slots[at].stamp);
    }
  }
}

std::optional<base::MonoTime> ArrivalStamps::find(std::span<const std::uint8_t> packet) {
  const auto found = std::find_if(stamps_.begin(), stamps_.end(), [packet](const Stamp& stamp) {
    return stamp.length == std::min(packet.size(), kHeadBytes) &&
           std::equal(stamp.head.begin(),
                      stamp.head.begin() + static_cast<std::ptrdiff_t>(stamp.length),
                      packet.begin());
  });
  if (found == stamps_.end()) {
    return std::nullopt;
  }
  const base::MonoTime at = found->at;
  stamps_.erase(stamps_.begin(), found + 1);
  return at;
}

std::optional<base::MonoTime> ArrivalStamps::of(std::span<const std::uint8_t> packet) {
  if (const auto at = find(packet)) {
    return at;
  }
  collect();
  if (stamps_.size() > kMostStamps) {
    stamps_.clear();
  }
  return find(packet);
}

}  // namespace pingtrail::fakenet
