// SPDX-License-Identifier: GPL-3.0-or-later
// Planned time and amendments: maintenance add, list, import; rename; forget.
#include <algorithm>
#include <iterator>
#include <utility>

#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/cli/icinga_api.h"
#include "exporter/report/csv.h"
#include "exporter/report/icinga_downtimes.h"
#include "exporter/report/json.h"
#include "exporter/report/period.h"
#include "exporter/report/text.h"
#include "exporter/report/words.h"
#include "perfdata/base/read_file.h"
#include "perfdata/history/calendar.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::cli {
namespace {

using base::Expected;
using base::invalid_input;
using history::MaintenanceWindow;

// A status file of ten thousand hosts has some 30 MB.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

Expected<base::WallTime> instant(const Words& words, const std::string& option,
                                 const std::string& zone) {
  const auto text = words.last(option);
  if (!text) return invalid_input("--" + option, "missing");
  auto at = history::parse_instant(*text, zone);
  if (!at) return base::Error{at.error().kind, "--" + option + ": " + at.error().message};
  return at;
}

Expected<MaintenanceWindow> window_of(const Words& words, const Setting& where) {
  MaintenanceWindow out;
  const auto host = words.last("host");
  if (!host || host->empty()) return invalid_input("--host", "missing");
  const auto from = instant(words, "from", where.zone);
  if (!from) return from.error();
  const auto to = instant(words, "to", where.zone);
  if (!to) return to.error();
  if (*to <= *from) return invalid_input("--to", "not after --from");
  const auto comment = words.last("comment");
  if (!comment || comment->empty()) return invalid_input("--comment", "missing");
  out.host_glob = *host;
  out.span = {*from, *to};
  out.added = where.asof;
  out.origin = "manual";
  out.comment = *comment;
  return out;
}

// A window for nobody is most often a mistyped name; it stands nevertheless, as hosts may come.
void warn_of_nobody(const std::string& dir, const std::string& glob) {
  const auto listing = history::read_states(dir);
  if (!listing) return;
  const bool any = std::any_of(
      listing->states.begin(), listing->states.end(),
      [&glob](const auto& state) { return history::glob_matches(glob, state.key.name); });
  if (!any) complain("--host: " + glob + ": fits no host so far");
}

Expected<int> told(const std::string& text) {
  if (auto done = emit(text); !done) return done.error();
  return 0;
}

struct Downtimes {
  std::vector<MaintenanceWindow> windows;
  std::size_t bad = 0;

  void add(std::vector<MaintenanceWindow> more) {
    windows.insert(windows.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
  }
};

Expected<base::Done> take_nagios(const Words& words, base::WallTime now, Downtimes& into) {
  for (const std::string& path : words.all("nagios")) {
    const auto text = base::read_file(path, kMostBytes);
    if (!text) return text.error();
    history::MaintenanceFile read = history::parse_nagios_downtimes(*text, now);
    for (const history::BadLine& line : read.bad) {
      complain(path + ": line " + std::to_string(line.line) + ": " + line.fact);
    }
    into.bad += read.bad.size();
    into.add(std::move(read.windows));
  }
  return base::ok();
}

Expected<base::Done> take_icinga(const Words& words, base::WallTime now, Downtimes& into) {
  if (!words.has("icinga")) {
    for (const char* option : {"icinga-credentials", "icinga-ca", "icinga-timeout"}) {
      if (words.has(option)) return invalid_input("--" + std::string(option), "without --icinga");
    }
    return base::ok();
  }
  const auto file = words.last("icinga-credentials");
  if (!file) return invalid_input("--icinga-credentials", "missing");
  auto credentials = read_icinga_credentials(*file);
  if (!credentials) return credentials.error();
  IcingaApi api;
  api.credentials = *std::move(credentials);
  api.ca_file = words.last("icinga-ca").value_or("");
  if (const auto text = words.last("icinga-timeout")) {
    const auto timeout = report::parse_duration(*text);
    if (!timeout || *timeout < base::Milliseconds(1000) || *timeout > base::Milliseconds(600000)) {
      return invalid_input("--icinga-timeout: " + *text, "not a time from 1s to 10m");
    }
    api.timeout = *timeout;
  }
  for (const std::string& url : words.all("icinga")) {
    api.url = url;
    const auto text = icinga_downtimes(api);
    if (!text) return text.error();
    auto read = report::parse_icinga_downtimes(*text, now);
    if (!read) return base::Error{read.error().kind, url + ": " + read.error().message};
    for (const std::string& bad : read->bad) complain(url + ": " + bad);
    into.bad += read->bad.size();
    into.add(std::move(read->windows));
  }
  return base::ok();
}

}  // namespace

Expected<int> run_maintenance_add(const Words& words) {
  const auto dir = single_dir(words, default_state_dir());
  if (!dir) return dir.error();
  const auto where = setting(words, *dir);
  if (!where) return where.error();
  const auto window = window_of(words, *where);
  if (!window) return window.error();
  const auto added = history::add_maintenance(*dir, {&*window, 1}, where->asof);
  if (!added) return added.error();
  warn_of_nobody(*dir, window->host_glob);
  return told(*added == 0 ? "already there\n" : "added\n");
}

Expected<int> run_maintenance_list(const Words& words) {
  const auto where = setting(words, default_state_dir());
  if (!where) return where.error();
  const auto format = chosen_format(words, false);
  if (!format) return format.error();
  std::vector<MaintenanceWindow> windows;
  for (const std::string& dir : where->state_dirs) {
    auto file = history::read_maintenance(dir);
    if (!file) return file.error();
    for (const history::BadLine& bad : file->bad) {
      complain(dir + "/maintenance: line " + std::to_string(bad.line) + ": " + bad.fact);
    }
    windows.insert(windows.end(), file->windows.begin(), file->windows.end());
  }
  std::stable_sort(windows.begin(), windows.end(),
                   [](const auto& a, const auto& b) { return a.span.from < b.span.from; });
  if (*format == Format::json) return told(report::maintenance_json(windows));
  if (*format == Format::csv) return told(report::maintenance_csv(windows));
  return told(report::maintenance_text(windows, where->zone, where->asof, colour_wanted()));
}

Expected<int> run_maintenance_import(const Words& words) {
  const auto dir = single_dir(words, default_state_dir());
  if (!dir) return dir.error();
  const auto where = setting(words, *dir);
  if (!where) return where.error();
  if (!words.has("nagios") && !words.has("icinga")) {
    return invalid_input("--nagios or --icinga", "missing");
  }
  Downtimes found;
  if (auto done = take_nagios(words, where->asof, found); !done) return done.error();
  if (auto done = take_icinga(words, where->asof, found); !done) return done.error();
  const auto added = history::add_maintenance(*dir, found.windows, where->asof);
  if (!added) return added.error();
  auto said = told(report::counted(found.windows.size(), "downtime") + " read, " +
                   report::grouped(*added) + " new, " + report::grouped(found.bad) + " bad\n");
  if (!said) return said;
  return found.bad > 0 ? 1 : 0;
}

Expected<int> run_rename(const Words& words) {
  const auto dir = single_dir(words, default_state_dir());
  if (!dir) return dir.error();
  const auto where = setting(words, *dir);
  if (!where) return where.error();
  const std::string& from = words.operands()[0];
  const std::string& to = words.operands()[1];
  if (auto done = history::rename_host(*dir, from, to, where->asof); !done) return done.error();
  return told(from + ": now " + to + "\n");
}

Expected<int> run_forget(const Words& words) {
  const auto dir = single_dir(words, default_state_dir());
  if (!dir) return dir.error();
  const auto where = setting(words, *dir);
  if (!where) return where.error();
  const std::string& host = words.operands().front();
  if (auto done = history::forget_host(*dir, host, where->asof); !done) return done.error();
  return told(host + ": forgotten\n");
}

}  // namespace pingtrail::cli
