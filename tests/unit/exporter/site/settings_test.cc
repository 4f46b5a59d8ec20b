// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace pingtrail::site {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

base::Expected<std::variant<Settings, HelpRequested>> parse(std::vector<std::string> words) {
  return parse_settings(words);
}

Settings settings(std::vector<std::string> words) {
  words.insert(words.end(), {"--tz", "UTC"});
  const auto answer = parse(std::move(words));
  EXPECT_TRUE(answer) << answer.error().message;
  return std::get<Settings>(*answer);
}

TEST(ExporterSettings, HaveUsualValues) {
  const Settings got = settings({});
  EXPECT_THAT(got.listen, ElementsAre("127.0.0.1:19428"));
  EXPECT_EQ(got.state_dirs.size(), 1U);
  EXPECT_EQ(got.histogram, std::nullopt);
  EXPECT_EQ(got.frame_ancestors, "'self'");
}

TEST(ExporterSettings, TakeTheCommandLine) {
  const Settings got = settings({"--state-dir",       "/a",
                                 "--state-dir",       "/b",
                                 "--rrd-dir",         "/r",
                                 "--listen",          "[::1]:1",
                                 "--listen",          "127.0.0.1:2",
                                 "--compat",          "smokeping,ping",
                                 "--compat",          "blackbox",
                                 "--windows",         "7d,month",
                                 "--histogram",       "on",
                                 "--web.config.file", "w.yml",
                                 "--frame-ancestors", "'self' https://icinga.example",
                                 "--log-level",       "debug"});
  EXPECT_THAT(got.state_dirs, ElementsAre("/a", "/b"));
  EXPECT_THAT(got.listen, ElementsAre("[::1]:1", "127.0.0.1:2"));
  EXPECT_EQ(got.compat, (metrics::Compat{true, true, true}));
  ASSERT_EQ(got.windows.size(), 2U);
  EXPECT_EQ(got.windows[0].label, "7d");
  EXPECT_EQ(got.windows[1].label, "month");
  EXPECT_EQ(got.histogram, true);
  EXPECT_EQ(got.web_config, "w.yml");
  EXPECT_EQ(got.rrd_dir, "/r");
  EXPECT_EQ(got.frame_ancestors, "'self' https://icinga.example");
  EXPECT_EQ(got.log_level, base::LogLevel::debug);
}

TEST(ExporterSettings, TakeAFileWhichTheCommandLineBeats) {
  const support::TempDirectory scratch;
  const std::string path = scratch.path() + "/exporter.conf";
  std::ofstream(path) << "# comment\nlisten = 127.0.0.1:1\nlisten = 127.0.0.1:2\n"
                         "web.config.file = /etc/w.yml\nstate-dir = /a\n";
  const Settings got = settings({"--config", path, "--state-dir", "/b"});
  EXPECT_THAT(got.state_dirs, ElementsAre("/b"));
  EXPECT_THAT(got.listen, ElementsAre("127.0.0.1:1", "127.0.0.1:2"));
  EXPECT_EQ(got.web_config, "/etc/w.yml");
}

TEST(ExporterSettings, TakeAnEmptyFile) {
  const support::TempDirectory scratch;
  const std::string path = scratch.path() + "/exporter.conf";
  std::ofstream(path).flush();
  EXPECT_THAT(settings({"--config", path}).listen, ElementsAre("127.0.0.1:19428"));
}

TEST(ExporterSettings, NameTheFileOfABadLine) {
  const support::TempDirectory scratch;
  const std::string path = scratch.path() + "/exporter.conf";
  std::ofstream(path) << "colour = red\n";
  const auto got = parse({"--config", path});
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().message, HasSubstr(path + ": "));
  EXPECT_THAT(got.error().message, HasSubstr("colour"));
}

struct Bad {
  std::string name;
  std::vector<std::string> words;
  std::string message;
};
class BadSettings : public ::testing::TestWithParam<Bad> {};

TEST_P(BadSettings, AreRefusedByName) {
  const auto got = parse(GetParam().words);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadSettings,
    ::testing::Values(
        Bad{"option", {"--colour"}, "--colour: no such option"},
        Bad{"operand", {"now"}, "now: no such option"},
        Bad{"value", {"--listen"}, "--listen: needs a value"},
        Bad{"compat",
            {"--compat", "ping,nagios"},
            "--compat nagios: not smokeping, ping or blackbox"},
        Bad{"window",
            {"--windows", "24h,week"},
            "--windows: week: not a window such as 24h, 30d or month"},
        Bad{"zero", {"--windows", "0h"}, "--windows: 0h: not a window such as 24h, 30d or month"},
        Bad{"no_window", {"--windows", ","}, "--windows: empty"},
        Bad{"histogram", {"--histogram", "yes"}, "--histogram: yes: none of auto, on, off"},
        Bad{"zone", {"--tz", "Mars/Olympus"}, "--tz: Mars/Olympus: no such time zone"},
        Bad{"ancestors",
            {"--frame-ancestors", "'self'; script-src *"},
            "--frame-ancestors: not a list of sources apart by blanks"},
        Bad{"level",
            {"--log-level", "loud"},
            "--log-level: loud: none of error, warning, info, debug"},
        Bad{"state_dir", {"--state-dir", ""}, "--state-dir: empty"},
        Bad{"config",
            {"--config", "/nonexistent"},
            "--config: /nonexistent: No such file or directory"}),
    [](const auto& row) { return row.param.name; });

TEST(ExporterSettings, TellWhatThereIs) {
  const auto help = parse({"-h"});
  ASSERT_TRUE(help);
  const std::string& text = std::get<HelpRequested>(*help).text;
  EXPECT_THAT(text, HasSubstr("\n  --listen ADDR:PORT        where to answer, repeatable"));
  EXPECT_THAT(text, HasSubstr("--web.config.file FILE"));
  EXPECT_THAT(std::get<HelpRequested>(*parse({"-V"})).text,
              ::testing::StartsWith("pingtrail-exporter "));
}

}  // namespace
}  // namespace pingtrail::site
