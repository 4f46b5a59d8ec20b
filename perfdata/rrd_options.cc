// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd_options.h"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <exception>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "perfdata/base/number.h"

namespace pingtrail::rrd_options {
namespace {

namespace po = boost::program_options;
using base::Error;
using base::Expected;

constexpr std::int64_t kLongestGroup = 3600;
constexpr int kMostThreads = 64;

// The options as they were given.
struct Given {
  std::string config, spool, rrd_dir, rra_cfg, rrdcached, group, only_command, threads, log_level;
  bool help = false, version = false, once = false, dry_run = false;
};

struct Option {
  const char* name;   // with its letter, as Boost writes them: "help,h"
  const char* value;  // what help calls the value; "" for a switch
  const char* text;
  std::string Given::*word = nullptr;
  bool Given::*flag = nullptr;
};

// Untyped, and read back from the parsed words: typed values of strings look to GCC 12 as if they
// followed a null pointer.
constexpr std::array<Option, 13> kOptions = {{
    {"spool", "DIR", "directory with the perfdata files of Nagios or Icinga", &Given::spool},
    {"rrd-dir", "DIR", "directory of the archives", &Given::rrd_dir},
    {"rra-cfg", "FILE", "step and RRAs of new archives, as PNP's rra.cfg", &Given::rra_cfg},
    {"rrdcached", "ADDR", "write through rrdcached: unix:/path or host[:port]", &Given::rrdcached},
    {"once", "", "drain what is there and end", nullptr, &Given::once},
    {"dry-run", "", "only say what the spool would make", nullptr, &Given::dry_run},
    {"group", "TIME",
     "let files wait up to TIME (60s, 5m), so that fewer updates write more samples each",
     &Given::group},
    {"only-command", "GLOB", "take only perfdata of these check commands", &Given::only_command},
    {"threads", "N", "threads that write archives", &Given::threads},
    {"config", "FILE", "read options from FILE, one name = value a line", &Given::config},
    {"log-level", "LEVEL", "error, warning, info or debug", &Given::log_level},
    {"help,h", "", "show this text", nullptr, &Given::help},
    {"version,V", "", "show the version", nullptr, &Given::version},
}};

std::string long_name(const Option& option) {
  const std::string name = option.name;
  return name.substr(0, name.find(','));
}

po::options_description description() {
  po::options_description all;
  for (const Option& option : kOptions) {
    const bool is_switch = option.flag != nullptr;
    all.add_options()(option.name, new po::untyped_value(is_switch), option.text);
  }
  return all;
}

// Puts what was parsed into `given`; with `keep`, what is there already stays.
void take(Given& given, const po::parsed_options& parsed, bool keep) {
  for (const po::option& found : parsed.options) {
    for (const Option& option : kOptions) {
      if (long_name(option) != found.string_key) continue;
      if (option.flag != nullptr) given.*option.flag = true;
      const bool set = option.word != nullptr && !(given.*option.word).empty();
      if (option.word != nullptr && !found.value.empty() && !(keep && set))
        given.*option.word = found.value.back();
    }
  }
}

Error bad_value(const std::string& option, const std::string& value, const std::string& fact) {
  return base::invalid_input("--" + option, value + " " + fact);
}

Expected<std::chrono::seconds> parse_group(const std::string& text) {
  if (text.empty()) return std::chrono::seconds(0);
  const bool minutes = text.ends_with('m');
  const bool unit = minutes || text.ends_with('s');
  const auto number =
      base::parse_integer(std::string_view(text).substr(0, text.size() - (unit ? 1 : 0)));
  const std::int64_t factor = minutes ? 60 : 1;
  if (!number || *number < 0 || *number > kLongestGroup / factor) {
    return bad_value("group", text, "is no time between 0 and an hour");
  }
  return std::chrono::seconds(*number * factor);
}

Expected<base::LogLevel> parse_level(const std::string& text) {
  if (text.empty()) return base::LogLevel::info;
  const auto level = base::parse_log_level(text);
  if (!level) return bad_value("log-level", text, "is none of error, warning, info, debug");
  return *level;
}

Expected<int> parse_threads(const std::string& text) {
  if (text.empty()) return 0;
  const auto number = base::parse_integer(text);
  if (!number || *number < 1 || *number > kMostThreads)
    return bad_value("threads", text, "is not between 1 and 64");
  return static_cast<int>(*number);
}

Expected<Settings> settings_from(const Given& given) {
  const auto group = parse_group(given.group);
  if (!group) return group.error();
  const auto level = parse_level(given.log_level);
  if (!level) return level.error();
  const auto threads = parse_threads(given.threads);
  if (!threads) return threads.error();
  if (given.spool.empty()) return base::invalid_input("--spool", "a directory is needed");
  if (given.rrd_dir.empty()) return base::invalid_input("--rrd-dir", "a directory is needed");
  return Settings{given.spool, given.rrd_dir, given.rra_cfg, given.rrdcached, given.only_command,
                  *group,      *threads,      given.once,    given.dry_run,   *level};
}

std::string help_text() {
  constexpr std::size_t kTextColumn = 24;
  std::string text =
      "usage: pingtrail-rrd --spool DIR --rrd-dir DIR [OPTION...]\n"
      "Archives the performance data of Nagios and Icinga in RRD files, as PNP4Nagios lays them "
      "out.\n\n";
  for (const Option& option : kOptions) {
    const std::string name = option.name;
    const std::size_t comma = name.find(',');
    std::string line = comma == std::string::npos ? "  " : "  -" + name.substr(comma + 1) + ", ";
    line += "--" + long_name(option);
    if (*option.value != '\0') line += std::string(" ") + option.value;
    line.resize(std::max(kTextColumn, line.size() + 1), ' ');
    text += line + option.text + "\n";
  }
  return text;
}

Expected<base::Done> read_all(std::span<const char* const> arguments, Given& given) {
  const po::options_description all = description();
  const std::vector<std::string> words(arguments.begin(), arguments.end());
  // An empty positional description: what is no option is refused by name.
  const po::positional_options_description none;
  take(given, po::command_line_parser(words).options(all).positional(none).run(), false);
  if (given.config.empty()) return base::ok();
  std::ifstream stream(given.config);
  if (!stream) return base::invalid_input(given.config, "cannot be read");
  try {
    take(given, po::parse_config_file(stream, all), true);
  } catch (const po::error& failure) {
    return base::invalid_input(given.config, failure.what());
  }
  return base::ok();
}

}  // namespace

Expected<std::variant<Settings, HelpRequested>> parse(std::span<const char* const> arguments) {
  using Answer = std::variant<Settings, HelpRequested>;
  Given given;
  try {
    if (auto done = read_all(arguments, given); !done) return done.error();
  } catch (const std::exception& failure) {
    return base::invalid_input("command line", failure.what());
  }
  if (given.help) return Answer(HelpRequested{help_text()});
  if (given.version) return Answer(HelpRequested{"pingtrail-rrd " PINGTRAIL_VERSION "\n"});
  auto settings = settings_from(given);
  if (!settings) return settings.error();
  return Answer(*std::move(settings));
}

}  // namespace pingtrail::rrd_options
