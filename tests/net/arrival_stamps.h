// SPDX-License-Identifier: GPL-3.0-or-later
// When requests really reached the device. A packet is read only after the responder was woken,
// tens of microseconds later; the kernel stamps a copy of each as it hands it to the device.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"
#include "perfdata/base/time.h"

namespace pingtrail::fakenet {

class ArrivalStamps {
 public:
  // A packet socket on the device, seeing the beginnings of outgoing packets only.
  static base::Expected<ArrivalStamps> open(const char* device);

  // The instant at which `packet` was handed to the device. Packets must be asked for in the order
  // in which they are read. Absent when the kernel dropped the copy.
  std::optional<base::MonoTime> of(std::span<const std::uint8_t> packet);

 private:
  static constexpr std::size_t kHeadBytes =
      64;  // holds addresses, id and sequence of both families
  struct Stamp {
    std::array<std::uint8_t, kHeadBytes> head{};
    std::size_t length = 0;
    base::MonoTime at{};
  };

  explicit ArrivalStamps(base::Fd socket) : socket_(std::move(socket)) {}
  void collect();
  std::optional<base::MonoTime> find(std::span<const std::uint8_t> packet);

  base::Fd socket_;
  std::deque<Stamp> stamps_;
};

}  // namespace pingtrail::fakenet
