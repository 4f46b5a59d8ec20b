// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "plugin/check/dialect.h"

namespace pingtrail::check {
namespace {

using enum Takes;

constexpr std::array kOptions = std::to_array<OptionSpec>({
    {Opt::host, 'H', "host", value, "HOST", "IPv4 address, IPv6 address or name; repeatable"},
    {Opt::host, '\0', "Host", value, "", ""},
    {Opt::host, '\0', "hostname", value, "", ""},
    {Opt::ipv4_only, '4', "ipv4-only", nothing, "", "probe IPv4 addresses only"},
    {Opt::ipv6_only, '6', "ipv6-only", nothing, "", "probe IPv6 addresses only"},
    {Opt::all_addresses, '\0', "all-addresses", nothing, "",
     "probe every address behind a name, not only the first"},
    {Opt::warning, 'w', "warning", value, "RTA,PL%",
     "WARNING at and above this round trip average or loss (default: 200ms,40%; units us, ms, s)"},
    {Opt::critical, 'c', "critical", value, "RTA,PL%",
     "CRITICAL at and above (default: 500ms,80%)"},
    {Opt::rta_limits, 'R', "rta-mode-thresholds", value, "WARN,CRIT",
     "judge by round trip average alone, as in 100ms,200ms"},
    {Opt::loss_limits, 'P', "packet-loss-mode-thresholds", value, "WARN,CRIT",
     "judge by packet loss alone, as in 40%,50%"},
    {Opt::jitter_limits, 'J', "jitter-mode-thresholds", value, "WARN,CRIT",
     "judge by jitter, as in 40ms,50ms"},
    {Opt::mos_limits, 'M', "mos-mode-thresholds", value, "WARN,CRIT",
     "judge by MOS, alerting at and below, as in 3.5,3.0"},
    {Opt::score_limits, 'S', "score-mode-thresholds", value, "WARN,CRIT",
     "judge by score, alerting at and below, as in 80,70"},
    {Opt::order, 'O', "out-of-order-packets", nothing, "",
     "CRITICAL when replies overtake each other"},
    {Opt::min_alive, 'm', "minimal-host-alive", value, "N",
     "N hosts OK: OK; N hosts OK or WARNING: WARNING; else CRITICAL (default: all)"},
    {Opt::probes, 'n', "number-of-packets", value, "N",
     "probes to each host, 1 to 1000 (default: 5)"},
    {Opt::probes, 'p', "", value, "", ""},
    {Opt::packet_interval, 'i', "packet-interval", value, "MS",
     "time between two probes to one host (default: 80ms)"},
    {Opt::target_interval, 'I', "target-interval", value, "MS",
     "time between one host and the next (default: 0)"},
    {Opt::rate, '\0', "rate", value, "PPS", "ceiling on probes per second (default: none)"},
    {Opt::timeout, 't', "timeout", value, "S", "answer within this many seconds (default: 10)"},
    {Opt::early, '\0', "early", nothing, "",
     "answer as soon as no outstanding probe can change the exit code"},
    {Opt::ttl, 'l', "outgoing-ttl", value, "N", "TTL or hop limit of the probes, 1 to 255"},
    {Opt::ttl, '\0', "ttl", value, "", ""},
    {Opt::size, 'b', "size", value, "BYTES", "data bytes in a probe, 0 to 65507 (default: 68)"},
    {Opt::size, '\0', "bytes", value, "", ""},
    {Opt::source, 's', "source", value, "SOURCE", "address or interface to send from"},
    {Opt::tos, '\0', "tos", value, "N", "type of service or traffic class, 0 to 255"},
    {Opt::dscp, '\0', "dscp", value, "DSCP", "differentiated services, 0 to 63 or a name like EF"},
    {Opt::dont_fragment, '\0', "dont-fragment", nothing, "", "forbid fragmenting the probes"},
    {Opt::fwmark, '\0', "fwmark", value, "MARK", "firewall mark of the probes (needs a privilege)"},
    {Opt::verbose, 'v', "verbose", nothing, "", "one line a host; twice: one line a probe"},
    {Opt::extra_opts, '\0', "extra-opts", optional_value, "[SECTION][@FILE]",
     "options from an ini file"},
    {Opt::help, 'h', "help", nothing, "", "print this text"},
    {Opt::version, 'V', "version", nothing, "", "print the version"},
});

constexpr std::string_view kNotes =
    "Examples:\n"
    "  check_pingtrail -H 192.0.2.7 -w 100ms,20% -c 500ms,60%\n"
    "  check_pingtrail -m 2 --early core-sw1 core-sw2 2001:db8::1\n"
    "\n"
    "-w and -c are judged unless one of -R -P -J -M -S -O is given; then those, and -w and -c "
    "only\n"
    "when given too. A host without any reply is CRITICAL whatever is judged.\n"
    "Exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n";

}  // namespace

DialectRules native_rules() {
  DialectRules rules{kOptions, "[options] [-H] HOST...", kNotes, {}};
  rules.defaults.thresholds.rta =
      Limits<Nanoseconds>{std::chrono::milliseconds(200), std::chrono::milliseconds(500)};
  rules.defaults.thresholds.loss = Limits<double>{40.0, 80.0};
  return rules;
}

}  // namespace pingtrail::check
