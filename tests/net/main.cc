// SPDX-License-Identifier: GPL-3.0-or-later
// fakenet --script FILE [options] -- COMMAND ARGS...: see README.md.
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "perfdata/base/number.h"
#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"
#include "tests/net/child.h"
#include "tests/net/loop.h"
#include "tests/net/namespace.h"
#include "tests/net/script_values.h"

namespace pingtrail::fakenet {
namespace {

constexpr int kUsage = 64;    // bad option or script
constexpr int kFailed = 70;   // the network could not be set up
constexpr int kSkipped = 77;  // the system does not allow it; ctest counts it as skipped

struct Options {
  std::string script;
  std::string log;
  bool ping_sockets = true;
  std::uint64_t seed = 1;
  Nanoseconds timeout = std::chrono::seconds(60);
  Nanoseconds spin = std::chrono::microseconds(200);
  bool stamps = true;
  bool unprivileged = false;
  ChildPlan child;
};

base::Error usage(const std::string& fact) { return base::invalid_input("fakenet", fact); }

base::Expected<base::Done> set_user(Options& options, const std::string& name) {
  options.child.user = find_user(name);
  return options.child.user ? base::ok() : usage("--user: no user '" + name + "'");
}

base::Expected<base::Done> set_option(Options& options, int letter, const std::string& value) {
  const auto duration = parse_duration(value);
  const auto number = base::parse_integer(value);
  switch (letter) {
    case 's':
      options.script = value;
      return base::ok();
    case 'l':
      options.log = value;
      return base::ok();
    case 'p':
      options.ping_sockets = value == "open";
      return value == "open" || value == "closed"
                 ? base::ok()
                 : usage("--ping-sockets: '" + value + "' is neither open nor closed");
    case 'S':
      options.seed = static_cast<std::uint64_t>(number.value_or(0));
      return number ? base::ok() : usage("--seed: '" + value + "' is not a number");
    case 't':
      options.timeout = duration.value_or(options.timeout);
      return duration ? base::ok() : usage("--timeout: '" + value + "' is not a duration");
    case 'x':
      options.spin = duration.value_or(options.spin);
      return duration ? base::ok() : usage("--spin: '" + value + "' is not a duration");
    case 'k':
      options.stamps = value == "on";
      return value == "on" || value == "off"
                 ? base::ok()
                 : usage("--stamps: '" + value + "' is neither on nor off");
    case 'u':
      return set_user(options, value);
    case 'U':
      options.unprivileged = true;
      return base::ok();
    case 'r':
      options.child.keep_net_raw = true;
      return base::ok();
    default:
      return usage("bad option, see tests/net/README.md");
  }
}

base::Expected<Options> parse_command_line(int argc, char** argv) {
  constexpr std::array<option, 11> kOptions{{{"script", required_argument, nullptr, 's'},
                                             {"log", required_argument, nullptr, 'l'},
                                             {"ping-sockets", required_argument, nullptr, 'p'},
                                             {"seed", required_argument, nullptr, 'S'},
                                             {"timeout", required_argument, nullptr, 't'},
                                             {"spin", required_argument, nullptr, 'x'},
                                             {"stamps", required_argument, nullptr, 'k'},
                                             {"user", required_argument, nullptr, 'u'},
                                             {"unprivileged", no_argument, nullptr, 'U'},
                                             {"net-raw", no_argument, nullptr, 'r'},
                                             {nullptr, 0, nullptr, 0}}};
  Options options;
  for (int letter = 0; (letter = getopt_long(argc, argv, "+", kOptions.data(), nullptr)) != -1;) {
    if (auto done = set_option(options, letter, optarg == nullptr ? "" : optarg); !done) {
      return done.error();
    }
  }
  if (options.script.empty()) {
    return usage("--script is missing");
  }
  if (optind >= argc) {
    return usage("no command after --");
  }
  options.child.command.assign(argv + optind, argv + argc + 1);
  return options;
}

base::Expected<Script> load_script(const std::string& path) {
  const base::Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t length = -1;
  while (file && (length = read(file.get(), buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  if (length < 0) {
    return base::posix_error(path, errno);
  }
  return parse_script(text, path);
}

// Says what went wrong; what the system does not allow makes a skip of every failure to set up.
int report(const base::Error& error, int code) {
  const bool is_skip = code == kFailed && error.kind == base::ErrorKind::not_permitted;
  std::fprintf(stderr, "fakenet: %s%s\n", is_skip ? "skipped: " : "", error.message.c_str());
  return is_skip ? kSkipped : code;
}

base::Expected<base::Fd> open_log(const std::string& path) {
  if (path.empty()) {
    return base::Fd();
  }
  base::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) {
    return base::invalid_input(path, "cannot be written");
  }
  return file;
}

base::Fd block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) {
    sigaddset(&signals, signal);
  }
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return base::Fd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Answers must leave in time while both cores are busy. Without the right to it, the timer alone is
// made exact. Called after the fork, so that the command runs as it would anywhere.
void hurry() {
  const sched_param priority{1};
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  sched_setscheduler(0, SCHED_FIFO, &priority);
}

base::Expected<std::optional<ArrivalStamps>> open_stamps(bool wanted) {
  if (!wanted) {
    return std::optional<ArrivalStamps>();
  }
  auto stamps = ArrivalStamps::open("fake0");
  if (!stamps) {
    return stamps.error();
  }
  return std::optional(std::move(stamps).value());
}

int run_in_network(Options& options, Script script, base::Fd device) {
  auto log_file = open_log(options.log);
  if (!log_file) {
    return report(log_file.error(), kUsage);
  }
  auto stamps = open_stamps(options.stamps);
  if (!stamps) {
    return report(stamps.error(), kFailed);
  }
  GroundTruth log(std::move(log_file).value());
  const base::Fd signals = block_signals();
  const base::MonoTime start = base::mono_now();
  log.begin(start);
  Responder responder(device.get(), std::move(stamps).value(),
                      Network(std::move(script), options.seed), log, start);
  const auto child = start_child(options.child);
  if (!child) {
    return report(child.error(), kFailed);
  }
  hurry();
  const int code = serve(
      {device.get(), signals.get(), *child, options.spin, start + options.timeout}, responder, log);
  if (code == kTimedOut) {
    std::fprintf(stderr, "fakenet: the command was killed at its timeout\n");
  }
  responder.finish();
  return code;
}

int run(int argc, char** argv) {
  auto options = parse_command_line(argc, argv);
  if (!options) {
    return report(options.error(), kUsage);
  }
  auto script = load_script(options->script);
  if (!script) {
    return report(script.error(), kUsage);
  }
  const auto isolation = isolate();
  if (!isolation) {
    return report(isolation.error(), kFailed);
  }
  if (options->unprivileged) {
    if (*isolation == Isolation::as_root && !options->child.user) {
      options->child.user = find_user("65534");
    }
    options->child.drop_capabilities = *isolation == Isolation::in_user_namespace;
  }
  auto device = open_device(script->device);
  if (!device) {
    return report(device.error(), kFailed);
  }
  if (auto done = set_ping_sockets(options->ping_sockets, *isolation); !done) {
    return report(done.error(), kFailed);
  }
  return run_in_network(*options, std::move(script).value(), std::move(device).value());
}

}  // namespace
}  // namespace pingtrail::fakenet

int main(int argc, char** argv) { return pingtrail::fakenet::run(argc, argv); }
