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

// The network of this check and what it may send to it.
class Prober {
 public:
  Prober(const CheckConfig& config, Sockets sockets, const probe::Secret& secret,
         probe::ProbePlan plan)
      : config_(config),
        missing_(std::move(sockets.missing)),
        plan_(plan),
        transport_(std::move(sockets.open), secret, config.payload_bytes) {}

  check::Targets choose(std::span<const net::Resolution> resolutions) const {
    return check::choose_targets(config_, resolutions, [&](Family family) -> Expected<base::Done> {
      const auto missing = missing_.find(family);
      if (missing != missing_.end()) return missing->second;
      return base::ok();
    });
  }

  probe::ProbeResults probe(const check::Targets& targets, const probe::Settled& settled = {}) {
    probe::ProbePlan plan = plan_;
    if (plan.target_interval.count() == 0) {
      plan.target_interval =
          probe::automatic_target_interval(plan.packet_interval, targets.addresses.size());
    }
    const net::SystemClock clock;
    return run(probe::ProbeSession(plan, targets.addresses, clock.now()), transport_, clock,
               settled);
  }

 private:
  const CheckConfig& config_;
  std::map<Family, Error> missing_;
  probe::ProbePlan plan_;
  net::IcmpTransport transport_;
};

struct Probed {
  check::Targets targets;
  probe::ProbeResults results;
};

// Names that the name service has not answered within this are probed in a second round, so that
// they do not hold up the rest.
constexpr std::chrono::seconds kPatience(1);

// The first round, over `targets`. `settled` becomes true when the exit code is fixed, whatever the
// names that are still to be resolved bring.
Probed first_round(const CheckConfig& config, check::Targets targets, Prober& prober,
                   bool& settled) {
  Probed probed{std::move(targets), {}};
  if (!config.early) {
    probed.results = prober.probe(probed.targets);
    return probed;
  }
  check::EarlyJudge judge(config, probed.targets.hosts, probed.targets.addresses.size());
  probed.results = prober.probe(probed.targets, [&](const probe::ProbeSession& state,
                                                    std::span<const probe::TargetIndex> changed) {
    settled = judge.settled(state, changed);
    return settled;
  });
  return probed;
}

// The second round: the hosts that `before` still waited for and that have addresses now.
Probed late_round(const net::Resolver& resolver, const Probed& before, Prober& prober) {
  std::vector<net::Resolution> resolutions = resolver.answers();
  for (std::size_t i = 0; i < resolutions.size(); ++i) {
    if (!check::is_pending(before.targets.hosts[i])) {
      resolutions[i] = base::invalid_input("", "probed in the first round");
    }
  }
  Probed late;
  late.targets = prober.choose(resolutions);
  late.results = prober.probe(late.targets);
  return late;
}

Probed probe_hosts(const CheckConfig& config, MonoTime started, Prober& prober) {
  net::Resolver resolver(config.hosts, config.only_family);
  const MonoTime last = started + config.timeout / 2;
  const bool complete = resolver.wait(std::min(last, started + kPatience));
  check::Targets targets = prober.choose(resolver.answers());
  const auto refusal = check::refuse_targets(config, targets.hosts);
  if (complete && refusal) answer(check::render_unknown(*refusal), kUnknown);
  bool settled = false;
  Probed probed = first_round(config, std::move(targets), prober, settled);
  if (complete || settled || probed.results.interrupted) return probed;
  resolver.wait(last);
  Probed late = late_round(resolver, probed, prober);
  check::add_late_round(probed.targets, probed.results, late.targets, std::move(late.results));
  return probed;
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

  probe::ProbePlan plan =
      check::probe_plan(config, probing_deadline(config, started, config.hosts.size()));
  plan.in_flight_limit = reply_capacity(sockets);
  const history::Observation begun = history::observation_now(config.history.interval);
  Prober prober(config, std::move(sockets), *secret, plan);
  Probed probed = probe_hosts(config, started, prober);
  probe::ProbeResults& results = probed.results;
  results.interrupted = results.interrupted || net::interrupted();
  check::CheckResult result = check::evaluate(config, results, probed.targets.hosts);
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
