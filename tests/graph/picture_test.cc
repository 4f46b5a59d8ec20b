// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of real archives.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <thread>

#include "exporter/graph/graph.h"
#include "tests/graph/made_archive.h"

// librrd 1.7.2 does not free the names of its legends (some 1 KB a picture), and neither do
// fontconfig and pango all of theirs; what this program leaks itself is told as ever. Stacks must
// be walked in full to tell whose it is.

// NOLINTBEGIN
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:librrd\nleak:libfontconfig\nleak:libpango\nleak:libcairo\nleak:libglib\n";
}
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "fast_unwind_on_malloc=0"; }
// NOLINTEND

namespace pingtrail::graph::test {
namespace {

using base::ErrorKind;
using history::TimeSpan;
using support::MadeSource;

constexpr std::int64_t kNow = 1'795'786'800;
constexpr std::int64_t kHour = 3600;

base::WallTime at(std::int64_t seconds) { return base::WallTime{std::chrono::seconds{seconds}}; }
TimeSpan hours_ago(std::int64_t from, std::int64_t to) {
  return {at(kNow - from * kHour), at(kNow - to * kHour)};
}

std::optional<std::vector<std::string>> ping(std::int64_t time_s) {
  const double rtt = 2 + std::sin(static_cast<double>(time_s) / 7000);
  const std::string loss = time_s % 7200 < 600 ? "20" : "0";
  return std::vector{std::to_string(rtt), loss, std::to_string(rtt * 2), std::to_string(rtt / 2)};
}

const std::vector<MadeSource>& ping_sources_made() {
  static const std::vector<MadeSource> kMade{{"rta", "ms", "200", "500"},
                                             {"pl", "%", "40", "80"},
                                             {"rtmax", "ms", "", ""},
                                             {"rtmin", "ms", "", ""}};
  return kMade;
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t out = 0;
  for (const char byte : bytes.substr(0, 4)) out = out << 8U | static_cast<unsigned char>(byte);
  return out;
}

// Well-formed enough that a browser shows it: every element is closed, no bare '&' or '<' in text.
std::string xml_fault(std::string_view xml) {
  std::vector<std::string> open;
  std::size_t i = 0;
  while (i < xml.size()) {
    if (xml[i] == '&') {
      const std::string_view name = xml.substr(i, xml.find(';', i) - i);
      if (name != "&amp" && name != "&lt" && name != "&gt" && name != "&quot")
        return "entity " + std::string(name.substr(0, 10));
    }
    if (xml[i] != '<') {
      ++i;
      continue;
    }
    const std::size_t end = xml.find('>', i);
    if (end == std::string_view::npos) return "a tag without its end";
    const std::string_view tag = xml.substr(i + 1, end - i - 1);
    i = end + 1;
    if (tag.empty() || tag.find('<') != std::string_view::npos) return "a tag in a tag";
    if (tag[0] == '?' || tag[0] == '!' || tag.back() == '/') continue;
    if (tag[0] != '/') {
      open.emplace_back(tag.substr(0, tag.find_first_of(" \n")));
    } else if (open.empty() || open.back() != tag.substr(1)) {
      return "closes " + std::string(tag);
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "open " + open.back();
}

class Pictures : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    archive_dir = new support::TempDirectory;  // NOLINT(cppcoreguidelines-owning-memory)
    make_archive(*archive_dir, "core-sw", "_HOST_", ping_sources_made(), kNow - 48 * kHour, kNow,
                 ping);
    prepare_process("Europe/Berlin");
  }
  static void TearDownTestSuite() {
    delete archive_dir;  // NOLINT(cppcoreguidelines-owning-memory)
    archive_dir = nullptr;
  }

  static GraphRequest request(int width, int height, bool dark, bool svg) {
    GraphRequest out;
    out.host = "core-sw";
    out.query.width_px = width;
    out.query.height_px = height;
    out.query.dark = dark;
    out.svg = svg;
    out.now = at(kNow);
    out.zone = "Europe/Berlin";
    return out;
  }
  static base::Expected<std::string> drawn(const GraphRequest& request) {
    ArchiveIndex index(archive_dir->path());
    return draw(index, request);
  }

  static support::TempDirectory* archive_dir;
};
support::TempDirectory* Pictures::archive_dir = nullptr;

TEST_F(Pictures, PngHasTheSizeAskedFor) {
  for (const auto& [width, height] : {std::pair{300, 120}, {1600, 400}, {100, 50}, {4000, 2000}}) {
    for (const bool dark : {false, true}) {
      const auto picture = drawn(request(width, height, dark, false));
      ASSERT_TRUE(picture.has_value()) << picture.error().message;
      ASSERT_TRUE(picture->starts_with("\x89PNG\r\n\x1a\n"));
      EXPECT_EQ(big_endian(picture->substr(16)), static_cast<std::uint32_t>(width));
      EXPECT_EQ(big_endian(picture->substr(20)), static_cast<std::uint32_t>(height));
    }
  }
}

TEST_F(Pictures, SvgIsXmlWithItsWords) {
  for (const int width : {300, 1600}) {
    for (const bool dark : {false, true}) {
      const auto picture = drawn(request(width, 320, dark, true));
      ASSERT_TRUE(picture.has_value()) << picture.error().message;
      EXPECT_EQ(xml_fault(*picture), "");
      EXPECT_THAT(*picture, testing::HasSubstr("<title>core-sw</title>"));
      EXPECT_THAT(*picture, testing::HasSubstr("width=\"" + std::to_string(width) + "\""));
      if (width < 1600) continue;
      for (const char* word : {"round trip", "packet loss", "loss from 1%", "down", "unknown",
                               "2026-11-26 14:40 to 2026-11-27 14:40 Europe/Berlin"}) {
        EXPECT_THAT(*picture, testing::HasSubstr(word));
      }
    }
  }
}

// The colours of SVG are shares with their alpha apart; a shade that is not used is not there.
constexpr const char* kDownShade = "fill:rgb(81.176471%,13.333333%,18.039216%);fill-opacity:0.439";
constexpr const char* kLossShade = "fill:rgb(76.078431%,33.72549%,60.784314%)";

// How many filled areas of that shade are no legend square.
std::size_t areas(const std::string& svg, std::string_view shade) {
  std::size_t out = 0;
  for (std::size_t i = svg.find(shade); i != std::string::npos; i = svg.find(shade, i + 1)) ++out;
  return out;
}

TEST_F(Pictures, OutagesMaintenanceAndLossAreShaded) {
  GraphRequest plain = request(300, 120, false, true);
  const auto without = drawn(plain);
  ASSERT_TRUE(without.has_value());
  EXPECT_EQ(areas(*without, kDownShade), 0U);
  EXPECT_GT(areas(*without, kLossShade), 5U);
  plain.outages = {hours_ago(9, 8), hours_ago(3, 2)};
  const auto with = drawn(plain);
  ASSERT_TRUE(with.has_value());
  EXPECT_EQ(areas(*with, kDownShade), 2U);
  plain.maintenance = {hours_ago(20, 16)};
  plain.unknown = {hours_ago(23, 21)};
  const auto all = drawn(plain);
  ASSERT_TRUE(all.has_value());
  const auto grey = [](const std::string& svg) {
    return areas(svg, "fill:rgb(54.901961%,58.431373%,62.352941%);fill-opacity:0.28");
  };
  EXPECT_EQ(grey(*all), grey(*with) + 1);
  EXPECT_GE(areas(*all, "fill:rgb(29.019608%,52.54902%,75.294118%)"), 3U) << "the hatch";
}

TEST_F(Pictures, AnOutageOfSecondsIsSeenInAYear) {
  GraphRequest year = request(300, 120, false, true);
  year.query.range = std::chrono::hours{24 * 365};
  const std::int64_t long_ago = kNow - std::int64_t{200} * 24 * kHour;
  year.outages = {{at(long_ago), at(long_ago + 7)}};
  const auto picture = drawn(year);
  ASSERT_TRUE(picture.has_value());
  EXPECT_EQ(areas(*picture, kDownShade), 1U);
}

TEST_F(Pictures, ManySpansAreDrawn) {
  GraphRequest request_of_many = request(1600, 400, false, false);
  for (std::int64_t i = 0; i < 3000; ++i) {
    request_of_many.outages.push_back({at(kNow - i * 28 - 5), at(kNow - i * 28)});
  }
  EXPECT_TRUE(drawn(request_of_many).has_value());
}

TEST_F(Pictures, HostileNamesAreHarmless) {
  const std::string title = "x:y\\l%s%n\" <b>&amp; \xff\x01=$(id) Zürich " + std::string(500, 'w');
  make_archive(*archive_dir, "h", "s%s",
               {{"l:a%s\\l=<&>\x02", "%n", "1:2", "3"}, {"a", "B", "", ""}}, kNow - kHour, kNow,
               [](std::int64_t) {
                 return std::vector<std::string>{"1", "2"};
               });
  for (const bool svg : {false, true}) {
    GraphRequest hostile = request(900, 320, false, svg);
    hostile.title = title;
    hostile.host = "h";
    hostile.query.service = "s%s";
    const auto picture = drawn(hostile);
    ASSERT_TRUE(picture.has_value()) << picture.error().message;
    if (svg) {
      EXPECT_EQ(xml_fault(*picture), "");
      EXPECT_THAT(*picture, testing::HasSubstr("l:a%s∖l=&lt;&amp;&gt;"));
    }
  }
}

TEST_F(Pictures, NothingOutsideIsOpened) {
  const support::TempDirectory outside;
  make_archive(outside, "secret", "_HOST_", ping_sources_made(), kNow - kHour, kNow, ping);
  std::filesystem::create_directory_symlink(outside.path("secret"), archive_dir->path("link"));
  std::filesystem::create_directory(archive_dir->path("half"));
  std::filesystem::create_symlink(outside.path("secret/_HOST_.rrd"),
                                  archive_dir->path("half/_HOST_.rrd"));
  const std::string up =
      "../" + std::filesystem::path(outside.path()).filename().string() + "/secret";
  for (const std::string& host : {std::string("link"), std::string("half"), up, std::string(".."),
                                  std::string("."), std::string(), std::string("a\0b", 3)}) {
    GraphRequest of = request(300, 120, false, false);
    of.host = host;
    EXPECT_FALSE(drawn(of).has_value()) << host;
  }
  ArchiveIndex index(archive_dir->path());
  const auto entries = index.entries();
  ASSERT_TRUE(entries.has_value());
  EXPECT_FALSE(entries->empty());
  for (const ArchiveEntry& entry : *entries) {
    EXPECT_NE(entry.host, "link");
    EXPECT_NE(entry.host, "half");
  }
}

TEST_F(Pictures, TrueNamesDecideWhoseArchiveItIs) {
  make_archive(*archive_dir, "a_b", "PING_4", ping_sources_made(), kNow - kHour, kNow, ping);
  archive_dir->write("a_b/PING_4.xml", support::page_of("a b", "PING 4", ping_sources_made()));
  ArchiveIndex index(archive_dir->path());
  ASSERT_TRUE(index.find("a b", "PING 4").has_value());
  EXPECT_EQ(index.find("a b", "PING 4")->name, (rrd::ArchiveName{"a_b", "PING_4"}));
  const auto other = index.find("a:b", "PING 4");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, ErrorKind::not_found);
  EXPECT_THAT(*index.services("a b"), testing::ElementsAre("PING 4"));
  EXPECT_THAT(*index.services("nobody"), testing::IsEmpty());
  EXPECT_EQ(index.find("nobody", "_HOST_").error().message, "nobody: no archive of _HOST_");
}

TEST_F(Pictures, DamagedArchivesAreErrors) {
  const std::string whole = archive_dir->read("core-sw/_HOST_.rrd");
  for (const auto& [host, bytes] : {std::pair<std::string, std::string>{"empty", ""},
                                    {"noise", std::string(5000, 'x')},
                                    {"cut", whole.substr(0, whole.size() / 2)},
                                    {"head", whole.substr(0, 200)}}) {
    archive_dir->write(host + "/_HOST_.rrd", bytes);
    GraphRequest of = request(300, 120, false, false);
    of.host = host;
    const auto picture = drawn(of);
    ASSERT_FALSE(picture.has_value()) << host;
    EXPECT_EQ(picture.error().kind, ErrorKind::invalid_input);
    EXPECT_THAT(picture.error().message, testing::HasSubstr(host + "/_HOST_.rrd: "));
  }
}

// Another process holds the write lock, as a writer does, until it is told to end.
class Holder {
 public:
  explicit Holder(const std::string& path) {
    int ready[2];
    int over[2];
    if (::pipe(ready) != 0 || ::pipe(over) != 0) throw std::runtime_error("pipe");
    child_ = ::fork();
    if (child_ == 0) {
      ::close(over[1]);
      struct flock lock {};
      lock.l_type = F_WRLCK;
      const int fd = ::open(path.c_str(), O_RDWR);
      const bool held = fd >= 0 && ::fcntl(fd, F_SETLK, &lock) == 0;
      char byte = held ? 'y' : 'n';
      if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
      if (::read(over[0], &byte, 1) < 0) ::_exit(1);
      ::_exit(0);
    }
    ::close(over[0]);
    ::close(ready[1]);
    over_ = over[1];
    char byte = 'n';
    const bool told = ::read(ready[0], &byte, 1) == 1;
    ::close(ready[0]);
    if (!told || byte != 'y') throw std::runtime_error("no lock");
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { release(); }
  void release() {
    if (over_ < 0) return;
    ::close(over_);
    over_ = -1;
    ::waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_ = -1;
  int over_ = -1;
};

TEST_F(Pictures, LockedArchivesAreWaitedForAndThenGivenUp) {
  Holder holder(archive_dir->path("core-sw/_HOST_.rrd"));
  const auto refused = drawn(request(300, 120, false, false));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::would_block);
  EXPECT_THAT(refused.error().message, testing::EndsWith("_HOST_.rrd: locked by another process"));
  holder.release();
  EXPECT_TRUE(drawn(request(300, 120, false, false)).has_value());
}

TEST_F(Pictures, SeveralThreadsDrawAtOnce) {
  ArchiveIndex index(archive_dir->path());
  GraphRequest of = request(300, 120, false, false);
  const auto alone = draw(index, of);
  ASSERT_TRUE(alone.has_value());
  std::vector<std::string> got(8);
  std::vector<std::thread> threads;
  threads.reserve(got.size());
  for (std::string& picture : got) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const auto made = draw(index, of);
        picture = made ? *made : made.error().message;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& picture : got) EXPECT_TRUE(picture == *alone);
}

}  // namespace
}  // namespace pingtrail::graph::test
