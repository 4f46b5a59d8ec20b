// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/icinga_downtimes.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace pingtrail::report {
namespace {

using base::Milliseconds;
using base::WallTime;
using history::MaintenanceWindow;
using nlohmann::json;

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag_of(const json& object, const char* key, bool otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

// Seconds, with a fraction, that are more than 0 and at most `most`.
std::optional<Milliseconds> seconds_of(const json& object, const char* key, double most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds > 0 && seconds <= most)) return std::nullopt;
  return Milliseconds(std::llround(seconds * 1000));
}

// Absent for never, which Icinga writes as 0.
std::optional<WallTime> instant_of(const json& object, const char* key) {
  constexpr double kLatest = 253402300799;  // end of the year 9999
  const auto since = seconds_of(object, key, kLatest);
  return since ? std::optional(WallTime(*since)) : std::nullopt;
}

std::string one_word(const std::string& name) {
  std::string out;
  for (const char c : name) out += c == ' ' ? std::string("%20") : std::string(1, c);
  return out;
}

// What is wrong with the downtime; "" when nothing is. `span` is empty when nothing is planned.
std::string take_span(const json& attrs, std::optional<history::TimeSpan>& span) {
  const auto from = instant_of(attrs, "start_time");
  const auto to = instant_of(attrs, "end_time");
  if (!from) return "no valid start_time";
  if (!to) return "no valid end_time";
  if (*to <= *from) return "ends before it starts";
  span = history::TimeSpan{*from, *to};
  if (!flag_of(attrs, "fixed", true)) {
    // Flexible: the start and end times only bound when it may begin; it lasts its duration.
    constexpr double kLongest = 1000000000;
    const auto duration = seconds_of(attrs, "duration", kLongest);
    if (!duration) return "flexible, without a valid duration";
    const auto began = instant_of(attrs, "trigger_time");
    span.reset();
    if (began) span = history::TimeSpan{*began, *began + *duration};
  }
  if (span && flag_of(attrs, "was_cancelled", false)) {
    const auto removed = instant_of(attrs, "remove_time");
    if (!removed || *removed <= span->from) {
      span.reset();
    } else {
      span->to = std::min(span->to, *removed);
    }
  }
  return "";
}

void take_result(const json& result, WallTime now, IcingaDowntimes& out) {
  const auto attrs = result.is_object() ? result.find("attrs") : result.end();
  if (!result.is_object() || attrs == result.end() || !attrs->is_object()) {
    out.bad.emplace_back("downtime: a result without attrs");
    return;
  }
  const std::string name = text_of(result, "name");
  const auto bad = [&](const std::string& fact) {
    out.bad.push_back("downtime " + name + ": " + fact);
  };
  if (!text_of(*attrs, "service_name").empty()) return;
  const std::string host = text_of(*attrs, "host_name");
  if (name.empty()) return bad("no name");
  if (host.empty()) return bad("no host_name");
  std::optional<history::TimeSpan> span;
  if (const std::string fact = take_span(*attrs, span); !fact.empty()) return bad(fact);
  if (!span) return;
  out.windows.push_back(
      {history::glob_of(host), *span, now, "icinga:" + one_word(name), text_of(*attrs, "comment")});
}

}  // namespace

base::Expected<IcingaDowntimes> parse_icinga_downtimes(std::string_view text, WallTime now) {
  // Without exceptions: what is no JSON becomes a value of its own kind.
  const json whole = json::parse(text, nullptr, false);
  if (whole.is_discarded()) return base::invalid_input("the answer", "is no JSON");
  const auto results = whole.is_object() ? whole.find("results") : whole.end();
  if (!whole.is_object() || results == whole.end() || !results->is_array()) {
    return base::invalid_input("the answer", "has no list of results");
  }
  IcingaDowntimes out;
  for (const json& result : *results) take_result(result, now, out);
  return out;
}

}  // namespace pingtrail::report
