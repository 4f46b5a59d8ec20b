// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/render_verbose.h"

#include <array>

#include "plugin/check/text.h"
#include "plugin/check/units.h"
#include "plugin/probe/icmp.h"

namespace pingtrail::check {
namespace {

using probe::ProbeFate;
using probe::TargetResult;

void append_name(std::string& text, const Unit& unit) {
  text += printable(unit.host->name);
  if (!unit.judged->address.empty() && unit.judged->address != unit.host->name) {
    text += " (" + unit.judged->address + ")";
  }
  text += ": ";
}

void append_round_trips(std::string& text, const probe::RoundTrips& trips) {
  text += ", min/avg/median/max/jitter ";
  const std::array figures = {trips.minimum, trips.mean, trips.median, trips.maximum, trips.jitter};
  for (const Nanoseconds figure : figures) {
    text += fixed_ms(figure) + "/";
  }
  text.back() = ' ';
  text += "ms";
}

void append_address_line(std::string& text, const Unit& unit, const TargetResult& target) {
  const probe::Statistics& statistics = unit.judged->statistics;
  append_name(text, unit);
  text += "sent " + std::to_string(statistics.sent) + ", received " +
          std::to_string(statistics.received);
  if (statistics.round_trips) {
    append_round_trips(text, *statistics.round_trips);
  }
  text += ", duplicates " + std::to_string(target.duplicates) + ", late " +
          std::to_string(target.late) + ", corrupted " + std::to_string(target.corrupted) +
          ", out of order " + std::to_string(statistics.reordered) + ", errors " +
          std::to_string(target.errors.size());
  if (!unit.judged->reason.empty()) {
    text += ", " + unit.judged->reason;
  }
  if (!unit.judged->fault.empty()) {
    text += ", " + printable(unit.judged->fault);
  }
  text += '\n';
}

std::string fate_text(const probe::ProbeRecord& probe) {
  switch (probe.fate) {
    case ProbeFate::unsent:
      return "not sent";
    case ProbeFate::refused:
      return "refused by this machine";
    case ProbeFate::answered:
      return fixed_ms(probe.round_trip) + "ms";
    case ProbeFate::lost:
      return "lost";
    case ProbeFate::abandoned:
      return "not awaited";
    case ProbeFate::cut_short:
      break;
  }
  return "no reply before the end";
}

void append_probe_lines(std::string& text, const Unit& unit, const TargetResult& target) {
  for (std::size_t i = 0; i < target.probes.size(); ++i) {
    append_name(text, unit);
    text += "probe " + std::to_string(i + 1) + ": " + fate_text(target.probes[i]);
    for (const probe::ProbeError& error : target.errors) {
      if (error.probe == i) {
        text += ", " + probe::error_reason(error.reporter.family, error.type, error.code) +
                " from " + probe::format_address(error.reporter);
      }
    }
    text += '\n';
  }
}

}  // namespace

std::string verbose_lines(const CheckConfig& config, const CheckResult& result,
                          const ProbeResults& results) {
  std::string text;
  for (const Unit& unit : units_of(result)) {
    if (!unit.judged->target) {
      append_name(text, unit);
      text += printable(unit.judged->fault) + "\n";
      continue;
    }
    const TargetResult& target = results.targets[*unit.judged->target];
    append_address_line(text, unit, target);
    if (config.verbosity > 1) {
      append_probe_lines(text, unit, target);
    }
  }
  if (result.foreign > 0) {
    text += "replies from addresses that were not asked: " + std::to_string(result.foreign) + "\n";
  }
  return text;
}

}  // namespace pingtrail::check
