// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/settings.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "exporter/cli/options.h"
#include "perfdata/base/read_file.h"
#include "perfdata/history/calendar.h"

#if !defined(PINGTRAIL_VERSION) || !defined(PINGTRAIL_STATE_DIR)
#error "the build defines PINGTRAIL_VERSION and PINGTRAIL_STATE_DIR"
#endif

namespace pingtrail::site {
namespace {

using base::Error;
using base::Expected;
using base::invalid_input;
using cli::OptionSpec;
using cli::Words;

constexpr std::array kOptions{
    OptionSpec{"state-dir", "DIR",
               "directory of the histories; several for HA pairs and satellites\n"
               "(default " PINGTRAIL_STATE_DIR ")"},
    OptionSpec{"rrd-dir", "DIR",
               "archives of pingtrail-rrd or PNP4Nagios, for graphs and for\n"
               "hosts without a history"},
    OptionSpec{"aliases", "FILE",
               "other names of hosts: NAME OTHER... [alias=TEXT] a line, or\n"
               "Nagios' objects.cache"},
    OptionSpec{"listen", "ADDR:PORT", "where to answer, repeatable (default 127.0.0.1:19428)"},
    OptionSpec{"web.config.file", "FILE",
               "TLS, client certificates and users, in exporter-toolkit's\n"
               "format"},
    OptionSpec{"compat", "NAMES",
               "also the metric names of smokeping, ping, blackbox; comma-\n"
               "separated"},
    OptionSpec{"windows", "LIST", "windows of the ratios (default 24h,30d,month)"},
    OptionSpec{"histogram", "WORD", "round-trip histograms: auto (up to 2,000 hosts), on, off"},
    OptionSpec{"tz", "ZONE", "IANA time zone of months and pages, default the system's"},
    OptionSpec{"frame-ancestors", "LIST",
               "who may embed the pages, as in a Content-Security-Policy\n(default 'self')"},
    OptionSpec{"config", "FILE", "options from FILE, one name = value a line"},
    OptionSpec{"log-level", "LEVEL", "error, warning, info or debug (default info)"},
};

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) {
    if (!word.empty()) out.push_back(std::move(word));
  }
  return out;
}

Error of_option(const char* option, const Error& error) {
  return {error.kind, std::string(option) + ": " + error.message};
}

Expected<base::Done> take_compat(const Words& words, Settings& out) {
  std::string all;
  for (const std::string& list : words.all("compat")) all += (all.empty() ? "" : ",") + list;
  const auto compat = metrics::parse_compat(all);
  if (!compat) return compat.error();
  out.compat = *compat;
  return base::ok();
}

Expected<base::Done> take_windows(const Words& words, Settings& out) {
  const auto list = words.last("windows");
  if (!list) return base::ok();
  const auto windows = metrics::parse_windows(split_list(*list));
  if (!windows) return of_option("--windows", windows.error());
  if (windows->empty()) return invalid_input("--windows", "empty");
  out.windows = *windows;
  return base::ok();
}

Expected<base::Done> take_histogram(const Words& words, Settings& out) {
  const std::string word = words.last("histogram").value_or("auto");
  if (word == "on") out.histogram = true;
  if (word == "off") out.histogram = false;
  if (word != "on" && word != "off" && word != "auto") {
    return invalid_input("--histogram: " + word, "none of auto, on, off");
  }
  return base::ok();
}

Expected<base::Done> take_zone(const Words& words, Settings& out) {
  out.zone = words.last("tz").value_or(history::local_zone());
  if (out.zone.empty() || !history::check_zone(out.zone)) {
    return invalid_input("--tz: " + out.zone, "no such time zone");
  }
  return base::ok();
}

// Goes into a header: one line, and no way to end the directive.
Expected<base::Done> take_ancestors(const Words& words, Settings& out) {
  out.frame_ancestors = words.last("frame-ancestors").value_or("'self'");
  const auto bad = [](char c) { return c < ' ' || c > '~' || c == ';' || c == ','; };
  if (out.frame_ancestors.empty() ||
      std::any_of(out.frame_ancestors.begin(), out.frame_ancestors.end(), bad)) {
    return invalid_input("--frame-ancestors", "not a list of sources apart by blanks");
  }
  return base::ok();
}

Expected<base::Done> take_level(const Words& words, Settings& out) {
  const auto word = words.last("log-level");
  if (!word) return base::ok();
  const auto level = base::parse_log_level(*word);
  if (!level) return invalid_input("--log-level: " + *word, "none of error, warning, info, debug");
  out.log_level = *level;
  return base::ok();
}

Expected<Settings> settings_from(const Words& words) {
  Settings out;
  out.state_dirs = words.all("state-dir");
  if (out.state_dirs.empty()) out.state_dirs.emplace_back(PINGTRAIL_STATE_DIR);
  for (const std::string& dir : out.state_dirs) {
    if (dir.empty()) return invalid_input("--state-dir", "empty");
  }
  out.rrd_dir = words.last("rrd-dir").value_or("");
  out.aliases = words.last("aliases").value_or("");
  out.web_config = words.last("web.config.file").value_or("");
  if (words.has("listen")) out.listen = words.all("listen");
  for (const auto take :
       {take_compat, take_windows, take_histogram, take_zone, take_ancestors, take_level}) {
    if (auto done = take(words, out); !done) return done.error();
  }
  return out;
}

std::string help_text() {
  constexpr std::size_t kColumn = 28;
  std::string out =
      "Usage: pingtrail-exporter [options]\n\n"
      "Serves what check_pingtrail recorded: Prometheus metrics, pages, graphs and JSON.\n\n"
      "Options:\n";
  const auto add = [&out](const std::string& left, std::string_view right) {
    out +=
        "  " + left + std::string(left.size() + 3 > kColumn ? 1 : kColumn - 2 - left.size(), ' ');
    for (const char c : right) {
      out += c;
      if (c == '\n') out += std::string(kColumn, ' ');
    }
    out += '\n';
  };
  for (const OptionSpec& spec : kOptions) {
    add("--" + std::string(spec.name) + " " + std::string(spec.value), spec.help);
  }
  add("-h, --help", "this text");
  add("-V, --version", "the version");
  return out;
}

// The words of the command line, and behind them those of the file that they do not say.
Expected<Words> with_file(const Words& given, const std::string& path) {
  constexpr std::size_t kMostBytes = 1 << 20;
  const auto text = base::read_file(path, kMostBytes);
  if (!text) return Error{text.error().kind, "--config: " + text.error().message};
  const auto file = cli::parse_config(kOptions, *text);
  if (!file) return Error{file.error().kind, path + ": " + file.error().message};
  Words out = given;
  for (const OptionSpec& spec : kOptions) {
    const std::string name(spec.name);
    if (given.has(name)) continue;
    for (std::string& value : file->all(name)) out.add(name, std::move(value));
  }
  return out;
}

}  // namespace

Expected<std::variant<Settings, HelpRequested>> parse_settings(std::span<const std::string> words) {
  using Answer = std::variant<Settings, HelpRequested>;
  auto given = cli::parse_words(kOptions, words);
  if (!given) return given.error();
  if (given->has("help")) return Answer(HelpRequested{help_text()});
  if (given->has("version"))
    return Answer(HelpRequested{"pingtrail-exporter " PINGTRAIL_VERSION "\n"});
  if (!given->operands().empty()) {
    return invalid_input(given->operands().front(), "no such option");
  }
  if (const auto path = given->last("config")) {
    given = with_file(*given, *path);
    if (!given) return given.error();
  }
  auto settings = settings_from(*given);
  if (!settings) return settings.error();
  return Answer(*std::move(settings));
}

}  // namespace pingtrail::site
