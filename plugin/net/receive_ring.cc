// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>

#include "plugin/net/channel.h"

namespace pingtrail::net {

ReceiveRing::ReceiveRing(std::size_t messages, std::size_t bytes_each)
    : bytes_each_(bytes_each),
      data_(std::make_unique_for_overwrite<std::byte[]>(messages * bytes_each)),
      control_(std::make_unique_for_overwrite<std::byte[]>(messages * kControlBytes)),
      messages_(messages),
      vectors_(messages),
      names_(messages) {
  for (std::size_t i = 0; i < messages; ++i) {
    vectors_[i] = iovec{data_.get() + i * bytes_each_, bytes_each_};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_name = &names_[i];
    header.msg_control = control_.get() + i * kControlBytes;
  }
  used_ = messages;
}

// The kernel wrote over the lengths of the messages it filled last time.
void ReceiveRing::prepare() {
  for (std::size_t i = 0; i < used_; ++i) {
    messages_[i].msg_hdr.msg_namelen = sizeof(sockaddr_in6);
    messages_[i].msg_hdr.msg_controllen = kControlBytes;
  }
  used_ = 0;
}

std::size_t ReceiveRing::receive(int fd, int flags) {
  // A socket reports an error of an earlier probe in place of packets, once each: ask again.
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    prepare();
    const int count = recvmmsg(fd, messages_.data(), static_cast<unsigned>(messages_.size()),
                               flags | MSG_DONTWAIT, nullptr);
    if (count > 0) {
      used_ = static_cast<std::size_t>(count);
      return used_;
    }
    used_ = 1;  // a failed call may have touched the first
    if (errno == EAGAIN) return 0;
  }
  return 0;
}

std::span<const std::byte> ReceiveRing::bytes(std::size_t i) const {
  return {data_.get() + i * bytes_each_, messages_[i].msg_len};
}

std::optional<probe::Address> ReceiveRing::name(std::size_t i) const {
  const msghdr& header = messages_[i].msg_hdr;
  if (header.msg_namelen == 0) return std::nullopt;
  return to_address(static_cast<const sockaddr*>(header.msg_name), header.msg_namelen);
}

}  // namespace pingtrail::net
