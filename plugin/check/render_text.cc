// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/render_text.h"

#include <array>

#include "perfdata/base/number.h"
#include "plugin/check/text.h"

namespace pingtrail::check {
namespace {

constexpr std::size_t kListed = 10;

// What -J -M -S -O judge, shown only when asked for.
std::string further_figures(const Thresholds& limits, const JudgedAddress& judged) {
  std::string text;
  if (limits.jitter && judged.jitter_min) {
    text += ", jitter " + fixed_ms(judged.statistics.round_trips->jitter) + "ms";
  }
  if (limits.mos) {
    text += ", MOS " + base::format_fixed(judged.mos.value_or(0), 1);
  }
  if (limits.score) {
    text += ", score " + base::format_fixed(judged.score.value_or(0), 0);
  }
  if (limits.order) {
    text += ", out of order " + std::to_string(judged.statistics.reordered);
  }
  return text;
}

void append_down(std::string& text, const CheckConfig& config, const Unit& unit) {
  const JudgedAddress& judged = *unit.judged;
  const std::string history = history_text(config, *unit.host);
  if (config.dialect != Dialect::native) {
    // check_icmp 2.3.3: "NAME: REASON @ ADDRESS. rta nan, lost 100%".
    const std::size_t from = judged.reason.rfind(" from ");
    if (from != std::string::npos) {
      text += judged.reason.substr(0, from) + " @ " + judged.reason.substr(from + 6) + ". ";
    }
    text += "rta nan, lost 100%" + history;
    return;
  }
  text += history.empty() ? "lost 100%" : history.substr(2) + ", lost 100%";
  if (!judged.reason.empty()) {
    text += ", " + judged.reason;
  }
}

void append_unit(std::string& text, const CheckConfig& config, const Unit& unit) {
  const JudgedAddress& judged = *unit.judged;
  text += unit_name(unit) + ": ";
  if (!judged.fault.empty()) {
    text += printable(judged.fault);
    return;
  }
  if (!judged.statistics.round_trips) {
    append_down(text, config, unit);
    return;
  }
  text += "rta " + fixed_ms(judged.statistics.round_trips->mean) + "ms, lost " +
          percent_text(judged.loss.value_or(0)) + "%";
  text += further_figures(config.thresholds, judged);
  text += history_text(config, *unit.host);
}

std::string state_counts(const std::vector<Unit>& units) {
  constexpr std::array kOrder = {Severity::ok, Severity::warning, Severity::critical,
                                 Severity::unknown};
  constexpr std::array kWords = {" ok", " warning", " critical", " unknown"};
  std::array<std::size_t, 4> counts{};
  for (const Unit& unit : units) {
    ++counts[static_cast<std::size_t>(unit.judged->severity)];
  }
  std::string text = std::to_string(units.size()) + " hosts: ";
  bool first = true;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    if (counts[i] > 0) {
      text += (first ? "" : ", ") + std::to_string(counts[i]) + kWords[i];
      first = false;
    }
  }
  return text;
}

std::string problem_list(const CheckConfig& config, const std::vector<Unit>& units) {
  std::string text;
  std::size_t problems = 0;
  for (const Unit& unit : units) {
    if (unit.judged->severity == Severity::ok) {
      continue;
    }
    if (++problems <= kListed) {
      text += " :: ";
      append_unit(text, config, unit);
    }
  }
  if (problems > kListed) {
    text += " :: and " + std::to_string(problems - kListed) + " more";
  }
  return text;
}

}  // namespace

// Most losses are whole; formatting a double is ten times as dear.
std::string percent_text(double percent) {
  const auto whole = static_cast<int>(percent);
  return static_cast<double>(whole) == percent ? std::to_string(whole)
                                               : base::format_short(percent, 2);
}

std::string history_text(const CheckConfig& config, const JudgedHost& host) {
  const bool shown = config.dialect == Dialect::native || config.perfdata == PerfdataStyle::full;
  if (!shown || !host.history) {
    return {};
  }
  if (host.history->down && host.observation == Observation::down) {
    const HostHistory::Ongoing& down = *host.history->down;
    return ", down for " + duration_text(down.lasted) + " since " +
           iso_time(down.since, down.utc_offset);
  }
  if (host.history->ended && host.observation == Observation::up) {
    return ", up again after " + duration_text(*host.history->ended);
  }
  return {};
}

std::string icmp_text(const CheckConfig& config, const CheckResult& result) {
  const std::vector<Unit> units = units_of(result);
  std::string text = std::string(severity_name(result.severity)) + " - ";
  if (result.interrupted) {
    return text + "interrupted";
  }
  if (config.dialect == Dialect::native && units.size() > kListed) {
    return text + state_counts(units) + problem_list(config, units);
  }
  for (const Unit& unit : units) {
    if (&unit != &units.front()) {
      text += " :: ";
    }
    append_unit(text, config, unit);
  }
  return text;
}

}  // namespace pingtrail::check
