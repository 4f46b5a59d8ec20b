// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/receive_ring.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>
#include <vector>

#include "plugin/net/socket_address.h"

namespace pingtrail::net {

struct ReceiveRing::Buffers {
  static constexpr std::size_t kControlBytes = 256;

  Buffers(std::size_t messages, std::size_t each)
      : bytes_each(each),
        data(std::make_unique_for_overwrite<std::byte[]>(messages * each)),
        control(std::make_unique_for_overwrite<std::byte[]>(messages * kControlBytes)),
        headers(messages),
        vectors(messages),
        names(messages),
        used(messages) {
    for (std::size_t i = 0; i < messages; ++i) {
      vectors[i] = iovec{data.get() + i * each, each};
      msghdr& header = headers[i].msg_hdr;
      header.msg_iov = &vectors[i];
      header.msg_iovlen = 1;
      header.msg_name = names[i].get();
      header.msg_control = control.get() + i * kControlBytes;
    }
  }

  // The kernel wrote over the lengths of the messages it filled last time.
  void restore_lengths() {
    for (std::size_t i = 0; i < used; ++i) {
      headers[i].msg_hdr.msg_namelen = SocketAddress::kBytes;
      headers[i].msg_hdr.msg_controllen = kControlBytes;
    }
  }

  std::size_t bytes_each;
  std::unique_ptr<std::byte[]> data;
  std::unique_ptr<std::byte[]> control;
  std::vector<mmsghdr> headers;
  std::vector<iovec> vectors;
  std::vector<SocketAddress> names;
  std::size_t used;
};

ReceiveRing::ReceiveRing(std::size_t messages, std::size_t bytes_each)
    : buffers_(std::make_unique<Buffers>(messages, bytes_each)) {}

ReceiveRing::~ReceiveRing() = default;

std::size_t ReceiveRing::receive(int fd, int flags) {
  // A socket reports an error of an earlier probe in place of packets, once each: ask again.
  constexpr int kTries = 64;
  Buffers& own = *buffers_;
  for (int i = 0; i < kTries; ++i) {
    own.restore_lengths();
    const int count = recvmmsg(fd, own.headers.data(), static_cast<unsigned>(own.headers.size()),
                               flags | MSG_DONTWAIT, nullptr);
    own.used =
        count > 0 ? static_cast<std::size_t>(count) : 1;  // a failed call may touch the first
    if (count > 0) return own.used;
    if (errno == EAGAIN) return 0;
  }
  return 0;
}

std::size_t ReceiveRing::capacity() const { return buffers_->headers.size(); }

const msghdr& ReceiveRing::header(std::size_t i) const { return buffers_->headers[i].msg_hdr; }

std::span<const std::byte> ReceiveRing::bytes(std::size_t i) const {
  return {buffers_->data.get() + i * buffers_->bytes_each, buffers_->headers[i].msg_len};
}

std::optional<probe::Address> ReceiveRing::name(std::size_t i) const {
  const std::size_t length = header(i).msg_namelen;
  if (length == 0) return std::nullopt;
  return to_address(buffers_->names[i].get(), length);
}

}  // namespace pingtrail::net
