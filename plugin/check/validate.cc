// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/validate.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "perfdata/base/number.h"
#include "plugin/check/text.h"
#include "plugin/probe/address.h"

namespace pingtrail::check {
namespace {

using base::Error;
using base::invalid_input;
using MaybeError = std::optional<Error>;

std::string shown(Nanoseconds time) { return base::format_short(milliseconds(time), 6) + "ms"; }
std::string shown(double value) { return base::format_short(value, 3); }

template <typename T>
MaybeError check_order(const std::optional<Limits<T>>& limits, std::string_view what,
                       bool falling) {
  if (!limits || !limits->warning || !limits->critical) {
    return std::nullopt;
  }
  const T& warning = *limits->warning;
  const T& critical = *limits->critical;
  if (falling ? warning < critical : critical < warning) {
    return invalid_input(std::string(what), "warning " + shown(warning) + " is " +
                                                (falling ? "below" : "above") + " critical " +
                                                shown(critical));
  }
  return std::nullopt;
}

MaybeError check_limits(const Thresholds& limits) {
  MaybeError result = check_order(limits.rta, "rta", false);
  const auto next = [&result](MaybeError error) {
    if (!result) {
      result = std::move(error);
    }
  };
  next(check_order(limits.loss, "packet loss", false));
  next(check_order(limits.jitter, "jitter", false));
  next(check_order(limits.mos, "MOS", true));
  next(check_order(limits.score, "score", true));
  return result;
}

// The family that a host is written in; absent for names. A scope behind '%' does not matter here.
std::optional<probe::Family> written_family(const std::string& host) {
  const auto address = probe::parse_address(host.substr(0, host.find('%')));
  return address ? std::optional(address->family) : std::nullopt;
}

MaybeError check_host_name(const CheckConfig& config, const std::string& host) {
  if (host.empty()) {
    return invalid_input("host", "'' is not a name or address");
  }
  const bool bad = std::any_of(host.begin(), host.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
  });
  if (bad || host.size() > 253) {  // RFC 1035 2.3.4: 255 octets on the wire
    return invalid_input("host", "'" + printable(host) + "' is not a name or address");
  }
  const std::optional<probe::Family> family = written_family(host);
  if (config.only_family && family && *family != *config.only_family) {
    return invalid_input(*family == probe::Family::ipv6 ? "-4" : "-6",
                         "'" + host + "' is an address of the other family");
  }
  return std::nullopt;
}

MaybeError check_hosts(const CheckConfig& config) {
  if (config.hosts.empty()) {
    return invalid_input("host", "none given (use -H HOST)");
  }
  for (const std::string& host : config.hosts) {
    if (MaybeError error = check_host_name(config, host)) {
      return error;
    }
  }
  const bool single =
      config.dialect == Dialect::check_ping || config.dialect == Dialect::check_fping;
  if (single && config.hosts.size() > 1) {
    return invalid_input("host", "'" + config.hosts[1] + "' is a second host; one is taken");
  }
  if (config.min_hosts_alive && !config.all_addresses &&
      *config.min_hosts_alive > config.hosts.size()) {
    return invalid_input("-m", std::to_string(*config.min_hosts_alive) + " of " +
                                   std::to_string(config.hosts.size()) + " hosts cannot be alive");
  }
  if (!config.history.name.empty() && config.hosts.size() > 1) {
    return invalid_input("--name", "one name does not fit several hosts");
  }
  return std::nullopt;
}

MaybeError check_history(const HistoryOptions& history) {
  const auto& warning = history.down_warning;
  const auto& critical = history.down_critical;
  if (warning && critical && *warning > *critical) {
    return invalid_input("--down-warning", duration_text(*warning) + " is above --down-critical " +
                                               duration_text(*critical));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> find_contradiction(const CheckConfig& config) {
  if (MaybeError error = check_hosts(config)) {
    return error;
  }
  if (MaybeError error = check_limits(config.thresholds)) {
    return error;
  }
  const Thresholds& limits = config.thresholds;
  if (config.dialect == Dialect::check_ping &&
      !(limits.rta && limits.rta->warning && limits.rta->critical)) {
    return invalid_input("check_ping", "-w and -c must both be given");
  }
  return check_history(config.history);
}

}  // namespace pingtrail::check
