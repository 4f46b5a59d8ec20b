// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/apply_parts.h"
#include "plugin/check/values.h"
#include "plugin/probe/icmp.h"

namespace pingtrail::check {

MaybeError apply_timing(CheckConfig& config, const GivenOption& option) {
  const std::string& value = option.value;
  switch (option.id) {
    case Opt::probes:
      return store(config.probes, parse_count(value, 1, probe::kMaxProbesPerTarget));
    case Opt::packet_interval:
      return store(config.packet_interval, parse_time(value));
    case Opt::target_interval:
      return store(config.target_interval, parse_time(value));
    case Opt::rate:
      return store(config.rate, parse_number(value, 0.001, 10e6));
    case Opt::min_alive:
      return store(config.min_hosts_alive, parse_count(value, 0, 1000000));
    case Opt::timeout:
      return store(config.timeout, parse_seconds(value));
    default: {
      MaybeError error = store(config.reply_timeout, parse_time(value));
      return !error && *config.reply_timeout == Nanoseconds(0) ? refuse(value, "a time above 0")
                                                               : error;
    }
  }
}

MaybeError apply_packet(CheckConfig& config, const GivenOption& option) {
  const std::string& value = option.value;
  switch (option.id) {
    case Opt::ttl:
      return store(config.ttl, parse_count(value, 1, 255));
    case Opt::size:
      return store(config.payload_bytes,
                   parse_count(value, 0, static_cast<std::int64_t>(probe::kMaxPayloadBytes)));
    case Opt::source:
      return store_text(config.source.emplace(), value);
    case Opt::tos:
      return store(config.tos, parse_count(value, 0, 255));
    case Opt::dscp:
      return store(config.tos, parse_dscp(value));
    case Opt::dont_fragment:
      config.dont_fragment = true;
      return std::nullopt;
    default:
      return store(config.fwmark, parse_mark(value));
  }
}

}  // namespace pingtrail::check
