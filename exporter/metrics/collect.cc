// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/collect.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <vector>

#include "perfdata/base/fd.h"
#include "perfdata/base/number.h"

namespace pingtrail::metrics {
namespace {

// Absent when it cannot be read, or is larger than any file that is read here.
std::optional<std::string> whole_file(const std::string& path) {
  constexpr std::size_t kMost = 1 << 20;
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return std::nullopt;
  std::string text;
  std::array<char, 4096> piece;
  while (text.size() < kMost) {
    const ssize_t got = ::read(fd.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(got));
  }
  return std::nullopt;
}

std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kBlank = " \t\n";
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(kBlank), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

// The words of the line that begins with `name`.
std::vector<std::string_view> line_words(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (text.starts_with(name)) return words(text.substr(name.size(), end - name.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

std::optional<double> boot_seconds() {
  const auto stat = whole_file("/proc/stat");
  if (!stat) return std::nullopt;
  const auto line = line_words(*stat, "btime ");
  const auto seconds = line.empty() ? std::nullopt : base::parse_integer(line[0]);
  if (!seconds) return std::nullopt;
  return static_cast<double>(*seconds);
}

// proc(5): the fields behind the command's closing bracket, which may hold anything.
void read_stat(ProcessFigures& out) {
  constexpr std::size_t kUserTicks = 11;
  constexpr std::size_t kSystemTicks = 12;
  constexpr std::size_t kStartTicks = 19;
  constexpr std::size_t kVirtualBytes = 20;
  constexpr std::size_t kResidentPages = 21;
  const auto stat = whole_file("/proc/self/stat");
  const long ticks = ::sysconf(_SC_CLK_TCK);
  const long page = ::sysconf(_SC_PAGESIZE);
  if (!stat || ticks <= 0 || page <= 0) return;
  const std::size_t bracket = stat->rfind(')');
  if (bracket == std::string::npos) return;
  const auto field = words(std::string_view(*stat).substr(bracket + 1));
  if (field.size() <= kResidentPages) return;
  const auto number = [&field](std::size_t at) {
    return base::parse_integer(field[at]).value_or(0);
  };
  const auto per_second = static_cast<double>(ticks);
  out.cpu_seconds = static_cast<double>(number(kUserTicks) + number(kSystemTicks)) / per_second;
  out.virtual_bytes = static_cast<std::uint64_t>(number(kVirtualBytes));
  out.resident_bytes = static_cast<std::uint64_t>(number(kResidentPages) * page);
  if (const auto boot = boot_seconds()) {
    out.start_time_seconds = *boot + static_cast<double>(number(kStartTicks)) / per_second;
  }
}

std::optional<std::uint64_t> open_fds() {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir("/proc/self/fd"), ::closedir);
  if (!listing) return std::nullopt;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(listing.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count - 1;  // the listing itself
}

}  // namespace

ProcessFigures read_process_figures() {
  ProcessFigures out;
  read_stat(out);
  out.open_fds = open_fds();
  if (const auto limits = whole_file("/proc/self/limits")) {
    const auto line = line_words(*limits, "Max open files");
    const auto most = line.empty() ? std::nullopt : base::parse_integer(line[0]);
    if (most) out.max_fds = static_cast<std::uint64_t>(*most);
  }
  return out;
}

std::optional<rrd::Counters> read_writer_counters(const std::string& rrd_dir) {
  const auto text = whole_file(rrd_dir + "/.pingtrail/counters");
  if (!text) return std::nullopt;
  return rrd::parse_counters(*text);
}

}  // namespace pingtrail::metrics
