// SPDX-License-Identifier: GPL-3.0-or-later
// storm_test HOSTS: that many processes record the first failure of as many hosts at once. None may
// wait over 50 ms for a lock (beyond being scheduled), and after the next check no transition is
// missing from the journal.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "perfdata/base/posix_clock.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/recorder.h"

namespace pingtrail::history {
namespace {

constexpr std::int64_t kStart = 1800000000000;

// Two locks of 50 ms each, and a loaded machine's scheduling of so many processes; these take ten
// times as long to run under a sanitizer.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr long kMostUs = 4000000;
#else
constexpr long kMostUs = 400000;
#endif

// One page that all processes share.
struct alignas(long) Shared {
  std::atomic<bool> go;
  std::atomic<int> ready;
  std::atomic<int> notes;
};

void check(const std::string& dir, int host, int minute, bool up, Shared* shared) {
  Observation observation;
  observation.wall = WallTime(Milliseconds(kStart + minute * 60000LL));
  observation.state = up ? ObservedState::up : ObservedState::down;
  observation.interval = Milliseconds(60000);
  CheckFigures figures;
  figures.sent = 5;
  const RecordOutcome outcome =
      record_check(dir, {"host-" + std::to_string(host), ""}, observation, figures);
  for (const std::string& note : outcome.notes) std::fprintf(stderr, "%s\n", note.c_str());
  if (shared != nullptr) shared->notes += static_cast<int>(outcome.notes.size());
}

// Microseconds that each of the processes took.
std::vector<long> storm(const std::string& dir, int hosts, Shared* shared, long* took) {
  std::vector<pid_t> pids;
  for (int host = 0; host < hosts; ++host) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ++shared->ready;
      while (!shared->go) ::usleep(500);
      const auto begin = base::mono_now();
      check(dir, host, 1, false, shared);
      const auto spent = base::mono_now() - begin;
      took[host] =
          static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
      ::_exit(0);
    }
    pids.push_back(pid);
  }
  while (shared->ready < hosts) ::usleep(1000);
  shared->go = true;
  for (const pid_t pid : pids) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (status != 0) ++shared->notes;
  }
  std::vector<long> out(took, took + hosts);
  std::sort(out.begin(), out.end());
  return out;
}

std::string judge(const std::string& dir, int hosts) {
  std::map<std::string, int> downs;
  const auto report = walk_journal(dir, [&downs](const JournalRecord& record) {
    if (record.transition.kind == TransitionKind::down) ++downs[record.name];
  });
  if (!report) return report.error().message;
  if (report->state != ChainState::intact) return report->fact;
  if (downs.size() != static_cast<std::size_t>(hosts)) return "a transition is lost";
  for (const auto& [name, count] : downs) {
    if (count != 1) return name + ": a transition is there twice";
  }
  return "";
}

std::string run(const std::string& dir, int hosts) {
  const std::size_t size = sizeof(Shared) + sizeof(long) * static_cast<std::size_t>(hosts);
  void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return "mmap";
  auto* shared = static_cast<Shared*>(page);
  auto* took = reinterpret_cast<long*>(shared + 1);
  for (int host = 0; host < hosts; ++host) check(dir, host, 0, true, nullptr);
  const std::vector<long> times = storm(dir, hosts, shared, took);
  std::printf("%d hosts at once: p50 %ld us, p99 %ld us, longest %ld us\n", hosts,
              times[times.size() / 2], times[times.size() * 99 / 100], times.back());
  for (int host = 0; host < hosts; ++host) check(dir, host, 2, false, nullptr);
  if (times.back() > kMostUs) return "a check took too long";
  if (shared->notes != 0) return "a check found something to complain about, or died";
  return judge(dir, hosts);
}

}  // namespace
}  // namespace pingtrail::history

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: storm_test HOSTS\n", stderr);
    return 2;
  }
  std::string dir = (std::filesystem::temp_directory_path() / "pingtrail-storm-XXXXXX").string();
  if (::mkdtemp(dir.data()) == nullptr) return 2;
  const std::string fault = pingtrail::history::run(dir, std::atoi(argv[1]));
  if (!fault.empty()) {
    std::fprintf(stderr, "%s (kept in %s)\n", fault.c_str(), dir.c_str());
    return 1;
  }
  std::filesystem::remove_all(dir);
  return 0;
}
