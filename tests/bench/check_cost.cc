// SPDX-License-Identifier: GPL-3.0-or-later
// check_cost [--at-once N] FILE: runs each line of FILE as a command (words separated by blanks), N
// at a time, and says what each one cost. Answer, in the order of the lines: a line of name=value
// words (exit code; CPU of the whole process, user and system, in microseconds; the most memory it
// had in KiB; begin and end on CLOCK_MONOTONIC in nanoseconds; size of what it said), then what it
// said on standard output and standard error, then a newline.
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "perfdata/base/fd.h"
#include "perfdata/base/number.h"
#include "perfdata/base/posix_clock.h"

namespace pingtrail::bench {
namespace {

using base::Fd;
using base::MonoTime;

struct Run {
  std::string words;        // the command, each word ended by a NUL
  std::vector<char*> argv;  // into words, ended by a null pointer
  Fd said;
  MonoTime begin{};
  MonoTime end{};
  int exit_code = 127;
  rusage used{};
};

[[noreturn]] void give_up(const std::string& fact) {
  std::fprintf(stderr, "check_cost: %s\n", fact.c_str());
  _exit(2);
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 65536> buffer{};
  ssize_t length = 0;
  while ((length = read(fd, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  return text;
}

std::vector<char*> split(std::string& words) {
  std::vector<char*> argv;
  bool inside = false;
  for (char& letter : words) {
    if (letter == ' ') {
      letter = '\0';
      inside = false;
    } else if (!inside) {
      argv.push_back(&letter);
      inside = true;
    }
  }
  argv.push_back(nullptr);
  return argv;
}

std::deque<Run> load(const char* path) {
  const Fd file(open(path, O_RDONLY | O_CLOEXEC));
  if (!file) give_up(std::string(path) + ": cannot be read");
  const std::string text = read_all(file.get());
  std::deque<Run> runs;  // their words do not move
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t stop = std::min(text.find('\n', at), text.size());
    if (stop > at) {
      Run& run = runs.emplace_back();
      run.words = text.substr(at, stop - at);
      run.argv = split(run.words);
    }
    at = stop + 1;
  }
  return runs;
}

// posix_spawn shares our memory until the exec, so that the cost of copying our page tables is not
// the command's.
pid_t start(Run& run) {
  run.said = Fd(memfd_create("said", MFD_CLOEXEC));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, run.said.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, run.said.get(), STDERR_FILENO);
  pid_t pid = -1;
  run.begin = base::mono_now();
  const int failure =
      posix_spawnp(&pid, run.argv.front(), &actions, nullptr, run.argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) give_up(std::string(run.argv.front()) + ": " + std::strerror(failure));
  return pid;
}

void run_all(std::deque<Run>& runs, std::size_t at_once) {
  std::map<pid_t, Run*> running;
  auto next = runs.begin();
  while (next != runs.end() || !running.empty()) {
    while (next != runs.end() && running.size() < at_once) {
      const pid_t pid = start(*next);
      running.emplace(pid, &*next);
      ++next;
    }
    int status = 0;
    rusage used{};
    const pid_t pid = wait4(-1, &status, 0, &used);
    if (pid < 0) give_up("no child left to wait for");
    Run& run = *running.at(pid);
    running.erase(pid);
    run.end = base::mono_now();
    run.used = used;
    run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
}

long long microseconds(const timeval& time) {
  return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

long long nanoseconds(MonoTime time) {
  return static_cast<long long>(time.time_since_epoch().count());
}

void report(const Run& run) {
  lseek(run.said.get(), 0, SEEK_SET);
  const std::string said = read_all(run.said.get());
  std::printf("exit=%d cpu_us=%lld rss_kib=%ld begin_ns=%lld end_ns=%lld bytes=%zu\n",
              run.exit_code, microseconds(run.used.ru_utime) + microseconds(run.used.ru_stime),
              run.used.ru_maxrss, nanoseconds(run.begin), nanoseconds(run.end), said.size());
  std::fwrite(said.data(), 1, said.size(), stdout);
  std::printf("\n");
}

}  // namespace
}  // namespace pingtrail::bench

int main(int argc, char** argv) {
  using pingtrail::bench::give_up;
  std::size_t at_once = 1;
  if (argc == 4 && std::strcmp(argv[1], "--at-once") == 0) {
    const auto number = pingtrail::base::parse_integer(argv[2]);
    if (!number || *number < 1) give_up(std::string("--at-once: '") + argv[2] + "' is no number");
    at_once = static_cast<std::size_t>(*number);
  } else if (argc != 2) {
    give_up("usage: check_cost [--at-once N] FILE");
  }
  auto runs = pingtrail::bench::load(argv[argc - 1]);
  pingtrail::bench::run_all(runs, at_once);
  for (const auto& run : runs) pingtrail::bench::report(run);
}
