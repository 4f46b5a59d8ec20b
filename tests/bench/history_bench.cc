// SPDX-License-Identifier: GPL-3.0-or-later
// history_bench [LINES]: what one recorded check costs, and how fast an import is.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "perfdata/base/posix_clock.h"
#include "perfdata/history/import.h"
#include "perfdata/history/recorder.h"
#include "tests/support/temp_directory.h"

namespace pingtrail::history {
namespace {

double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

// CPU per recorded check. `flap` 0: always up; n: the state changes every n checks.
void bench_record(const std::string& dir, const char* what, int flap, int checks) {
  CheckFigures figures;
  figures.sent = 5;
  figures.received = 5;
  figures.address = "192.0.2.7";
  figures.round_trips = RoundTrips{0.001, 0.0005, 0.002, 0.001};
  figures.rtt_s = {0.0005, 0.001, 0.001, 0.0005, 0.002};
  const double begin = cpu_us();
  for (int i = 0; i < checks; ++i) {
    Observation observation = observation_now(Milliseconds(60000));
    observation.wall += Milliseconds(i * 60000LL);
    *observation.boot += Milliseconds(i * 60000LL);
    const bool down = flap != 0 && i / flap % 2 == 1;
    observation.state = down ? ObservedState::down : ObservedState::up;
    record_check(dir, {what, ""}, observation, figures);
  }
  std::printf("%-22s %6.1f us CPU a check\n", what, (cpu_us() - begin) / checks);
}

// Two thousand hosts, one check a minute each, one outage of five checks in a thousand.
void bench_import(const std::string& dir, long lines) {
  constexpr long kHosts = 2000;
  Importer importer(dir, {});
  std::string piece;
  const auto begin = base::mono_now();
  for (long i = 0; i < lines; ++i) {
    const long check = i / kHosts;
    const long host = i % kHosts;
    piece += std::to_string(1800000000000 + check * 60000 + host * 10);
    piece += ",host-" + std::to_string(host);
    piece += (check + host) % 1000 < 5 ? ",down\n" : ",up\n";
    if (piece.size() < 1 << 20) continue;
    if (!importer.feed(piece)) std::abort();
    piece.clear();
  }
  if (!importer.feed(piece)) std::abort();
  const auto summary = importer.finish();
  if (!summary || summary->applied != static_cast<std::uint64_t>(lines)) std::abort();
  const double seconds = std::chrono::duration<double>(base::mono_now() - begin).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("import                 %6.0f lines/s (%ld lines, %llu transitions), %ld MB\n",
              static_cast<double>(lines) / seconds, lines,
              static_cast<unsigned long long>(summary->transitions), usage.ru_maxrss / 1024);
}

}  // namespace
}  // namespace pingtrail::history

int main(int argc, char** argv) {
  const pingtrail::support::TempDirectory scratch;
  const std::string dir = scratch.path();
  pingtrail::history::bench_record(dir, "steady", 0, 50000);
  pingtrail::history::bench_record(dir, "changes every check", 1, 10000);
  pingtrail::history::bench_import(dir, argc > 1 ? std::atol(argv[1]) : 1000000);
  return 0;
}
