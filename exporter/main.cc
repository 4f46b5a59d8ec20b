// SPDX-License-Identifier: GPL-3.0-or-later
// pingtrail-exporter: wires the site to its server; signals, and what systemd wants to know.
#include <malloc.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exporter/graph/graph.h"
#include "exporter/http/access.h"
#include "exporter/http/listen.h"
#include "exporter/http/server.h"
#include "exporter/site/settings.h"
#include "exporter/site/site.h"

namespace {

namespace base = pingtrail::base;
namespace http = pingtrail::http;
namespace site = pingtrail::site;
using base::LogLevel;

int refuse(const std::string& message) {
  std::cerr << "pingtrail-exporter: " << message << '\n';
  return 1;
}

// Sockets that the service manager opened for us, else those of --listen.
base::Expected<std::vector<base::Fd>> listeners(const site::Settings& settings) {
  std::vector<base::Fd> out;
  const int handed = ::sd_listen_fds(1);
  out.reserve(static_cast<std::size_t>(std::max(handed, 0)));
  for (int i = 0; i < handed; ++i) out.emplace_back(SD_LISTEN_FDS_START + i);
  if (!out.empty()) return out;
  for (const std::string& address : settings.listen) {
    auto made = http::listen_at(address);
    if (!made) return made.error();
    for (base::Fd& one : *made) out.push_back(std::move(one));
  }
  return out;
}

sigset_t signals_of_ours() {
  sigset_t out{};
  ::sigemptyset(&out);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&out, number);
  return out;
}

// A signal, or 0 when a second has passed without one.
int next_signal(const sigset_t& ours) {
  const timespec second{1, 0};
  const int number = ::sigtimedwait(&ours, nullptr, &second);
  return number > 0 ? number : 0;
}

void reload(site::Site& pages, const base::Log& log) {
  ::sd_notify(0, "RELOADING=1");
  if (const auto done = pages.reload(); !done) {
    log(LogLevel::error, done.error().message + "; the old configuration stays");
  }
  ::sd_notify(0, "READY=1");
}

int serve(const site::Settings& settings, const site::Site::Settle& again) {
  const base::Log log(settings.log_level);
  // Threads inherit it: all signals of ours come to this one.
  const sigset_t ours = signals_of_ours();
  ::pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  pingtrail::graph::prepare_process(settings.zone);

  site::Site pages(settings, again, log);
  if (const auto done = pages.begin(); !done) return refuse(done.error().message);
  auto access = http::Access::open(settings.web_config, log);
  if (!access) return refuse(access.error().message);
  auto sockets = listeners(settings);
  if (!sockets) return refuse(sockets.error().message);
  std::string where;
  for (const base::Fd& one : *sockets) where += " " + http::address_of(one);
  auto server = http::Server::start(
      *std::move(sockets), pages, **access, [&pages] { return pages.frame_ancestors(); }, log);
  if (!server) return refuse(server.error().message);
  log(LogLevel::info, "listening at" + where);
  ::sd_notify(0, "READY=1");
  for (int number = 0; number != SIGTERM && number != SIGINT; number = next_signal(ours)) {
    if (number == SIGHUP) reload(pages, log);
    (*server)->tick();
  }
  ::sd_notify(0, "STOPPING=1");
  server->reset();
  log(LogLevel::info, "ended");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> words(argv + 1, argv + argc);
    // Each thread that reads the estate would otherwise keep a heap of its own for it: at 10,000
    // hosts that all changed 92 MB resident instead of 63 (2026-11-27).
    ::mallopt(M_ARENA_MAX, 1);
    // librrd would send everything to the daemon this names.
    ::unsetenv("RRDCACHED_ADDRESS");
    const auto parsed = site::parse_settings(words);
    if (!parsed) return refuse(parsed.error().message);
    if (const auto* help = std::get_if<site::HelpRequested>(&*parsed)) {
      std::cout << help->text;
      return 0;
    }
    const site::Site::Settle again = [words]() -> base::Expected<site::Settings> {
      auto fresh = site::parse_settings(words);
      if (!fresh) return fresh.error();
      return std::get<site::Settings>(*std::move(fresh));
    };
    return serve(std::get<site::Settings>(*parsed), again);
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
}
