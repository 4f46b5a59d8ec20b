// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/daemon.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "perfdata/base/posix_clock.h"
#include "perfdata/drain.h"
#include "perfdata/forecast.h"
#include "perfdata/spool/directory_spool.h"
#include "perfdata/spool/directory_watch.h"

namespace pingtrail::daemon {
namespace {

using base::Error;
using base::ErrorKind;
using base::Expected;
using base::LogLevel;
using base::MonoTime;
using rrd_options::Settings;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMostThreadsUnasked = 4;
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{30'000};
constexpr seconds kOnceGivesUpAfter{20};
constexpr seconds kCountersPeriod{10};
// A file that could not be had (still written to) raises no event when it can.
constexpr milliseconds kLookAgain{2'000};

// Set by signals; std::atomic<bool> is lock-free, and so allowed in a handler.
std::atomic<bool> stop_asked{false};
std::atomic<bool> reload_asked{false};

void on_signal(int number) { (number == SIGHUP ? reload_asked : stop_asked) = true; }

// The signals wait outside of ppoll(2), so that none is missed between looking and sleeping; the
// flags are looked at between two archives as well, so there they must come through.
class Signals {
 public:
  Signals() {
    stop_asked = reload_asked = false;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(number, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    ::sigemptyset(&ours_);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&ours_, number);
  }

  // Sleeps until `fd` can be read, a signal comes, or the time is over.
  void wait(int fd, milliseconds time) const {
    sigset_t before{};
    ::pthread_sigmask(SIG_BLOCK, &ours_, &before);
    if (!stop_asked && !reload_asked) {
      pollfd waiting{fd, POLLIN, 0};
      const auto whole = std::chrono::duration_cast<seconds>(time);
      const timespec timeout{whole.count(), std::chrono::nanoseconds(time - whole).count()};
      ::ppoll(&waiting, 1, &timeout, &before);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

 private:
  sigset_t ours_{};
};

Expected<drain::DrainConfig> drain_config(const Settings& settings, const base::Log& log) {
  drain::DrainConfig config;
  config.only_command = settings.only_command;
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  config.threads = settings.threads > 0 ? settings.threads : std::min(cores, kMostThreadsUnasked);
  config.warn = [&log](const std::string& text) { log(LogLevel::warning, text); };
  if (!settings.rrdcached.empty()) {
    config.rrdcached = rrd::parse_cache_address(settings.rrdcached);
    if (!config.rrdcached)
      return base::invalid_input("--rrdcached", settings.rrdcached + " is no address");
  }
  if (settings.rra_cfg.empty()) return config;
  std::ifstream file(settings.rra_cfg);
  if (!file) return base::invalid_input(settings.rra_cfg, "cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  auto rra = rrd::parse_rra_config(text.str());
  if (!rra) return base::invalid_input(settings.rra_cfg, rra.error().message);
  config.rra = *std::move(rra);
  return config;
}

// Everything of one run, so that the loop's parts can be small.
class Loop {
 public:
  Loop(Settings settings, const base::Log& log, const Notify& notify, rrd::ArchiveTree tree,
       spool::DirectorySpool spool, spool::DirectoryWatch watch)
      : settings_(std::move(settings)),
        log_(log),
        notify_(notify),
        tree_(std::move(tree)),
        spool_(std::move(spool)),
        watch_(std::move(watch)),
        before_(rrd::parse_counters(tree_.read_own("counters"))) {}

  int run(const drain::DrainConfig& config, const std::function<Expected<Settings>()>& reload) {
    const MonoTime begin = base::mono_now();
    while (!stop_asked) {
      if (reload_asked.exchange(false)) take_settings(reload);
      const auto done = step(config);
      if (done && *done) {
        write_counters_sometimes();
        continue;
      }
      if (done && settings_.once) break;
      if (!done && settings_.once && base::mono_now() - begin > kOnceGivesUpAfter) {
        log_(LogLevel::error, done.error().message);
        write_counters();
        return 1;
      }
      write_counters_sometimes();
      signals_.wait(watch_.fd(), pause(done));
      watch_.clear();
    }
    notify_("STOPPING=1");
    write_counters();
    return 0;
  }

 private:
  // True when a batch was done, false when there is nothing to do now.
  Expected<bool> step(const drain::DrainConfig& config) {
    if (!drain_) {
      auto drain = drain::Drain::start(spool_, tree_, config);
      if (!drain) return drain.error();
      drain_ = *std::move(drain);
      notify_("READY=1");
    }
    if (!is_due()) return false;
    auto done = drain_->step(stop_asked);
    if (done && *done) {
      first_seen_.reset();
      failure_.clear();
      pause_ = kFirstPause;
    }
    return done;
  }

  // With --group, files wait until the oldest has waited long enough, or they fill a batch.
  bool is_due() {
    if (settings_.once || settings_.group.count() == 0) return true;
    const auto files = spool_.pending();
    if (!files || files->empty()) return !files || !failure_.empty();
    std::uint64_t bytes = 0;
    for (const spool::SpoolFile& file : *files) bytes += file.bytes;
    const MonoTime now = base::mono_now();
    if (!first_seen_) first_seen_ = now;
    return now - *first_seen_ >= settings_.group || bytes >= drain::DrainConfig().bytes_at_once ||
           !failure_.empty();
  }

  milliseconds pause(const Expected<bool>& done) {
    if (done) return kLookAgain;
    // The same trouble is told once, and then every time the pause has grown to its longest.
    if (done.error().message != failure_ || pause_ >= kLongestPause)
      log_(LogLevel::error, done.error().message);
    failure_ = done.error().message;
    const milliseconds now = pause_;
    pause_ = std::min(pause_ * 2, settings_.once ? milliseconds(seconds(2)) : kLongestPause);
    return now;
  }

  void take_settings(const std::function<Expected<Settings>()>& reload) {
    notify_("RELOADING=1");
    const auto settings = reload();
    auto config =
        settings ? drain_config(*settings, log_) : Expected<drain::DrainConfig>(settings.error());
    if (config) {
      settings_.group = settings->group;
      if (drain_) drain_->configure(*config);
      log_(LogLevel::info, "configuration read again");
    } else {
      log_(LogLevel::error, config.error().message + "; the old configuration stays");
    }
    notify_("READY=1");
  }

  void write_counters_sometimes() {
    const MonoTime now = base::mono_now();
    if (counters_written_ && now - *counters_written_ < kCountersPeriod) return;
    counters_written_ = now;
    write_counters();
  }

  void write_counters() {
    rrd::Counters counters = before_;
    if (drain_) add_totals(counters, drain_->counters());
    counters.updated_ms = base::wall_now().time_since_epoch().count();
    counters.pending_files = counters.pending_bytes = counters.oldest_pending_ms = 0;
    if (const auto files = spool_.pending(); files && !files->empty()) {
      counters.pending_files = std::ssize(*files);
      counters.oldest_pending_ms = files->front().modified_ns / 1'000'000;
      for (const auto& file : *files)
        counters.pending_bytes += static_cast<std::int64_t>(file.bytes);
    }
    if (auto done = tree_.write_own("counters", format_counters(counters)); !done) {
      log_(LogLevel::debug, done.error().message);
    }
    notify_("STATUS=" + std::to_string(counters.samples_written_total) + " samples written, " +
            std::to_string(counters.pending_files) + " files waiting");
  }

  Settings settings_;
  const base::Log& log_;
  const Notify& notify_;
  rrd::ArchiveTree tree_;
  spool::DirectorySpool spool_;
  spool::DirectoryWatch watch_;
  Signals signals_;
  rrd::Counters before_;
  std::unique_ptr<drain::Drain> drain_;
  std::optional<MonoTime> first_seen_, counters_written_;
  std::string failure_;
  milliseconds pause_ = kFirstPause;
};

}  // namespace

int run(const Settings& settings, const base::Log& log, const Notify& notify,
        const std::function<Expected<Settings>()>& reload) {
  const auto refuse = [&](const Error& error) {
    log(LogLevel::error, error.message);
    return 1;
  };
  const auto config = drain_config(settings, log);
  if (!config) return refuse(config.error());
  auto tree = rrd::ArchiveTree::open(settings.rrd_dir);
  if (!tree) return refuse(tree.error());
  auto spool = spool::DirectorySpool::open(settings.spool);
  if (!spool) return refuse(spool.error());
  auto watch = spool::DirectoryWatch::open(settings.spool);
  if (!watch) return refuse(watch.error());
  Loop loop(settings, log, notify, *std::move(tree), *std::move(spool), *std::move(watch));
  return loop.run(*config, reload);
}

int tell_forecast(const Settings& settings, const base::Log& log) {
  const auto config = drain_config(settings, log);
  const auto forecast = config ? drain::forecast(settings.spool, settings.rrd_dir, *config)
                               : Expected<drain::Forecast>(config.error());
  if (!forecast) {
    log(LogLevel::error, forecast.error().message);
    return 1;
  }
  std::cout << forecast_text(*forecast) << '\n';
  return 0;
}

}  // namespace pingtrail::daemon
