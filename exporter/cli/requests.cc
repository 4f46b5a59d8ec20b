// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/cli/requests.h"

#include "exporter/report/period.h"
#include "perfdata/base/number.h"

namespace pingtrail::cli {

using base::Expected;
using base::invalid_input;

namespace {

Expected<std::uint32_t> confirmation(const Words& words) {
  constexpr std::int64_t kMost = 1000;
  const std::string text = words.last("confirm").value_or("1");
  const auto value = base::parse_integer(text);
  if (!value || *value < 1 || *value > kMost) {
    return invalid_input("--confirm: " + text, "not a number from 1 to 1000");
  }
  return static_cast<std::uint32_t>(*value);
}

}  // namespace

Expected<report::ReportRequest> report_request(const Words& words, const std::string& zone,
                                               base::WallTime asof) {
  report::ReportRequest out;
  out.asof = asof;
  out.zone = zone;
  out.groups = words.all("group");
  const auto period = report::choose_period(
      {words.last("month"), words.last("window"), words.last("from"), words.last("to")}, zone,
      asof);
  if (!period) return period.error();
  out.window = period->window;
  out.label = period->label;
  const auto confirm = confirmation(words);
  if (!confirm) return confirm.error();
  out.confirm = *confirm;
  if (const auto target = words.last("target")) {
    out.target_pct = base::parse_decimal(*target);
    if (!out.target_pct || *out.target_pct < 0 || *out.target_pct > 100) {
      return invalid_input("--target: " + *target, "not a percentage from 0 to 100");
    }
  }
  return out;
}

Expected<report::OutageQuery> outage_query(const Words& words, const std::string& zone,
                                           base::WallTime asof) {
  report::OutageQuery query;
  query.hosts = words.all("host");
  query.asof = asof;
  query.zone = zone;
  const auto span = report::choose_span(words.last("from"), words.last("to"), zone, asof);
  if (!span) return span.error();
  query.window = *span;
  const auto confirm = confirmation(words);
  if (!confirm) return confirm.error();
  query.confirm = *confirm;
  const auto shortest = report::parse_duration(words.last("min").value_or("0"));
  if (!shortest) return base::Error{shortest.error().kind, "--min: " + shortest.error().message};
  query.min = *shortest;
  return query;
}

}  // namespace pingtrail::cli
