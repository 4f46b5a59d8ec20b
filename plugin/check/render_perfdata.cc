// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/render_perfdata.h"

#include <string_view>

#include "perfdata/base/number.h"
#include "plugin/check/render_text.h"
#include "plugin/check/text.h"

namespace pingtrail::check {
namespace {

// The label, in quotes only when it holds what would end it.
void append_label(std::string& text, const std::string& prefix, std::string_view name) {
  if (!text.empty()) {
    text += ' ';
  }
  if (prefix.find_first_of(" ='\"") == std::string::npos) {
    text += prefix;
    text += name;
  } else {
    text += '\'';
    for (const char c : prefix) {
      text += c;
      text.append(c == '\'' ? 1 : 0, '\'');
    }
    text += name;
    text += '\'';
  }
  text += '=';
}

void append_time(std::string& text, const std::optional<Nanoseconds>& value) {
  text += value ? fixed_ms(*value) + "ms;" : "U;";
}

void append_time(std::string& text, const std::string& prefix, std::string_view name,
                 const std::optional<Nanoseconds>& value, std::string_view rest) {
  append_label(text, prefix, name);
  append_time(text, value);
  text += rest;
}

std::optional<Nanoseconds> figure(const Unit& unit, Nanoseconds probe::RoundTrips::*member) {
  const auto& trips = unit.judged->statistics.round_trips;
  return trips && unit.judged->fault.empty() ? std::optional((*trips).*member) : std::nullopt;
}

// One reply alone has no jitter.
std::optional<Nanoseconds> jitter_of(const Unit& unit) {
  return unit.judged->jitter_min ? figure(unit, &probe::RoundTrips::jitter) : std::nullopt;
}

void append_loss(std::string& text, const Unit& unit, const std::string& prefix,
                 std::string_view rest) {
  append_label(text, prefix, "pl");
  const bool known = unit.judged->loss && unit.judged->fault.empty();
  text += known ? percent_text(*unit.judged->loss) + "%;" : "U;";
  text += rest;
}

void append_number(std::string& text, const std::string& prefix, std::string_view name,
                   const std::optional<double>& value, int decimals,
                   const std::optional<Limits<double>>& limits, std::string_view range) {
  append_label(text, prefix, name);
  text += value ? base::format_fixed(*value, decimals) + ";" : "U;";
  text += limits_plain(limits);
  text += range;
}

// The modes of check_icmp 3.x under its labels.
void append_modes(std::string& text, const CheckConfig& config, const Unit& unit,
                  const std::string& prefix) {
  const Thresholds& limits = config.thresholds;
  if (limits.jitter && config.perfdata == PerfdataStyle::compat) {
    append_time(text, prefix, "jitter_avg", jitter_of(unit), limits_ms(limits.jitter) + ";0;");
    append_time(text, prefix, "jitter_max", unit.judged->jitter_max, ";;;");
    append_time(text, prefix, "jitter_min", unit.judged->jitter_min, ";;;");
  }
  if (limits.mos) {
    append_number(text, prefix, "mos", unit.judged->mos, 1, limits.mos, ";0;5");
  }
  if (limits.score) {
    append_number(text, prefix, "score", unit.judged->score, 0, limits.score, ";0;100");
  }
}

std::string prefix_of(const Unit& unit, bool several) {
  if (!several) {
    return {};
  }
  return unit.host->addresses.size() > 1 ? unit.judged->address : printable(unit.host->name);
}

}  // namespace

std::string limits_ms(const std::optional<Limits<Nanoseconds>>& limits) {
  std::string text = limits && limits->warning ? fixed_ms(*limits->warning) : "";
  text += ';';
  return text + (limits && limits->critical ? fixed_ms(*limits->critical) : "");
}

std::string limits_plain(const std::optional<Limits<double>>& limits) {
  std::string text = limits && limits->warning ? base::format_short(*limits->warning, 3) : "";
  text += ';';
  return text + (limits && limits->critical ? base::format_short(*limits->critical, 3) : "");
}

std::string full_perfdata(const CheckConfig& config, const Unit& unit, const std::string& prefix) {
  if (config.perfdata != PerfdataStyle::full) {
    return {};
  }
  std::string text = " ";
  append_label(text, prefix, "rtmed");
  append_time(text, figure(unit, &probe::RoundTrips::median));
  text += ";;;";
  append_time(text, prefix, "jitter", jitter_of(unit), limits_ms(config.thresholds.jitter) + ";0;");
  if (const auto& history = unit.host->history) {
    const Milliseconds down = history->down ? history->down->lasted : Milliseconds(0);
    append_label(text, prefix, "downtime");
    text += history->outages ? std::to_string(down.count() / 1000) + "s" : "U";
    append_label(text, prefix, "outages");
    text += history->outages ? std::to_string(*history->outages) + "c" : "U";
  }
  return text.substr(1);
}

std::string icmp_perfdata(const CheckConfig& config, const CheckResult& result) {
  const std::vector<Unit> units = units_of(result);
  const std::string rta_rest = limits_ms(config.thresholds.rta) + ";0;";
  const std::string loss_rest = limits_plain(config.thresholds.loss) +
                                (config.perfdata == PerfdataStyle::full ? ";0;100" : ";;");
  std::string text;
  text.reserve(units.size() * 160);
  for (const Unit& unit : units) {
    const std::string prefix = prefix_of(unit, units.size() > 1);
    append_time(text, prefix, "rta", figure(unit, &probe::RoundTrips::mean), rta_rest);
    append_loss(text, unit, prefix, loss_rest);
    append_time(text, prefix, "rtmax", figure(unit, &probe::RoundTrips::maximum), ";;;");
    append_time(text, prefix, "rtmin", figure(unit, &probe::RoundTrips::minimum), ";;;");
    text += full_perfdata(config, unit, prefix);
    append_modes(text, config, unit, prefix);
  }
  return text;
}

}  // namespace pingtrail::check
