// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/packet.h"

#include <algorithm>

namespace pingtrail::fakenet {
namespace {

constexpr std::size_t kIpv4Header = 20;
constexpr std::size_t kIpv6Header = 40;
constexpr std::size_t kIcmpHeader = 8;
constexpr std::uint8_t kProtocolIcmp = 1;
constexpr std::uint8_t kProtocolIcmpv6 = 58;
constexpr std::uint8_t kAnswerHopLimit = 64;
constexpr std::size_t kLongestError4 = 576;   // RFC 1812 4.3.2.3
constexpr std::size_t kLongestError6 = 1280;  // RFC 4443 2.4 (c)

std::uint32_t plain_sum(std::span<const std::uint8_t> bytes, std::uint32_t sum) {
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    sum += static_cast<std::uint32_t>(bytes[at] << 8U | bytes[at + 1]);
  }
  if (at < bytes.size()) {
    sum += static_cast<std::uint32_t>(bytes[at] << 8U);
  }
  return sum;
}

// RFC 8200 8.1. 65,535 bytes are 32,768 words of at most 65,535: no 32-bit overflow.
std::uint32_t pseudo_header_sum(const Address& source, const Address& destination,
                                std::size_t length) {
  std::uint32_t sum = plain_sum(source.bytes, 0);
  sum = plain_sum(destination.bytes, sum);
  return sum + static_cast<std::uint32_t>(length) + kProtocolIcmpv6;
}

std::uint16_t icmp_checksum(const Address& source, const Address& destination,
                            std::span<const std::uint8_t> icmp) {
  const std::uint32_t start =
      source.is_ipv6 ? pseudo_header_sum(source, destination, icmp.size()) : 0;
  return internet_checksum(icmp, start);
}

Address address_at(std::span<const std::uint8_t> packet, std::size_t offset, bool is_ipv6) {
  Address address;
  address.is_ipv6 = is_ipv6;
  std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(offset), address.size(),
              address.bytes.begin());
  return address;
}

void put_address(std::span<std::uint8_t> packet, std::size_t offset, const Address& address) {
  std::copy_n(address.bytes.begin(), address.size(),
              packet.begin() + static_cast<std::ptrdiff_t>(offset));
}

void fill_ipv4_header(std::span<std::uint8_t> packet, const Address& source,
                      const Address& destination, std::uint8_t traffic_class) {
  packet[0] = 0x45;
  packet[1] = traffic_class;
  write_16(packet, 2, packet.size());
  packet[8] = kAnswerHopLimit;
  packet[9] = kProtocolIcmp;
  put_address(packet, 12, source);
  put_address(packet, 16, destination);
  write_16(packet, 10, internet_checksum(packet.first(kIpv4Header)));
}

void fill_ipv6_header(std::span<std::uint8_t> packet, const Address& source,
                      const Address& destination, std::uint8_t traffic_class) {
  packet[0] = static_cast<std::uint8_t>(0x60U | traffic_class >> 4U);
  packet[1] = static_cast<std::uint8_t>(traffic_class << 4U);
  write_16(packet, 4, packet.size() - kIpv6Header);
  packet[6] = kProtocolIcmpv6;
  packet[7] = kAnswerHopLimit;
  put_address(packet, 8, source);
  put_address(packet, 24, destination);
}

// A packet with an empty ICMP header and `body` behind it, IP header done.
Bytes packet_around(const Address& source, const Address& destination, std::uint8_t traffic_class,
                    std::span<const std::uint8_t> body) {
  const std::size_t header = source.is_ipv6 ? kIpv6Header : kIpv4Header;
  Bytes packet(header + kIcmpHeader + body.size());
  std::copy(body.begin(), body.end(),
            packet.begin() + static_cast<std::ptrdiff_t>(header + kIcmpHeader));
  if (source.is_ipv6) {
    fill_ipv6_header(packet, source, destination, traffic_class);
  } else {
    fill_ipv4_header(packet, source, destination, traffic_class);
  }
  return packet;
}

std::span<std::uint8_t> icmp_of(Bytes& packet) {
  const bool is_ipv6 = packet[0] >> 4U == 6;
  return std::span(packet).subspan(is_ipv6 ? kIpv6Header : kIpv4Header);
}

std::optional<EchoRequest> parse_ipv4(std::span<const std::uint8_t> packet) {
  const std::size_t header = std::size_t{packet[0] & 0x0FU} * 4;
  if (header < kIpv4Header || packet.size() < header + kIcmpHeader || packet[9] != kProtocolIcmp ||
      packet[header] != 8 || packet[header + 1] != 0) {
    return std::nullopt;
  }
  EchoRequest request;
  request.source = address_at(packet, 12, false);
  request.destination = address_at(packet, 16, false);
  request.traffic_class = packet[1];
  request.hop_limit = packet[8];
  request.dont_fragment = (packet[6] & 0x40U) != 0;
  request.checksum_valid = internet_checksum(packet.subspan(header)) == 0;
  request.payload = packet.subspan(header);
  return request;
}

std::optional<EchoRequest> parse_ipv6(std::span<const std::uint8_t> packet) {
  if (packet.size() < kIpv6Header + kIcmpHeader || packet[6] != kProtocolIcmpv6 ||
      packet[kIpv6Header] != 128 || packet[kIpv6Header + 1] != 0) {
    return std::nullopt;
  }
  EchoRequest request;
  request.source = address_at(packet, 8, true);
  request.destination = address_at(packet, 24, true);
  request.traffic_class = static_cast<std::uint8_t>((packet[0] & 0x0FU) << 4U | packet[1] >> 4U);
  request.hop_limit = packet[7];
  request.dont_fragment = true;
  request.payload = packet.subspan(kIpv6Header);
  request.checksum_valid = icmp_checksum(request.source, request.destination, request.payload) == 0;
  return request;
}

struct TypeAndCode {
  std::uint8_t type;
  std::uint8_t code;
};

// RFC 792 and RFC 1812 5.2.7; RFC 4443 3. ICMPv6 knows an unknown protocol as a parameter problem.
TypeAndCode type_and_code(ErrorKind kind, bool is_ipv6) {
  switch (kind) {
    case ErrorKind::net_unreachable:
      return is_ipv6 ? TypeAndCode{1, 0} : TypeAndCode{3, 0};
    case ErrorKind::host_unreachable:
      return is_ipv6 ? TypeAndCode{1, 3} : TypeAndCode{3, 1};
    case ErrorKind::protocol_unreachable:
      return is_ipv6 ? TypeAndCode{4, 1} : TypeAndCode{3, 2};
    case ErrorKind::port_unreachable:
      return is_ipv6 ? TypeAndCode{1, 4} : TypeAndCode{3, 3};
    case ErrorKind::admin_prohibited:
      return is_ipv6 ? TypeAndCode{1, 1} : TypeAndCode{3, 13};
    case ErrorKind::hop_limit_exceeded:
      return is_ipv6 ? TypeAndCode{3, 0} : TypeAndCode{11, 0};
    case ErrorKind::too_big:
      return is_ipv6 ? TypeAndCode{2, 0} : TypeAndCode{3, 4};
  }
  return {3, 1};
}

// The quoted request, cut to what the shape asks for and what an error may hold, then forged.
Bytes quoted(const EchoRequest& request, const ErrorShape& shape) {
  const bool is_ipv6 = request.source.is_ipv6;
  const std::size_t header = request.packet.size() - request.payload.size() - kIcmpHeader;
  const std::size_t room = is_ipv6 ? kLongestError6 - kIpv6Header - kIcmpHeader
                                   : kLongestError4 - kIpv4Header - kIcmpHeader;
  const std::size_t wanted = shape.quote_all ? room : header + 8;
  const auto part = request.packet.first(std::min(wanted, request.packet.size()));
  Bytes quote(part.begin(), part.end());
  switch (shape.forgery) {
    case Forgery::none:
      break;
    case Forgery::id:
      write_16(quote, header + 4, read_16(quote, header + 4) ^ 0x5A5AU);
      break;
    case Forgery::sequence:
      write_16(quote, header + 6, read_16(quote, header + 6) ^ 0x4000U);
      break;
    case Forgery::destination:
      quote[(is_ipv6 ? 24 : 16) + request.destination.size() - 1] ^= 0x80U;
      break;
    case Forgery::payload:
      for (std::size_t at = header + kIcmpHeader; at < quote.size(); ++at) {
        quote[at] = static_cast<std::uint8_t>(~quote[at]);
      }
      break;
  }
  return quote;
}

}  // namespace

std::uint16_t read_16(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(bytes[offset] << 8U | bytes[offset + 1]);
}

void write_16(std::span<std::uint8_t> bytes, std::size_t offset, std::size_t value) {
  bytes[offset] = static_cast<std::uint8_t>(value >> 8U);
  bytes[offset + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t internet_checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum) {
  sum = plain_sum(bytes, sum);
  while (sum >> 16U != 0) {
    sum = (sum & 0xFFFFU) + (sum >> 16U);
  }
  return static_cast<std::uint16_t>(~sum);
}

std::optional<EchoRequest> parse_echo_request(std::span<const std::uint8_t> packet) {
  if (packet.size() < kIpv4Header) {
    return std::nullopt;
  }
  std::optional<EchoRequest> request;
  if (packet[0] >> 4U == 4) {
    request = parse_ipv4(packet);
  } else if (packet[0] >> 4U == 6) {
    request = parse_ipv6(packet);
  }
  if (request) {
    request->id = read_16(request->payload, 4);
    request->sequence = read_16(request->payload, 6);
    request->payload = request->payload.subspan(kIcmpHeader);
    request->packet = packet;
    request->largest_piece = packet.size();
  }
  return request;
}

ReplyShape honest_reply(const EchoRequest& request) {
  return {request.destination, request.id, request.sequence,
          Bytes(request.payload.begin(), request.payload.end()), false};
}

Bytes build_reply(const EchoRequest& request, const ReplyShape& shape) {
  Bytes packet = packet_around(shape.source, request.source, request.traffic_class, shape.payload);
  const std::span<std::uint8_t> icmp = icmp_of(packet);
  icmp[0] = shape.source.is_ipv6 ? 129 : 0;
  write_16(icmp, 4, shape.id);
  write_16(icmp, 6, shape.sequence);
  std::uint16_t checksum = icmp_checksum(shape.source, request.source, icmp);
  if (shape.wrong_checksum) {
    checksum ^= 0x0101U;
  }
  write_16(icmp, 2, checksum);
  return packet;
}

Bytes build_request(const Address& source, const Address& destination) {
  Bytes packet = packet_around(source, destination, 0, {});
  const std::span<std::uint8_t> icmp = icmp_of(packet);
  icmp[0] = source.is_ipv6 ? 128 : 8;
  write_16(icmp, 2, icmp_checksum(source, destination, icmp));
  return packet;
}

bool is_reply_from(std::span<const std::uint8_t> packet, const Address& source) {
  const std::size_t header = source.is_ipv6 ? kIpv6Header : kIpv4Header;
  return packet.size() >= header + kIcmpHeader && (packet[0] >> 4U == 6) == source.is_ipv6 &&
         packet[source.is_ipv6 ? 6 : 9] == (source.is_ipv6 ? kProtocolIcmpv6 : kProtocolIcmp) &&
         packet[header] == (source.is_ipv6 ? 129 : 0) &&
         address_at(packet, source.is_ipv6 ? 8 : 12, source.is_ipv6) == source;
}

Bytes build_error(const EchoRequest& request, const ErrorShape& shape) {
  const bool is_ipv6 = request.source.is_ipv6;
  Bytes packet =
      packet_around(shape.router, request.source, is_ipv6 ? 0 : 0xC0,  // RFC 1812 4.3.2.5
                    quoted(request, shape));
  const std::span<std::uint8_t> icmp = icmp_of(packet);
  const TypeAndCode kind = type_and_code(shape.kind, is_ipv6);
  icmp[0] = kind.type;
  icmp[1] = kind.code;
  if (shape.kind == ErrorKind::too_big) {
    write_16(icmp, 6, shape.mtu);
  } else if (is_ipv6 && shape.kind == ErrorKind::protocol_unreachable) {
    icmp[7] = 6;  // RFC 4443 3.4: points at the quoted next header field
  }
  write_16(icmp, 2, icmp_checksum(shape.router, request.source, icmp));
  return packet;
}

}  // namespace pingtrail::fakenet
