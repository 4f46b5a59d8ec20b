// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/cli/context.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "exporter/reconstruct/reconstruct.h"
#include "exporter/report/words.h"
#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"
#include "perfdata/history/calendar.h"

namespace pingtrail::cli {

using base::Expected;
using base::invalid_input;

Expected<Setting> setting(const Words& words, std::string_view default_dir) {
  Setting out;
  out.state_dirs = words.all("state-dir");
  if (out.state_dirs.empty()) out.state_dirs.emplace_back(default_dir);
  for (const std::string& dir : out.state_dirs) {
    if (dir.empty()) return invalid_input("--state-dir", "empty");
  }
  out.rrd_dirs = words.all("rrd-dir");
  for (const std::string& dir : out.rrd_dirs) {
    if (dir.empty()) return invalid_input("--rrd-dir", "empty");
  }
  const auto zone = words.last("tz");
  out.zone = zone ? *zone : history::local_zone();
  if (const auto known = history::check_zone(out.zone); !known || out.zone.empty()) {
    return invalid_input("--tz: " + out.zone, "no such time zone");
  }
  const auto asof = words.last("asof");
  if (!asof) {
    out.asof = base::wall_now();
    return out;
  }
  const auto at = history::parse_instant(*asof, out.zone);
  if (!at) return base::Error{at.error().kind, "--asof: " + at.error().message};
  out.asof = *at;
  return out;
}

Expected<std::string> single_dir(const Words& words, std::string_view default_dir) {
  const std::vector<std::string> dirs = words.all("state-dir");
  if (dirs.size() > 1) return invalid_input("--state-dir", "only one, as this command writes");
  if (dirs.empty()) return std::string(default_dir);
  if (dirs.front().empty()) return invalid_input("--state-dir", "empty");
  return dirs.front();
}

Expected<Format> chosen_format(const Words& words, bool html) {
  const auto named = words.last("format");
  const int ways = (named ? 1 : 0) + (words.has("json") ? 1 : 0) + (words.has("csv") ? 1 : 0);
  if (ways > 1) return invalid_input("--format", "only one of --format, --json and --csv");
  if (words.has("json") || named == "json") return Format::json;
  if (words.has("csv") || named == "csv") return Format::csv;
  if (!named || named == "text") return Format::text;
  if (html && named == "html") return Format::html;
  return invalid_input("--format: " + *named,
                       html ? "not one of text, json, csv, html" : "not one of text, json, csv");
}

bool colour_wanted() {
  const char* no_colour = getenv("NO_COLOR");
  const char* terminal = getenv("TERM");
  if (no_colour != nullptr && no_colour[0] != '\0') return false;
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(STDOUT_FILENO) == 1;
}

bool progress_wanted() { return isatty(STDERR_FILENO) == 1; }

Expected<base::Done> emit(std::string_view text) {
  const bool whole = fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!whole || fflush(stdout) != 0) return base::posix_error("standard output", errno);
  return base::ok();
}

void complain(std::string_view text) {
  const std::string line = "pingtrail: " + report::printable(text) + "\n";
  fwrite(line.data(), 1, line.size(), stderr);
}

namespace {

// Hosts that a directory of archives knows and the journals, or the directories before it, do not.
void add_reconstructed(const std::string& dir, history::Archive& archive) {
  std::set<std::string, std::less<>> names;
  for (const auto& host : archive.hosts) names.insert(host->key.name);
  reconstruct::Reconstruction reconstruction(dir);
  const auto known = [&names](std::string_view host) { return names.contains(host); };
  for (auto& host : reconstruction.histories(known, archive.notes)) {
    archive.hosts.push_back(std::move(host));
  }
  std::stable_sort(archive.hosts.begin(), archive.hosts.end(),
                   [](const auto& a, const auto& b) { return a->key < b->key; });
}

}  // namespace

Expected<history::Archive> load(const Setting& setting) {
  const bool shown = progress_wanted();
  if (shown) fputs("reading ...", stderr);
  auto archive = history::load_archive(setting.state_dirs);
  if (archive) {
    for (const std::string& dir : setting.rrd_dirs) add_reconstructed(dir, *archive);
  }
  if (shown) fputs("\r\x1b[K", stderr);
  if (!archive) return archive;
  for (const std::string& note : archive->notes) complain(note);
  return archive;
}

}  // namespace pingtrail::cli
