// SPDX-License-Identifier: GPL-3.0-or-later
// What a scrape costs, and what as many series cost that are printed by a bare loop.
//   metrics_cost make DIR HOSTS          a state directory: a few outages a host, checked just now
//   metrics_cost check DIR COUNT         one more check of the first COUNT hosts
//   metrics_cost bare HOSTS SERIES [gzip]
//   metrics_cost ours DIR CHECKED [gzip] the same by pingtrail's library, without HTTP; between two
//                                        scrapes the first CHECKED hosts are checked again
// The last two print: CPU ms a scrape, bytes of text, series, resident MB.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "exporter/metrics/collect.h"
#include "exporter/metrics/exposition.h"
#include "perfdata/base/posix_clock.h"
#include "perfdata/history/import.h"
#include "perfdata/history/live_archive.h"
#include "perfdata/history/recorder.h"

namespace pingtrail::metrics {
namespace {

constexpr int kScrapes = 20;

double cpu_ms() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

std::string host_name(int host) { return "host-" + std::to_string(host) + ".example.net"; }
std::string address(int host) {
  return "10." + std::to_string(host >> 16) + "." + std::to_string(host >> 8 & 255) + "." +
         std::to_string(host & 255);
}

void record(const std::string& dir, int host, base::WallTime at) {
  history::Observation observation = history::observation_now(history::Milliseconds(60000));
  observation.wall = at;
  observation.state = history::ObservedState::up;
  history::CheckFigures figures;
  figures.sent = 5;
  figures.received = 5;
  figures.address = address(host);
  figures.group = "group-" + std::to_string(host % 20);
  figures.rtt_s = {0.000833, 0.000912, 0.001003, 0.000791, 0.001241};
  figures.round_trips = history::RoundTrips{0.000956, 0.000791, 0.001241, 0.000912};
  if (!history::record_check(dir, {host_name(host), ""}, observation, figures).recorded) {
    std::abort();
  }
}

void make(const std::string& dir, int hosts) {
  std::filesystem::create_directories(dir);
  const std::int64_t now = base::wall_now().time_since_epoch().count();
  history::Importer importer(dir, {});
  std::string text;
  // Twenty days of one outage each five days, a check every minute around them.
  for (int host = 0; host < hosts; ++host) {
    const std::string tail = "," + host_name(host) + ",";
    for (std::int64_t day = 20; day > 0; day -= 5) {
      for (std::int64_t i = 0; i < 6; ++i) {
        text += std::to_string(now - day * 86400000 + i * 60000 + host) + tail +
                (i == 2 || i == 3 ? "down" : "up") + ",60\n";
      }
    }
    if (!importer.feed(text)) std::abort();
    text.clear();
  }
  if (!importer.finish()) std::abort();
  for (int host = 0; host < hosts; ++host) record(dir, host, base::wall_now());
}

// Deflate as gzip, level 1, whole text in pieces; the bytes that came out.
class Gzip {
 public:
  Gzip() { ::deflateInit2(&stream_, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY); }
  ~Gzip() { ::deflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  void add(const std::string& text, bool last, std::string& out) {
    std::string input = text;
    std::array<unsigned char, 65536> piece;
    stream_.next_in = reinterpret_cast<unsigned char*>(input.data());
    stream_.avail_in = static_cast<unsigned>(input.size());
    do {
      stream_.next_out = piece.data();
      stream_.avail_out = static_cast<unsigned>(piece.size());
      ::deflate(&stream_, last ? Z_FINISH : Z_NO_FLUSH);
      const std::size_t made = piece.size() - stream_.avail_out;
      out.append(reinterpret_cast<const char*>(piece.data()), made);
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
};

// Text goes to where a socket would be.
class Sink {
 public:
  explicit Sink(bool gzip) : fd_(::open("/dev/null", O_WRONLY | O_CLOEXEC)), gzip_(gzip) {}
  ~Sink() { ::close(fd_); }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void begin() { bytes = 0; }
  void send(const std::string& text, bool last, Gzip& gzip) {
    bytes += text.size();
    if (!gzip_) return put(text);
    std::string packed;
    gzip.add(text, last, packed);
    put(packed);
  }
  std::size_t bytes = 0;

 private:
  void put(const std::string& text) const {
    if (::write(fd_, text.data(), text.size()) < 0) std::abort();
  }
  int fd_;
  bool gzip_;
};

// The loop somebody would write by hand: one buffer, to_chars, one write.
std::size_t bare_scrape(int hosts, int series, std::string& out) {
  static std::vector<std::string> names, addresses, families;
  static std::vector<double> values;
  if (names.empty()) {
    for (int i = 0; i < hosts; ++i) {
      names.push_back(host_name(i));
      addresses.push_back(address(i));
      values.push_back(1764250000.123 + i);
    }
    for (int i = 0; i < series; ++i)
      families.push_back("pingtrail_metric_number_" + std::to_string(i));
  }
  out.clear();
  std::array<char, 32> digits;
  for (const std::string& family : families) {
    out += "# HELP " + family + " Help.\n# TYPE " + family + " gauge\n";
    for (std::size_t i = 0; i < names.size(); ++i) {
      out += family;
      out += "{host=\"";
      out += names[i];
      out += "\",address=\"";
      out += addresses[i];
      out += "\"} ";
      out.append(digits.data(),
                 std::to_chars(digits.data(), digits.data() + digits.size(), values[i]).ptr);
      out += '\n';
    }
  }
  return names.size() * families.size();
}

void report(const std::function<std::size_t(bool)>& scrape, const std::function<void()>& between,
            const Sink& sink) {
  const std::size_t series = scrape(true);
  double sum = 0;
  for (int i = 0; i < kScrapes; ++i) {
    between();
    const double begin = cpu_ms();
    scrape(false);
    sum += cpu_ms() - begin;
  }
  const double each = sum / kScrapes;
  const double resident = static_cast<double>(read_process_figures().resident_bytes.value_or(0));
  std::printf("%.2f %zu %zu %.1f\n", each, sink.bytes, series, resident / 1e6);
}

void bare(int hosts, int series, bool gzip) {
  Sink sink(gzip);
  std::string out;
  report(
      [&](bool) {
        Gzip packer;
        sink.begin();
        const std::size_t count = bare_scrape(hosts, series, out);
        sink.send(out, true, packer);
        return count;
      },
      [] {}, sink);
}

void ours(const std::string& dir, int checked, bool gzip) {
  Sink sink(gzip);
  history::LiveArchive live({dir});
  SnapshotOptions options;
  options.windows = default_windows();
  double refresh = 0;
  double snapshot = 0;
  std::size_t read = 0;
  report(
      [&](bool count) {
        Gzip packer;
        sink.begin();
        const double t0 = cpu_ms();
        SnapshotInputs inputs;
        inputs.view = live.refresh(base::wall_now());
        const double t1 = cpu_ms();
        const auto taken = take_snapshot(inputs, options, base::wall_now());
        const double t2 = cpu_ms();
        refresh = t1 - t0;
        snapshot = t2 - t1;
        Exposition exposition(*taken, {});
        std::string piece;
        std::size_t lines = 0;
        while (exposition.next(piece)) {
          for (std::size_t i = 0; count && i < piece.size(); ++i)
            lines += piece[i] == '\n' ? 1U : 0U;
          sink.send(piece, false, packer);
          piece.clear();
        }
        sink.send(piece, true, packer);
        read = inputs.view->states_read;
        return lines;
      },
      [&] {
        for (int host = 0; host < checked; ++host) record(dir, host, base::wall_now());
      },
      sink);
  std::fprintf(stderr, "of the last: refresh %.2f ms (%zu state files read), snapshot %.2f ms\n",
               refresh, read, snapshot);
}

}  // namespace
}  // namespace pingtrail::metrics

int main(int argc, char** argv) {
  using namespace pingtrail::metrics;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool gzip = !words.empty() && words.back() == "gzip";
  if (words.size() >= 3 && words[0] == "make") {
    make(words[1], std::atoi(words[2].c_str()));
  } else if (words.size() >= 3 && words[0] == "check") {
    const int count = std::atoi(words[2].c_str());
    for (int host = 0; host < count; ++host) {
      record(words[1], host, pingtrail::base::wall_now());
    }
  } else if (words.size() >= 3 && words[0] == "bare") {
    bare(std::atoi(words[1].c_str()), std::atoi(words[2].c_str()), gzip);
  } else if (words.size() >= 3 && words[0] == "ours") {
    ours(words[1], std::atoi(words[2].c_str()), gzip);
  } else {
    std::fputs(
        "usage: metrics_cost make DIR HOSTS | check DIR COUNT | bare HOSTS SERIES [gzip] | ours "
        "DIR [gzip]\n",
        stderr);
    return 2;
  }
  return 0;
}
