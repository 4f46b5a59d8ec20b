// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>

#include "plugin/check/apply_parts.h"
#include "plugin/check/values.h"

namespace pingtrail::check {
namespace {

using base::Expected;

MaybeError store_interval(HistoryOptions& history, const std::string& value) {
  const Expected<Nanoseconds> seconds = parse_seconds(value);
  if (!seconds) {
    return seconds.error();
  }
  history.interval = std::chrono::round<Milliseconds>(*seconds);
  return std::nullopt;
}

}  // namespace

MaybeError refuse(const std::string& value, const char* wanted) {
  return base::Error{base::ErrorKind::invalid_input, "'" + value + "' is not " + wanted};
}

// A label or path: something, and nothing that breaks a line.
MaybeError store_text(std::string& place, const std::string& value) {
  const bool bad = std::any_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
  });
  if (value.empty() || bad) {
    return refuse(value, "a text without control characters");
  }
  place = value;
  return std::nullopt;
}

MaybeError apply_history(CheckConfig& config, const GivenOption& option) {
  HistoryOptions& history = config.history;
  const std::string& value = option.value;
  switch (option.id) {
    case Opt::state_dir:
      return store_text(history.state_dir, value);
    case Opt::no_history:
      history.disabled = true;
      return std::nullopt;
    case Opt::name:
      return store_text(history.name, value);
    case Opt::series:
      return store_text(history.series, value);
    case Opt::group:
      return store_text(history.group, value);
    case Opt::interval:
      return store_interval(history, value);
    case Opt::down_warning:
      return store(history.down_warning, parse_duration(value));
    case Opt::down_critical:
      return store(history.down_critical, parse_duration(value));
    case Opt::perfdata:
      if (value != "compat" && value != "full") {
        return refuse(value, "compat or full");
      }
      config.perfdata = value == "full" ? PerfdataStyle::full : PerfdataStyle::compat;
      return std::nullopt;
    default:
      return store_text(history.spool, value);
  }
}

}  // namespace pingtrail::check
