// SPDX-License-Identifier: GPL-3.0-or-later
// Little-endian fields in a buffer of fixed size: the alphabet of slot and journal record.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "perfdata/history/observation.h"

namespace pingtrail::history {

// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of the bytes.
std::uint32_t crc32c(std::span<const std::uint8_t> bytes);

// Stands for an absent instant; no clock shows it.
constexpr std::int64_t kNoInstant = INT64_MIN;

// Appends fields. What no longer fits is left out and fits() turns false; nothing is written beyond
// the end.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<std::uint8_t> out) : out_(out) {}

  template <typename T>
  void number(T value) {
    static_assert(std::is_integral_v<T>);
    put(static_cast<std::uint64_t>(value), sizeof(T));
  }
  void real(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void instant(WallTime at) { number(at.time_since_epoch().count()); }
  void instant(std::optional<WallTime> at) {
    number(at ? at->time_since_epoch().count() : kNoInstant);
  }
  void span(Milliseconds duration) { number(duration.count()); }
  void bytes(std::span<const std::uint8_t> raw) {
    if (!room(raw.size())) return;
    std::memcpy(out_.data() + used_, raw.data(), raw.size());
    used_ += raw.size();
  }
  // One length byte and the text, cut at `longest` bytes (at most 255).
  void text(std::string_view value, std::size_t longest) {
    value = value.substr(0, longest);
    number(static_cast<std::uint8_t>(value.size()));
    if (!room(value.size())) return;
    if (!value.empty()) std::memcpy(out_.data() + used_, value.data(), value.size());
    used_ += value.size();
  }

  std::size_t used() const { return used_; }
  std::size_t left() const { return out_.size() - used_; }
  bool fits() const { return fits_; }
  // Takes back what was written after `used` was read.
  void rewind(std::size_t used) {
    used_ = used;
    fits_ = true;
  }

 private:
  bool room(std::size_t size) {
    fits_ = fits_ && size <= out_.size() - used_;
    return fits_;
  }
  void put(std::uint64_t value, std::size_t size) {
    if (!room(size)) return;
    for (std::size_t i = 0; i < size; ++i) {
      out_[used_ + i] = static_cast<std::uint8_t>(value >> (8 * i) & 0xff);
    }
    used_ += size;
  }

  std::span<std::uint8_t> out_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

// Reads fields in the same order. Beyond the end everything is zero and fits() is false.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> in) : in_(in) {}

  template <typename T>
  T number() {
    static_assert(std::is_integral_v<T>);
    return static_cast<T>(get(sizeof(T)));
  }
  double real() { return std::bit_cast<double>(number<std::uint64_t>()); }
  WallTime instant() { return WallTime(Milliseconds(number<std::int64_t>())); }
  std::optional<WallTime> maybe_instant() {
    const auto ms = number<std::int64_t>();
    if (ms == kNoInstant) return std::nullopt;
    return WallTime(Milliseconds(ms));
  }
  Milliseconds span() { return Milliseconds(number<std::int64_t>()); }
  void bytes(std::span<std::uint8_t> raw) {
    if (!room(raw.size())) return;
    std::memcpy(raw.data(), in_.data() + used_, raw.size());
    used_ += raw.size();
  }
  std::string text() {
    const std::size_t size = number<std::uint8_t>();
    if (!room(size)) return {};
    std::string out(size, '\0');
    if (size != 0) std::memcpy(out.data(), in_.data() + used_, size);
    used_ += size;
    return out;
  }
  bool fits() const { return fits_; }

 private:
  bool room(std::size_t size) {
    fits_ = fits_ && size <= in_.size() - used_;
    return fits_;
  }
  std::uint64_t get(std::size_t size) {
    if (!room(size)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= static_cast<std::uint64_t>(in_[used_ + i]) << (8 * i);
    }
    used_ += size;
    return value;
  }

  std::span<const std::uint8_t> in_;
  std::size_t used_ = 0;
  bool fits_ = true;
};

}  // namespace pingtrail::history
