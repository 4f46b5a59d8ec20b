// SPDX-License-Identifier: GPL-3.0-or-later
// check_pingtrail: wires the rooms of the plugin together.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <map>
#include <utility>

#include "perfdata/base/posix_clock.h"
#include "perfdata/history/recorder.h"
#include "plugin/check/early.h"
#include "plugin/check/evaluate.h"
#include "plugin/check/ini_file.h"
#include "plugin/check/parse.h"
#include "plugin/check/render.h"
#include "plugin/check/targets.h"
#include "plugin/net/icmp_transport.h"
#include "plugin/net/interruption.h"
#include "plugin/net/privileges.h"
#include "plugin/net/resolver.h"
#include "plugin/probe/run.h"
#include "plugin/record.h"

namespace pingtrail {
namespace {

using base::Error;
using base::Expected;
using base::MonoTime;
using check::CheckConfig;
using probe::Family;

constexpr int kUnknown = 3;

// The process ends here, without destructors: a resolver thread may still hang in the system.
[[noreturn]] void answer(const std::string& text, int code) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(STDOUT_FILENO, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) _exit(kUnknown);  // an answer that nobody can read is none
    written += static_cast<std::size_t>(count);
  }
  _exit(code);
}

// What evaluating, recording and printing may take, so that the answer is out before the timeout. A
// lock on a state file may be waited for 50 ms.
MonoTime probing_deadline(const CheckConfig& config, MonoTime started, std::size_t hosts) {
  const base::Nanoseconds usual =
      std::chrono::milliseconds(120) + hosts * std::chrono::microseconds(50);
  return started + config.timeout - std::min(usual, config.timeout / 4);
}

// The last moment to begin with the record of a host: two locks of 50 ms, then the answer.
MonoTime recording_deadline(const CheckConfig& config, MonoTime started) {
  const base::Nanoseconds usual = std::chrono::milliseconds(120);
  return started + config.timeout - std::min(usual, config.timeout / 4);
}

// The sockets of the families that the hosts may need, and why one of them is missing.
struct Sockets {
  std::vector<net::IcmpSocket> open;
  std::map<Family, Error> missing;
};

std::vector<Family> families_needed(const CheckConfig& config) {
  if (config.only_family) return {*config.only_family};
  bool needed_ipv4 = false;
  bool needed_ipv6 = false;
  for (const std::string& host : config.hosts) {
    const auto family = net::literal_family(host);
    needed_ipv4 = needed_ipv4 || !family || *family == Family::ipv4;
    needed_ipv6 = needed_ipv6 || !family || *family == Family::ipv6;
  }
  std::vector<Family> families;
  if (needed_ipv4) families.push_back(Family::ipv4);
  if (needed_ipv6) families.push_back(Family::ipv6);
  return families;
}

Sockets open_sockets(const CheckConfig& config) {
  net::SocketOptions options;
  options.ttl = config.ttl;
  options.traffic_class = config.tos;
  options.dont_fragment = config.dont_fragment;
  options.fwmark = config.fwmark;
  options.source = config.source;
  options.payload_bytes = config.payload_bytes;
  options.replies_expected = config.hosts.size() * static_cast<std::size_t>(config.probes);
  Sockets sockets;
  const net::RaisedPrivileges raised;
  for (const Family family : families_needed(config)) {
    auto opened = net::open_icmp_socket(family, options);
    if (opened) {
      sockets.open.push_back(*std::move(opened));
    } else {
      sockets.missing.emplace(family, opened.error());
    }
  }
  return sockets;
}

std::size_t reply_capacity(const Sockets& sockets) {
  std::size_t least = SIZE_MAX;
  for (const auto& socket : sockets.open) least = std::min(least, socket.reply_capacity);
  return least;
}

probe::ProbeResults probe_targets(const CheckConfig& config, const check::Targets& targets,
                                  std::vector<net::IcmpSocket> sockets, const probe::Secret& secret,
                                  const probe::ProbePlan& plan) {
  net::IcmpTransport transport(std::move(sockets), secret, config.payload_bytes);
  const net::SystemClock clock;
  probe::ProbeSession session(plan, targets.addresses, clock.now());
  if (!config.early) return run(std::move(session), transport, clock);
  check::EarlyJudge judge(config, targets.hosts, targets.addresses.size());
  return run(std::move(session), transport, clock,
             [&](const probe::ProbeSession& state, std::span<const probe::TargetIndex> changed) {
               return judge.settled(state, changed);
             });
}

// Answers the check; the caller has checked that there is something to check.
[[noreturn]] void check_hosts(const CheckConfig& config, MonoTime started) {
  Sockets sockets = open_sockets(config);
  net::drop_privileges();
  if (sockets.open.empty()) {
    answer(check::render_unknown(sockets.missing.begin()->second), kUnknown);
  }
  const auto secret = net::draw_secret();
  if (!secret) answer(check::render_unknown(secret.error()), kUnknown);

  const auto resolutions =
      net::resolve(config.hosts, config.only_family, started + config.timeout / 2);
  const check::Targets targets =
      check::choose_targets(config, resolutions, [&](Family family) -> Expected<base::Done> {
        const auto missing = sockets.missing.find(family);
        if (missing != sockets.missing.end()) return missing->second;
        return base::ok();
      });

  if (const auto refusal = check::refuse_targets(config, targets.hosts)) {
    answer(check::render_unknown(*refusal), kUnknown);
  }

  probe::ProbePlan plan =
      check::probe_plan(config, probing_deadline(config, started, config.hosts.size()));
  plan.in_flight_limit = reply_capacity(sockets);
  if (plan.target_interval.count() == 0) {
    plan.target_interval =
        probe::automatic_target_interval(plan.packet_interval, targets.addresses.size());
  }
  const history::Observation begun = history::observation_now(config.history.interval);
  probe::ProbeResults results =
      probe_targets(config, targets, std::move(sockets.open), *secret, plan);
  results.interrupted = results.interrupted || net::interrupted();
  check::CheckResult result = check::evaluate(config, results, targets.hosts);
  const check::Surroundings surroundings = look_around();
  const bool keeps_history = check::keeps_history(config, surroundings);
  if (keeps_history || !config.history.spool.empty()) {
    net::prepare_answer(check::render(config, result, results), check::exit_code(result.severity));
  }
  if (keeps_history) {
    result = recorded(config, std::move(result), results, surroundings, begun,
                      recording_deadline(config, started));
  }
  if (!config.history.spool.empty()) {
    leave_perfdata(config, result, results, surroundings, begun);
  }
  const std::string text = check::render(config, result, results);
  net::release_guard();
  answer(text, check::exit_code(result.severity));
}

[[noreturn]] void run_check(std::span<const char* const> argv) {
  const MonoTime started = base::mono_now();
  net::lower_privileges();
  const auto parsed = check::parse_command_line(argv, check::read_ini_file);
  if (!parsed) answer(check::render_unknown(parsed.error()), kUnknown);
  if (const auto* help = std::get_if<check::HelpRequested>(&*parsed)) {
    answer(help->text, kUnknown);
  }
  const auto& config = std::get<CheckConfig>(*parsed);
  const std::string object = config.hosts.size() == 1 ? config.hosts.front() : "check";
  net::guard_process(check::render_unknown(base::invalid_input(object, "interrupted")),
                     check::render_unknown(base::invalid_input(object, "no answer in time")),
                     config.timeout);
  check_hosts(config, started);
}

}  // namespace
}  // namespace pingtrail

int main(int argc, char** argv) {
  pingtrail::net::occupy_standard_streams();
  try {
    pingtrail::run_check({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& failure) {
    // Out of memory is all that is left; what a library throws is caught where it is called.
    pingtrail::answer(pingtrail::check::render_unknown(
                          pingtrail::base::invalid_input("check_pingtrail", failure.what())),
                      pingtrail::kUnknown);
  }
}
