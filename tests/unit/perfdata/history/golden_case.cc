// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/perfdata/history/golden_case.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "perfdata/history/maintenance.h"

namespace pingtrail::history {
namespace {

using Json = nlohmann::json;

Milliseconds seconds(const Json& value) {
  return Milliseconds(std::llround(value.get<double>() * 1000));
}

std::optional<double> maybe(const Json& object, const char* key) {
  const Json& value = object.at(key);
  return value.is_null() ? std::nullopt : std::optional<double>(value.get<double>());
}

ObservedState state_of(const std::string& letter) {
  if (letter == "U") return ObservedState::up;
  if (letter == "D") return ObservedState::down;
  if (letter == "I") return ObservedState::indeterminate;
  throw std::runtime_error("unknown state " + letter);
}

// `boot` numbers the boots of a case from 1; without it all boot times are of one boot.
void add_run(const Json& run, std::optional<Milliseconds> interval, bool live,
             std::vector<Observation>& out) {
  const auto count = run.at("n").get<std::int64_t>();
  const Milliseconds step(run.value("step_ms", std::int64_t{0}));
  for (std::int64_t i = 0; i < count; ++i) {
    Observation observation;
    observation.wall = iso(run.at("first").get<std::string>()) + step * i;
    observation.state = state_of(run.at("state").get<std::string>());
    observation.live = live;
    observation.interval = interval;
    if (run.contains("boot_ms")) {
      const Milliseconds boot(run.at("boot_ms").get<std::int64_t>());
      observation.boot = BootTime(boot + step * i);
      observation.boot_id[0] = static_cast<std::uint8_t>(run.value("boot", 1));
    }
    out.push_back(observation);
  }
}

WindowFigures figures_of(const Json& want) {
  WindowFigures out;
  out.window = seconds(want.at("window_s"));
  out.up = {seconds(want.at("up_s")), seconds(want.at("up_planned_s"))};
  out.down = {seconds(want.at("down_s")), seconds(want.at("down_planned_s"))};
  out.unknown = {seconds(want.at("unknown_s")), seconds(want.at("unknown_planned_s"))};
  out.outages_started = want.at("outages_started").get<std::uint32_t>();
  out.blips_started = want.value("blips_started", 0U);
  out.mttr_s = maybe(want, "mttr_s");
  out.mtbf_s = maybe(want, "mtbf_s");
  out.availability_pct = maybe(want, "availability_pct");
  out.availability_incl_planned_pct = maybe(want, "availability_incl_planned_pct");
  out.availability_worst_pct = maybe(want, "availability_worst_pct");
  out.availability_best_pct = maybe(want, "availability_best_pct");
  out.coverage_pct = maybe(want, "coverage_pct");
  return out;
}

ExpectedOutage outage_of(const Json& want) {
  ExpectedOutage out;
  out.start = iso(want.at("start").get<std::string>());
  if (!want.at("end").is_null()) out.end = iso(want.at("end").get<std::string>());
  if (want.at("ongoing").get<bool>() == out.end.has_value()) {
    throw std::runtime_error("an ongoing outage has no end");
  }
  out.down = seconds(want.at("downtime_s"));
  out.unknown = seconds(want.at("unknown_inside_s"));
  out.lower_bound = seconds(want.at("lower_bound_s"));
  if (!want.at("upper_bound_s").is_null()) out.upper_bound = seconds(want.at("upper_bound_s"));
  return out;
}

GoldenCase case_of(const Json& entry) {
  GoldenCase out;
  out.name = entry.at("name").get<std::string>();
  out.window = {iso(entry.at("window").at(0).get<std::string>()),
                iso(entry.at("window").at(1).get<std::string>())};
  out.asof = iso(entry.at("asof").get<std::string>());
  out.confirm = entry.value("confirm", 1U);
  std::optional<Milliseconds> interval;
  if (!entry.at("interval_s").is_null()) interval = seconds(entry.at("interval_s"));
  for (const Json& run : entry.at("obs_rle")) {
    add_run(run, interval, entry.value("live", false), out.observations);
  }
  std::vector<MaintenanceWindow> windows;
  for (const Json& span : entry.at("maintenance")) {
    windows.push_back({"*",
                       {iso(span.at(0).get<std::string>()), iso(span.at(1).get<std::string>())},
                       {},
                       "test",
                       ""});
  }
  out.planned = planned_spans(windows, "host");
  for (const Json& outage : entry.at("expect").at("outages")) {
    out.outages.push_back(outage_of(outage));
  }
  out.figures = figures_of(entry.at("expect").at("window"));
  return out;
}

}  // namespace

WallTime iso(const std::string& text) {
  const auto number = [&text](std::size_t at, std::size_t length) {
    return std::stoi(text.substr(at, length));
  };
  using namespace std::chrono;
  const year_month_day date{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2)))};
  const auto since_1970 = sys_days(date).time_since_epoch() + hours(number(11, 2)) +
                          minutes(number(14, 2)) + seconds(number(17, 2));
  return WallTime(since_1970 + Milliseconds(text.size() > 20 ? number(20, 3) : 0));
}

std::vector<GoldenCase> read_golden(const std::string& file) {
  std::ifstream stream(std::string(PINGTRAIL_GOLDEN_DIR) + "/" + file);
  std::vector<GoldenCase> out;
  for (const Json& entry : Json::parse(stream)) out.push_back(case_of(entry));
  return out;
}

}  // namespace pingtrail::history
