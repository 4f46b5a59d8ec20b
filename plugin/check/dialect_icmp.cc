// SPDX-License-Identifier: GPL-3.0-or-later
// check_icmp of Monitoring Plugins: the options of 2.3.3 and 3.x, which do not contradict each
// other.
#include <array>

#include "plugin/check/dialect.h"

namespace pingtrail::check {
namespace {

using enum Takes;

constexpr std::array kOptions = std::to_array<OptionSpec>({
    {Opt::host, 'H', "Host", value, "HOST",
     "a target; repeatable, the option's letter may be left out"},
    {Opt::host, '\0', "hostname", value, "", ""},
    {Opt::ipv4_only, '4', "ipv4-only", nothing, "", "use IPv4 only"},
    {Opt::ipv6_only, '6', "ipv6-only", nothing, "", "use IPv6 only"},
    {Opt::warning, 'w', "warning", value, "RTA,PL%",
     "warning threshold (units us, ms, s; ms if none)"},
    {Opt::critical, 'c', "critical", value, "RTA,PL%", "critical threshold"},
    {Opt::rta_limits, 'R', "rta-mode-thresholds", value, "WARN,CRIT",
     "round trip average mode, as in 100ms,200ms"},
    {Opt::loss_limits, 'P', "packet-loss-mode-thresholds", value, "WARN,CRIT",
     "packet loss mode, as in 40%,50%"},
    {Opt::jitter_limits, 'J', "jitter-mode-thresholds", value, "WARN,CRIT",
     "jitter mode, as in 40.000ms,50.000ms"},
    {Opt::mos_limits, 'M', "mos-mode-thresholds", value, "WARN,CRIT", "MOS mode, as in 3.5,3.0"},
    {Opt::score_limits, 'S', "score-mode-thresholds", value, "WARN,CRIT",
     "score mode, as in 80,70"},
    {Opt::order, 'O', "out-of-order-packets", nothing, "",
     "CRITICAL when replies come out of order"},
    {Opt::source, 's', "source", value, "SOURCE", "address or interface to send from"},
    {Opt::probes, 'n', "number-of-packets", value, "N",
     "number of packets, 1 to 1000 (default: 5)"},
    {Opt::probes, 'p', "", value, "", ""},
    {Opt::packet_interval, 'i', "packet-interval", value, "MS",
     "time between two packets to one host (default: 80ms)"},
    {Opt::target_interval, 'I', "target-interval", value, "MS",
     "time between one host and the next (default: 0)"},
    {Opt::min_alive, 'm', "minimal-host-alive", value, "N",
     "number of alive hosts required for success (default: all)"},
    {Opt::ttl, 'l', "outgoing-ttl", value, "N", "TTL on outgoing packets, 1 to 255"},
    {Opt::timeout, 't', "timeout", value, "S", "answer within this many seconds (default: 10)"},
    {Opt::size, 'b', "size", value, "BYTES", "data bytes in a packet, 0 to 65507 (default: 68)"},
    {Opt::size, '\0', "bytes", value, "", ""},
    {Opt::verbose, 'v', "verbose", nothing, "", "one line a host; twice: one line a packet"},
    {Opt::output_format, '\0', "output-format", value, "FORMAT",
     "taken for compatibility with 3.x; the output keeps the shape of 2.3.3"},
    {Opt::extra_opts, '\0', "extra-opts", optional_value, "[SECTION][@FILE]",
     "options from an ini file"},
    {Opt::help, 'h', "help", nothing, "", "print this text"},
    {Opt::version, 'V', "version", nothing, "", "print the version"},
});

constexpr std::string_view kNotes =
    "Examples:\n"
    "  check_icmp -H 192.0.2.7 -w 100.25,20% -c 500,60%\n"
    "  check_icmp -n 10 -i 20ms -m 1 192.0.2.7 192.0.2.8\n"
    "\n"
    "Thresholds are 200ms,40% and 500ms,80% by default (check_host: 1000ms,100% for both).\n"
    "If none of -R -P -J -M -S -O is given, -R and -P are meant.\n";

}  // namespace

DialectRules icmp_rules(Dialect dialect) {
  DialectRules rules{kOptions, "[options] [-H] HOST...", kNotes, {}};
  CheckConfig& config = rules.defaults;
  config.dialect = dialect;
  config.thresholds.rta =
      Limits<Nanoseconds>{std::chrono::milliseconds(200), std::chrono::milliseconds(500)};
  config.thresholds.loss = Limits<double>{40.0, 80.0};
  // Both of these probe every address behind a name; the first is content with one answer.
  config.all_addresses = dialect != Dialect::check_icmp;
  if (dialect == Dialect::check_host) {
    config.early = true;
    config.thresholds.rta = Limits<Nanoseconds>{std::chrono::seconds(1), std::chrono::seconds(1)};
    config.thresholds.loss = Limits<double>{100.0, 100.0};
  }
  return rules;
}

}  // namespace pingtrail::check
