// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/record.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <utility>
#include <vector>

#include "perfdata/base/posix_clock.h"
#include "perfdata/history/recorder.h"
#include "perfdata/spool/record.h"
#include "perfdata/spool/spool_writer.h"
#include "plugin/check/dialect.h"
#include "plugin/check/render.h"
#include "plugin/net/privileges.h"

namespace pingtrail {
namespace {

using check::CheckConfig;
using check::CheckResult;
using check::JudgedHost;
using check::Surroundings;

constexpr const char* kNoTime = "history: no time left to record some of the hosts";
constexpr const char* kPackagedDirectory = PINGTRAIL_STATE_DIR;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::chrono::seconds utc_offset_at(base::WallTime at) {
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  std::tm local{};
  if (localtime_r(&seconds, &local) == nullptr) return std::chrono::seconds(0);
  return std::chrono::seconds(local.tm_gmtoff);
}

check::HostHistory record_host(const CheckConfig& config, const JudgedHost& host,
                               const probe::ProbeResults& results, const Surroundings& surroundings,
                               history::Observation observation) {
  observation.state = check::observed_state(host.observation);
  const std::string& given = config.history.state_dir;
  const history::RecordOutcome outcome =
      history::record_check(given.empty() ? kPackagedDirectory : given,
                            check::history_key(config, host.name, surroundings), observation,
                            check::check_figures(config, host, results));
  const auto offset =
      outcome.down_since ? utc_offset_at(*outcome.down_since) : std::chrono::seconds(0);
  return check::host_history(outcome, offset);
}

// What stands between '|' and the end of the first line when this host alone is printed.
std::string perfdata_of(CheckConfig config, const JudgedHost& host,
                        const probe::ProbeResults& results) {
  config.verbosity = 0;
  CheckResult alone;
  alone.severity = host.severity;
  alone.hosts = {host};
  const std::string text = check::render(config, alone, results);
  const std::size_t bar = text.find('|');
  if (bar == std::string::npos) return {};
  return text.substr(bar + 1, text.find('\n', bar) - bar - 1);
}

std::string spool_line(const CheckConfig& config, const JudgedHost& host,
                       const probe::ProbeResults& results, const Surroundings& surroundings,
                       const history::Observation& begun) {
  const std::string name = check::history_key(config, host.name, surroundings).name;
  const std::string perfdata = perfdata_of(config, host, results);
  const std::string command(check::dialect_name(config.dialect));
  spool::Record record;
  record.time_s = std::chrono::floor<std::chrono::seconds>(begun.wall.time_since_epoch()).count();
  record.host = name;
  record.perfdata = perfdata;
  record.command = command;
  record.host_state = host.observation == check::Observation::up ? "UP" : "DOWN";
  record.kind = spool::RecordKind::host;
  if (!surroundings.nagios_service.empty()) {
    record.kind = spool::RecordKind::service;
    record.service = surroundings.nagios_service;
    record.service_state = check::severity_name(host.severity);
  }
  return spool::format_line(record);
}

}  // namespace

Surroundings look_around() {
  Surroundings surroundings;
  surroundings.output_is_terminal = isatty(STDOUT_FILENO) == 1;
  surroundings.nagios_hostname = environment("NAGIOS_HOSTNAME");
  surroundings.nagios_service = environment("NAGIOS_SERVICEDESC");
  struct stat found {};
  surroundings.packaged_directory_exists =
      stat(kPackagedDirectory, &found) == 0 && S_ISDIR(found.st_mode);
  return surroundings;
}

CheckResult recorded(const CheckConfig& config, CheckResult result,
                     const probe::ProbeResults& results, const Surroundings& surroundings,
                     const history::Observation& begun, base::MonoTime until) {
  const net::RaisedFileRights raised;
  std::vector<std::optional<check::HostHistory>> histories;
  histories.reserve(result.hosts.size());
  for (const JudgedHost& host : result.hosts) {
    if (histories.empty() || base::mono_now() < until) {
      histories.emplace_back(record_host(config, host, results, surroundings, begun));
    } else {
      histories.emplace_back(check::HostHistory{}).value().note = kNoTime;
    }
  }
  return check::with_history(config, std::move(result), std::move(histories));
}

void leave_perfdata(const CheckConfig& config, CheckResult& result,
                    const probe::ProbeResults& results, const Surroundings& surroundings,
                    const history::Observation& begun) {
  const net::RaisedFileRights raised;
  std::string lines;
  for (const JudgedHost& host : result.hosts) {
    lines += spool_line(config, host, results, surroundings, begun);
  }
  const std::string name =
      "perfdata." + std::to_string(getpid()) + "." + std::to_string(base::realtime_now().count());
  const auto left = spool::leave_in_spool(config.history.spool, name, lines);
  if (left || result.hosts.empty()) return;
  auto& history = result.hosts.front().history;
  if (!history) history.emplace();
  history->note += (history->note.empty() ? "" : "; ") + left.error().message;
}

}  // namespace pingtrail
