// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/render.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "plugin/check/render_perfdata.h"
#include "plugin/check/render_programs.h"
#include "plugin/check/render_text.h"
#include "plugin/check/render_verbose.h"
#include "plugin/check/text.h"

namespace pingtrail::check {
namespace {

std::string first_line(const CheckConfig& config, const CheckResult& result) {
  if (config.dialect == Dialect::check_ping) {
    return ping_line(config, result);
  }
  if (config.dialect == Dialect::check_fping) {
    return fping_line(config, result);
  }
  if (config.dialect == Dialect::check_host) {
    if (std::optional<std::string> line = host_line(config, result)) {
      return *std::move(line);
    }
  }
  std::string line = icmp_text(config, result);
  if (!result.interrupted) {
    line += '|';
    line += icmp_perfdata(config, result);
  }
  return line;
}

// One cause mostly troubles all hosts alike: 300 of them need not say it 300 times.
constexpr std::size_t kMostNotes = 3;

// Trouble with bookkeeping: never hides the result, but is said.
std::string notes(const CheckConfig& config, const CheckResult& result) {
  std::string text;
  if (config.dialect != Dialect::native && config.verbosity == 0) {
    return text;
  }
  std::vector<std::string_view> said;
  for (const JudgedHost& host : result.hosts) {
    if (!host.history || host.history->note.empty()) {
      continue;
    }
    const std::string& note = host.history->note;
    if (std::find(said.begin(), said.end(), note) != said.end()) {
      continue;
    }
    if (said.size() == kMostNotes) {
      return text + "and the like for further hosts\n";
    }
    said.emplace_back(note);
    text += printable(note) + "\n";
  }
  return text;
}

}  // namespace

std::string render(const CheckConfig& config, const CheckResult& result,
                   const ProbeResults& results) {
  std::string text = first_line(config, result);
  text += '\n';
  text += notes(config, result);
  if (config.verbosity > 0) {
    text += verbose_lines(config, result, results);
  }
  return text;
}

std::string render_unknown(const base::Error& error) {
  return "UNKNOWN - " + printable(error.message) + "\n";
}

}  // namespace pingtrail::check
