// SPDX-License-Identifier: GPL-3.0-or-later
// check_fping of Monitoring Plugins 2.3.3 and 3.x.
#include <array>

#include "plugin/check/dialect.h"

namespace pingtrail::check {
namespace {

using enum Takes;

constexpr std::array kOptions = std::to_array<OptionSpec>({
    {Opt::host, 'H', "hostname", value, "HOST", "name or address of the host"},
    {Opt::ipv4_only, '4', "use-ipv4", nothing, "", "use IPv4 only"},
    {Opt::ipv6_only, '6', "use-ipv6", nothing, "", "use IPv6 only"},
    {Opt::warning, 'w', "warning", value, "RTA,PL%",
     "warning threshold; either half may stand alone (default: none)"},
    {Opt::critical, 'c', "critical", value, "RTA,PL%", "critical threshold (default: none)"},
    {Opt::alive, 'a', "alive", nothing, "", "answer OK after the first reply"},
    {Opt::size, 'b', "bytes", value, "BYTES", "data bytes in a packet, 0 to 65507 (default: 56)"},
    {Opt::probes, 'n', "number", value, "N", "number of packets, 1 to 1000 (default: 1)"},
    {Opt::reply_timeout, 'T', "target-timeout", value, "MS",
     "how long a reply may take (default: 1000ms, or the critical time if longer)"},
    {Opt::packet_interval, 'i', "interval", value, "MS",
     "time between two packets (default: 80ms)"},
    {Opt::source, 'S', "sourceip", value, "ADDRESS", "address to send from"},
    {Opt::source, 'I', "sourceif", value, "INTERFACE", "interface to send from"},
    {Opt::dont_fragment, 'M', "dontfrag", nothing, "", "forbid fragmenting the packets"},
    {Opt::ignored, 'R', "random", nothing, "",
     "taken for compatibility; every run's data is random"},
    {Opt::verbose, 'v', "verbose", nothing, "", "one line more; twice: one line a packet"},
    {Opt::extra_opts, '\0', "extra-opts", optional_value, "[SECTION][@FILE]",
     "options from an ini file"},
    {Opt::help, 'h', "help", nothing, "", "print this text"},
    {Opt::version, 'V', "version", nothing, "", "print the version"},
});

constexpr std::string_view kNotes =
    "Examples:\n"
    "  check_fping 192.0.2.7 -w 100,20% -c 500,60% -n 5\n"
    "  check_fping -H 192.0.2.7 -c 60% -n 10 -i 100 -T 500\n"
    "\n"
    "Times are in milliseconds. Loss alerts when it is above its threshold.\n";

}  // namespace

DialectRules fping_rules() {
  DialectRules rules{kOptions, "HOST [options]", kNotes, {}};
  rules.defaults.dialect = Dialect::check_fping;
  rules.defaults.probes = 1;
  rules.defaults.payload_bytes = 56;
  rules.defaults.thresholds.loss_above = true;
  return rules;
}

}  // namespace pingtrail::check
