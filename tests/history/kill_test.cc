// SPDX-License-Identifier: GPL-3.0-or-later
// kill_test KILLS WORKERS: WORKERS processes record flapping hosts into one directory and are
// killed by SIGKILL at random instants, KILLS times in all. Afterwards, and in between, everything
// must be readable and whole. Exit 0 when it is, 1 with the first fault otherwise.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "perfdata/base/posix_clock.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/recorder.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::history {
namespace {

constexpr int kHosts = 6;
constexpr int kMostChecks = 200000;  // a worker that nobody kills ends by itself

std::string host_name(int host) { return "host-" + std::to_string(host); }

// A microsecond counts as a millisecond, so that no two checks of a host share an instant.
Observation observe(ObservedState state) {
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(base::mono_now().time_since_epoch());
  Observation out;
  out.wall = WallTime(Milliseconds(1800000000000 + us.count()));
  out.boot = BootTime(Milliseconds(us.count()));
  out.boot_id[0] = 1;
  out.state = state;
  out.interval = Milliseconds(1000000);
  return out;
}

// Records flapping hosts as fast as it can, until it is killed.
[[noreturn]] void work(const std::string& dir, unsigned seed) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::mt19937 random(seed);
  for (int i = 0; i < kMostChecks; ++i) {
    const HostKey key{host_name(static_cast<int>(random() % kHosts)), ""};
    const auto state = random() % 2 == 0 ? ObservedState::up : ObservedState::down;
    const Observation observation = observe(state);
    CheckFigures figures;
    figures.sent = 5;
    figures.received = state == ObservedState::up ? 5 : 0;
    figures.reason = "no answer";
    record_check(dir, key, observation, figures);
  }
  ::_exit(0);
}

pid_t start_worker(const std::string& dir, unsigned seed) {
  const pid_t pid = ::fork();
  if (pid == 0) work(dir, seed);
  return pid;
}

struct Watched {
  Counters counters;
  std::uint64_t next_number = 0;
};

bool stepped_back(const Counters& a, const Counters& b) {
  return b.checks < a.checks || b.late < a.late || b.probes_sent < a.probes_sent ||
         b.outages < a.outages || b.up.unplanned < a.up.unplanned ||
         b.down.unplanned < a.down.unplanned || b.unknown.unplanned < a.unknown.unplanned;
}

// A fault, or "".
std::string look(const std::string& dir, std::map<std::string, Watched>& watched) {
  const auto listing = read_states(dir);
  if (!listing) return listing.error().message;
  if (!listing->unreadable.empty()) return listing->unreadable.front();
  for (const HostState& state : listing->states) {
    Watched& before = watched[state.key.name];
    if (stepped_back(before.counters, state.counters)) return state.key.name + ": a counter fell";
    if (state.next_number < before.next_number) return state.key.name + ": transitions fell";
    before = {state.counters, state.next_number};
  }
  return "";
}

// After the last kill one quiet check of each host brings in what was pending; then every
// transition that was ever numbered is in the chain exactly once.
std::string settle(const std::string& dir) {
  for (int host = 0; host < kHosts; ++host) {
    const RecordOutcome outcome =
        record_check(dir, {host_name(host), ""}, observe(ObservedState::up), {});
    if (!outcome.notes.empty()) return outcome.notes.front();
  }
  std::map<std::string, std::vector<std::uint64_t>> numbers;
  const auto report = walk_journal(dir, [&numbers](const JournalRecord& record) {
    numbers[record.name].push_back(record.transition.number);
  });
  if (!report) return report.error().message;
  if (report->state != ChainState::intact) return report->fact;
  std::printf("%llu records, intact\n", static_cast<unsigned long long>(report->records));
  const auto listing = read_states(dir);
  if (!listing) return listing.error().message;
  for (const HostState& state : listing->states) {
    if (!state.pending.empty()) return state.key.name + ": still pending";
    const auto& seen = numbers[state.key.name];
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] != seen[0] + i) return state.key.name + ": a transition twice or missing";
    }
    if (seen.empty() || state.next_number != seen.back() + 1) {
      return state.key.name + ": the newest transition is not in the journal";
    }
  }
  return "";
}

std::string stray_file(const std::string& dir) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = std::filesystem::relative(entry.path(), dir).string();
    const bool ours = name == "journal/chain" || name == "journal/head" ||
                      (name.starts_with("state/host-") && entry.file_size() % kSlotBytes == 0);
    if (!ours) return name + ": stray or torn file";
  }
  return "";
}

std::string run(const std::string& dir, int kills, int workers) {
  std::mt19937 random(20261121);
  std::map<std::string, Watched> watched;
  std::vector<pid_t> pids;
  pids.reserve(static_cast<std::size_t>(workers));
  unsigned seed = 1;
  for (int i = 0; i < workers; ++i) pids.push_back(start_worker(dir, seed++));
  std::string fault;
  for (int i = 0; i < kills && fault.empty(); ++i) {
    const timespec pause{0, static_cast<long>(random() % 8000000)};
    ::nanosleep(&pause, nullptr);
    pid_t& victim = pids[random() % pids.size()];
    ::kill(victim, SIGKILL);
    ::waitpid(victim, nullptr, 0);
    victim = start_worker(dir, seed++);
    if (i % 50 == 49) fault = look(dir, watched);
  }
  for (const pid_t pid : pids) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  if (fault.empty()) fault = look(dir, watched);
  if (fault.empty()) fault = settle(dir);
  if (fault.empty()) fault = stray_file(dir);
  std::uint64_t checks = 0;
  for (const auto& [name, seen] : watched) checks += seen.counters.checks + seen.counters.late;
  std::printf("%d kills, %llu checks recorded\n", kills, static_cast<unsigned long long>(checks));
  return fault;
}

}  // namespace
}  // namespace pingtrail::history

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: kill_test KILLS WORKERS\n", stderr);
    return 2;
  }
  std::string dir = (std::filesystem::temp_directory_path() / "pingtrail-kill-XXXXXX").string();
  if (::mkdtemp(dir.data()) == nullptr) return 2;
  const std::string fault = pingtrail::history::run(dir, std::atoi(argv[1]), std::atoi(argv[2]));
  if (!fault.empty()) {
    std::fprintf(stderr, "%s (kept in %s)\n", fault.c_str(), dir.c_str());
    return 1;
  }
  std::filesystem::remove_all(dir);
  return 0;
}
