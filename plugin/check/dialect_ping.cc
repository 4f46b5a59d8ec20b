// SPDX-License-Identifier: GPL-3.0-or-later
// check_ping of Monitoring Plugins 2.3.3 and 3.x, its old form without options included.
#include <array>
#include <utility>

#include "plugin/check/dialect.h"
#include "plugin/check/values.h"

namespace pingtrail::check {
namespace {

using enum Takes;

constexpr std::array kOptions = std::to_array<OptionSpec>({
    {Opt::host, 'H', "hostname", value, "HOST", "host to ping"},
    {Opt::ipv4_only, '4', "use-ipv4", nothing, "", "use IPv4 only"},
    {Opt::ipv6_only, '6', "use-ipv6", nothing, "", "use IPv6 only"},
    {Opt::ignored, 'U', "", nothing, "", ""},
    {Opt::warning, 'w', "warning", value, "RTA,PL%", "warning threshold pair; must be given"},
    {Opt::critical, 'c', "critical", value, "RTA,PL%", "critical threshold pair; must be given"},
    {Opt::probes, 'p', "packets", value, "N", "number of packets, 1 to 1000 (default: 5)"},
    {Opt::html_link, 'L', "link", nothing, "", "put a link to a traceroute page round the text"},
    {Opt::html_off, 'n', "nohtml", nothing, "", "no such link (default)"},
    {Opt::timeout, 't', "timeout", value, "S", "answer within this many seconds (default: 10)"},
    {Opt::verbose, 'v', "verbose", nothing, "", "one line more; twice: one line a packet"},
    {Opt::extra_opts, '\0', "extra-opts", optional_value, "[SECTION][@FILE]",
     "options from an ini file"},
    {Opt::help, 'h', "help", nothing, "", "print this text"},
    {Opt::version, 'V', "version", nothing, "", "print the version"},
});

constexpr std::string_view kNotes =
    "Examples:\n"
    "  check_ping -H 192.0.2.7 -w 100.0,20% -c 500.0,60% -p 5\n"
    "  check_ping 192.0.2.7 20 60 100 500 5\n"
    "\n"
    "Times are in milliseconds. The old form is HOST WPL CPL WRTA CRTA [PACKETS].\n";

}  // namespace

DialectRules ping_rules() {
  DialectRules rules{kOptions, "-H HOST -w RTA,PL% -c RTA,PL% [-p N] [-t S] [-4|-6]", kNotes, {}};
  rules.defaults.dialect = Dialect::check_ping;
  rules.defaults.payload_bytes = 56;  // what ping(8) sends
  return rules;
}

base::Expected<std::vector<GivenOption>> ping_positionals(std::vector<GivenOption> given) {
  std::vector<GivenOption> result;
  std::vector<GivenOption> words;
  bool host = false;
  for (GivenOption& option : given) {
    host = host || option.id == Opt::host;
    (option.id == Opt::positional ? words : result).push_back(std::move(option));
  }
  // With -H the host is not among the words, and a lone word is a host.
  if (!host && !words.empty()) {
    result.push_back(std::move(words.front()));
    words.erase(words.begin());
  }
  if (words.empty()) {
    return result;
  }
  if (words.size() < 4 || words.size() > 5) {
    return base::invalid_input(
        "'" + words.front().value + "'",
        "one host only; without options give HOST WPL CPL WRTA CRTA [PACKETS]");
  }
  const auto pair = [&](Opt id, const char* spelling, std::size_t rta, std::size_t loss) {
    const std::string& percent = words[loss].value;
    result.push_back({id, spelling,
                      words[rta].value + "," + percent + (percent.ends_with('%') ? "" : "%"),
                      words[rta].origin});
  };
  pair(Opt::warning, "WRTA and WPL", 2, 0);
  pair(Opt::critical, "CRTA and CPL", 3, 1);
  if (words.size() == 5) {
    result.push_back({Opt::probes, "PACKETS", words[4].value, words[4].origin});
  }
  return result;
}

}  // namespace pingtrail::check
