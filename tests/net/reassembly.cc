// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/reassembly.h"

#include <algorithm>

namespace pingtrail::fakenet {
namespace {

constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kFragmentHeader = 8;
constexpr std::uint8_t kNextHeaderFragment = 44;
constexpr std::size_t kMostPartials = 4096;

// What both families say about a fragment.
struct Piece {
  Bytes key;
  Bytes header;  // of the whole packet; its length field is still to be filled in
  std::span<const std::uint8_t> data;
  std::size_t offset = 0;
  bool more = false;
};

void append(Bytes& target, std::span<const std::uint8_t> bytes) {
  target.insert(target.end(), bytes.begin(), bytes.end());
}

Piece ipv4_piece(std::span<const std::uint8_t> packet) {
  const std::size_t header = std::size_t{packet[0] & 0x0FU} * 4;
  const std::uint16_t flags = read_16(packet, 6);
  Piece piece;
  append(piece.key, packet.subspan(12, 8));
  append(piece.key, packet.subspan(4, 2));
  piece.key.push_back(packet[9]);
  append(piece.header, packet.first(header));
  write_16(piece.header, 6, flags & 0x4000U);
  piece.data = packet.subspan(header);
  piece.offset = std::size_t{flags & 0x1FFFU} * 8;
  piece.more = (flags & 0x2000U) != 0;
  return piece;
}

Piece ipv6_piece(std::span<const std::uint8_t> packet) {
  const auto fragment = packet.subspan(kIpv6Header, kFragmentHeader);
  const std::uint16_t flags = read_16(fragment, 2);
  Piece piece;
  append(piece.key, packet.subspan(8, 32));
  append(piece.key, fragment.subspan(4, 4));
  append(piece.header, packet.first(kIpv6Header));
  piece.header[6] = fragment[0];
  piece.data = packet.subspan(kIpv6Header + kFragmentHeader);
  piece.offset = flags & 0xFFF8U;
  piece.more = (flags & 1U) != 0;
  return piece;
}

Bytes finished(Bytes header, const Bytes& data) {
  if (header[0] >> 4U == 6) {
    write_16(header, 4, data.size());
  } else {
    write_16(header, 2, header.size() + data.size());
    write_16(header, 10, 0);
    write_16(header, 10, internet_checksum(header));
  }
  append(header, data);
  return header;
}

}  // namespace

bool is_fragment(std::span<const std::uint8_t> packet) {
  if (packet.size() >= 20 && packet[0] >> 4U == 4) {
    const std::size_t header = std::size_t{packet[0] & 0x0FU} * 4;
    return (read_16(packet, 6) & 0x3FFFU) != 0 && header >= 20 && packet.size() >= header;
  }
  return packet.size() >= kIpv6Header + kFragmentHeader && packet[0] >> 4U == 6 &&
         packet[6] == kNextHeaderFragment;
}

std::optional<WholePacket> Reassembler::add(std::span<const std::uint8_t> fragment) {
  Piece piece = fragment[0] >> 4U == 4 ? ipv4_piece(fragment) : ipv6_piece(fragment);
  if (partials_.size() >= kMostPartials) {
    partials_.clear();
  }
  Partial& partial = partials_[piece.key];
  const std::size_t end = piece.offset + piece.data.size();
  partial.data.resize(std::max(partial.data.size(), end));
  std::copy(piece.data.begin(), piece.data.end(),
            partial.data.begin() + static_cast<std::ptrdiff_t>(piece.offset));
  partial.received += piece.data.size();
  partial.largest_piece = std::max(partial.largest_piece, fragment.size());
  if (piece.offset == 0) {
    partial.header = std::move(piece.header);
  }
  if (!piece.more) {
    partial.total = end;
  }
  if (partial.header.empty() || partial.total != partial.received) {
    return std::nullopt;
  }
  WholePacket whole{finished(std::move(partial.header), partial.data), partial.largest_piece};
  partials_.erase(piece.key);
  return whole;
}

}  // namespace pingtrail::fakenet
