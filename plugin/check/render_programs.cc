// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/render_programs.h"

#include "perfdata/base/number.h"
#include "plugin/check/render_perfdata.h"
#include "plugin/check/render_text.h"
#include "plugin/check/text.h"
#include "plugin/check/units.h"

namespace pingtrail::check {
namespace {

using OptionalTime = std::optional<Nanoseconds>;
using TimeLimits = std::optional<Limits<Nanoseconds>>;

// Six decimals, in units of `per` nanoseconds; empty when absent.
std::string six(const OptionalTime& time, double per) {
  return time ? base::format_fixed(static_cast<double>(time->count()) / per, 6) : std::string();
}

std::string six_limits(const TimeLimits& limits, double per) {
  return six(limits ? limits->warning : OptionalTime(), per) + ";" +
         six(limits ? limits->critical : OptionalTime(), per);
}

OptionalTime rta_of(const JudgedAddress& judged) {
  const auto& trips = judged.statistics.round_trips;
  return trips && judged.fault.empty() ? OptionalTime(trips->mean) : std::nullopt;
}

std::string loss_of(const JudgedAddress& judged) {
  return judged.loss && judged.fault.empty() ? percent_text(*judged.loss) + "%" : "U";
}

// "Destination Host Unreachable from 192.0.2.1" as "Host Unreachable (TARGET) from 192.0.2.1".
std::string ping_reason(const JudgedAddress& judged) {
  const std::size_t from = judged.reason.rfind(" from ");
  std::string what = judged.reason.substr(0, from);
  constexpr std::string_view kPrefix = "Destination ";
  if (what.starts_with(kPrefix)) {
    what.erase(0, kPrefix.size());
  }
  return what + " (" + judged.address + ")" + judged.reason.substr(from);
}

std::string ping_text(const CheckConfig& config, const CheckResult& result, const Unit& unit) {
  const JudgedAddress& judged = *unit.judged;
  const std::string state(severity_name(result.severity));
  if (result.interrupted) {
    return "PING " + state + " - interrupted";
  }
  if (!judged.fault.empty()) {
    return "PING " + state + " - " + unit_name(unit) + ": " + printable(judged.fault);
  }
  const std::string history = history_text(config, *unit.host);
  const OptionalTime rta = rta_of(judged);
  if (!rta && !judged.reason.empty()) {
    return state + " - " + ping_reason(judged) + history;
  }
  std::string text = "PING " + state + " - Packet loss = " + loss_of(judged);
  if (rta) {
    text += ", RTA = " + base::format_fixed(milliseconds(*rta), 2) + " ms";
  }
  return text + history;
}

}  // namespace

std::string ping_line(const CheckConfig& config, const CheckResult& result) {
  const Unit unit = units_of(result).front();
  std::string text = ping_text(config, result, unit);
  if (config.html_link) {
    text = "<A HREF='/nagios/cgi-bin/traceroute.cgi?" + unit.judged->address + "'>" + text + "</A>";
  }
  if (result.interrupted) {
    return text;
  }
  const OptionalTime rta = rta_of(*unit.judged);
  const std::string range = config.perfdata == PerfdataStyle::full ? ";0;100" : ";0;";
  text += "|rta=" + (rta ? six(rta, 1e6) + "ms" : "U") + ";" +
          six_limits(config.thresholds.rta, 1e6) + (rta ? ";0.000000" : ";;");
  text += " pl=" + loss_of(*unit.judged) + ";" + limits_plain(config.thresholds.loss) + range;
  return text + full_perfdata(config, unit, {});
}

std::string fping_line(const CheckConfig& config, const CheckResult& result) {
  const Unit unit = units_of(result).front();
  const JudgedAddress& judged = *unit.judged;
  std::string text = "FPING " + std::string(severity_name(result.severity)) + " - ";
  if (result.interrupted) {
    return text + "interrupted";
  }
  const OptionalTime rta = rta_of(judged);
  const bool loss = !(config.alive && rta);
  text += unit_name(unit);
  if (!judged.fault.empty()) {
    text += ": " + printable(judged.fault);
  } else if (rta) {
    text += loss ? " (loss=" + loss_of(judged) + ", " : " (";
    text += "rta=" + six(rta, 1e6) + " ms)";
  } else {
    text += " (loss=100% )" + (judged.reason.empty() ? "" : ", " + judged.reason);
  }
  text += history_text(config, *unit.host) + "|";
  if (loss) {
    text += "loss=" + loss_of(judged) + ";" + limits_plain(config.thresholds.loss) + ";0;100 ";
  }
  text += "rta=" + (rta ? six(rta, 1e9) + "s" : "U") + ";" +
          six_limits(config.thresholds.rta, 1e9) + ";0.000000";
  return text + full_perfdata(config, unit, {});
}

std::optional<std::string> host_line(const CheckConfig& config, const CheckResult& result) {
  if (result.severity != Severity::ok) {
    return std::nullopt;
  }
  for (const Unit& unit : units_of(result)) {
    const OptionalTime rta = rta_of(*unit.judged);
    if (!rta) {
      continue;
    }
    return "OK - " + unit_name(unit) + " responds to ICMP. Packet " +
           std::to_string(unit.judged->first_reply) + ", rta " + fixed_ms(*rta) + "ms" +
           history_text(config, *unit.host) + "|pkt=" + std::to_string(unit.judged->first_reply) +
           ";;;0;" + std::to_string(config.probes) + " rta=" + fixed_ms(*rta) + ";" +
           limits_ms(config.thresholds.rta) + ";;" + full_perfdata(config, unit, {});
  }
  return std::nullopt;
}

}  // namespace pingtrail::check
