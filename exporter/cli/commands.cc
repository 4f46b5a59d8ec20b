// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/cli/commands.h"

#include <algorithm>
#include <array>

#if !defined(PINGTRAIL_VERSION) || !defined(PINGTRAIL_STATE_DIR)
#error "the build defines PINGTRAIL_VERSION and PINGTRAIL_STATE_DIR"
#endif

namespace pingtrail::cli {
namespace {

constexpr OptionSpec kStateDirs{"state-dir", "DIR",
                                "where the history is; several for HA pairs and satellites"};
constexpr OptionSpec kStateDir{"state-dir", "DIR", "where the history is"};
constexpr OptionSpec kRrdDirs{
    "rrd-dir", "DIR", "also hosts that have only RRD archives (PNP4Nagios layout); several"};
constexpr OptionSpec kAsof{"asof", "TIME", "take this instant for now"};
constexpr OptionSpec kZone{"tz", "ZONE", "IANA time zone, default the system's"};
constexpr OptionSpec kJson{"json", "", "as JSON"};
constexpr OptionSpec kCsv{"csv", "", "as comma-separated values (RFC 4180)"};
constexpr OptionSpec kFormat{"format", "FORMAT", "text, json or csv"};
constexpr OptionSpec kConfirm{"confirm", "N", "failed checks that make an outage, default 1"};

constexpr std::array kStatusOptions{OptionSpec{"group", "G", "only this group's hosts; repeatable"},
                                    kZone,
                                    kAsof,
                                    kJson,
                                    kCsv,
                                    kFormat,
                                    kStateDirs,
                                    kRrdDirs};
constexpr std::array kOutageOptions{
    OptionSpec{"host", "H", "only hosts whose name fits, with * ? [...]; repeatable"},
    OptionSpec{"from", "TIME", "outages that reach beyond this instant"},
    OptionSpec{"to", "TIME", "outages that began before this instant"},
    OptionSpec{"min", "DUR", "shortest downtime, as 90s, 15m, 24h, 7d"},
    kConfirm,
    kZone,
    kAsof,
    kJson,
    kCsv,
    kFormat,
    kStateDirs,
    kRrdDirs};
constexpr std::array kReportOptions{
    OptionSpec{"month", "YYYY-MM", "a calendar month of the zone"},
    OptionSpec{"window", "DUR", "the last 24h, 7d, 30d, ..."},
    OptionSpec{"from", "TIME", "from this instant"},
    OptionSpec{"to", "TIME", "up to this instant, default now"},
    kZone,
    OptionSpec{"group", "G", "only this group's hosts; repeatable"},
    OptionSpec{"target", "PERCENT", "availability to reach, for the error budget"},
    kConfirm,
    OptionSpec{"format", "FORMAT", "text, json, csv or html"},
    kJson,
    kCsv,
    kAsof,
    kStateDirs,
    kRrdDirs};
constexpr std::array kImportOptions{kStateDir};
constexpr std::array kMaintenanceAddOptions{
    OptionSpec{"host", "GLOB", "hosts whose name fits, with * ? [...]"},
    OptionSpec{"from", "TIME", "begin"},
    OptionSpec{"to", "TIME", "end"},
    OptionSpec{"comment", "TEXT", "why"},
    kZone,
    kAsof,
    kStateDir};
constexpr std::array kMaintenanceListOptions{kZone, kAsof, kJson, kCsv, kFormat, kStateDirs};
constexpr std::array kMaintenanceImportOptions{
    OptionSpec{"nagios", "FILE", "downtimes of status.dat or retention.dat; repeatable"},
    OptionSpec{"icinga", "URL", "downtimes from Icinga's API, https://HOST:5665; repeatable"},
    OptionSpec{"icinga-credentials", "FILE", "whose one line is user:password"},
    OptionSpec{"icinga-ca", "FILE", "certificates to trust, default the system's"},
    OptionSpec{"icinga-timeout", "DUR", "longest time for an answer, default 20s"},
    kAsof,
    kStateDir};
constexpr std::array kAmendOptions{kAsof, kStateDir};
constexpr std::array kVerifyOptions{
    OptionSpec{"repair", "", "cut a torn end off (a broken chain stays as it is)"}, kStateDirs};
constexpr std::array kHealthOptions{
    OptionSpec{"age-warning", "DUR", "age of the newest check, default 10m"},
    OptionSpec{"age-critical", "DUR", "default 30m"},
    OptionSpec{"free-warning", "PERCENT", "free disk, default 10"},
    OptionSpec{"free-critical", "PERCENT", "default 5"},
    OptionSpec{"spool", "DIR", "watch the perfdata that waits there; repeatable"},
    OptionSpec{"spool-age-warning", "DUR", "age of the oldest file there, default 5m"},
    OptionSpec{"spool-age-critical", "DUR", "default 30m"},
    OptionSpec{"spool-files-warning", "N", "files waiting, default 100"},
    OptionSpec{"spool-files-critical", "N", "default 1000"},
    OptionSpec{"rrd-dir", "DIR", "watch the writer of these archives; repeatable"},
    OptionSpec{"writer-age-warning", "DUR", "since the writer was heard of, default 2m"},
    OptionSpec{"writer-age-critical", "DUR", "default 10m"},
    kAsof,
    kStateDirs};

constexpr std::array kCommands{
    Command{"status", "", "every host: state, since when, downtime, last rta and loss",
            kStatusOptions, 0, run_status},
    Command{"outages", "", "outages with start, end, downtime and reason", kOutageOptions, 0,
            run_outages},
    Command{"report", "", "availability of hosts and groups in a month or window", kReportOptions,
            0, run_report},
    Command{"import", "FILE", "observations from CSV: time,host,state[,interval_s][,boot_ms]",
            kImportOptions, 1, run_import},
    Command{"maintenance add", "", "announce planned time", kMaintenanceAddOptions, 0,
            run_maintenance_add},
    Command{"maintenance list", "", "planned time, past and coming", kMaintenanceListOptions, 0,
            run_maintenance_list},
    Command{"maintenance import", "", "planned time from the core's downtimes",
            kMaintenanceImportOptions, 0, run_maintenance_import},
    Command{"rename", "OLD NEW", "a host's history under a new name", kAmendOptions, 2, run_rename},
    Command{"forget", "HOST", "leave a host out of every report from now on", kAmendOptions, 1,
            run_forget},
    Command{"verify", "", "walk the journal: 0 intact, 1 torn end, 2 broken", kVerifyOptions, 0,
            run_verify},
    Command{"health", "", "whether the recording works, as a Nagios plugin", kHealthOptions, 0,
            run_health},
};

// Two columns, the second at a fixed place.
void add_row(std::string& out, const std::string& left, std::string_view right) {
  constexpr std::size_t kColumn = 24;
  out += "  " + left + std::string(left.size() + 1 < kColumn ? kColumn - left.size() : 1, ' ') +
         std::string(right) + "\n";
}

std::string usage(const Command& command) {
  return "pingtrail " + std::string(command.name) + " [options]" +
         (command.operands.empty() ? "" : " " + std::string(command.operands));
}

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::span<const std::string> words, std::size_t& taken) {
  std::string name;
  for (taken = 1; taken <= 2 && taken <= words.size(); ++taken) {
    name += (taken == 1 ? "" : " ") + words[taken - 1];
    const auto* const found =
        std::find_if(kCommands.begin(), kCommands.end(),
                     [&name](const Command& command) { return command.name == name; });
    if (found != kCommands.end()) return found;
  }
  return nullptr;
}

std::string general_help() {
  std::string out =
      "Usage: pingtrail COMMAND [options]\n\n"
      "Reads what check_pingtrail recorded: how it is, and how it has been.\n\nCommands:\n";
  for (const Command& command : kCommands) {
    const std::string operands(command.operands);
    add_row(out, std::string(command.name) + (operands.empty() ? "" : " " + operands),
            command.summary);
  }
  out += "\nOptions:\n";
  add_row(out, "-h, --help", "this text; with a command, its options");
  add_row(out, "-V, --version", "the version");
  out +=
      "\nTimes are ISO 8601 (2026-03-10T12:00:00+01:00; without an offset: local time of the "
      "zone)\nor milliseconds since 1970. Exit codes: 0 done, 1 done but for bad lines, 2 not "
      "done;\nverify and health have their own.\n";
  return out;
}

std::string command_help(const Command& command) {
  std::string out =
      "Usage: " + usage(command) + "\n\n" + std::string(command.summary) + "\n\nOptions:\n";
  for (const OptionSpec& spec : command.options) {
    const std::string value(spec.value);
    std::string help(spec.help);
    if (spec.name == "state-dir")
      help += "\n" + std::string(26, ' ') + "(default " + std::string(default_state_dir()) + ")";
    add_row(out, "--" + std::string(spec.name) + (value.empty() ? "" : " " + value), help);
  }
  add_row(out, "-h, --help", "this text");
  add_row(out, "-V, --version", "the version");
  return out;
}

std::string version_text() { return "pingtrail " PINGTRAIL_VERSION "\n"; }

std::string_view default_state_dir() { return PINGTRAIL_STATE_DIR; }

}  // namespace pingtrail::cli
