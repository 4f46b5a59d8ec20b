// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/apply.h"

#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plugin/check/apply_parts.h"
#include "plugin/check/validate.h"
#include "plugin/check/values.h"

namespace pingtrail::check {
namespace {

using base::Error;
using base::Expected;

// The configuration while it grows, and what was said on the way.
struct Draft {
  CheckConfig config;
  bool pair = false;       // -w or -c
  bool modes = false;      // any of -R -P -J -M -S -O
  bool rta_mode = false;   // -R
  bool loss_mode = false;  // -P
  bool ipv4 = false;
  bool ipv6 = false;
};

// -w and -c: a half that is not given keeps what it was.
MaybeError store_side(Draft& draft, const std::string& value, bool critical) {
  const Dialect dialect = draft.config.dialect;
  const bool any_order = dialect == Dialect::check_ping || dialect == Dialect::check_fping;
  const Expected<RtaLoss> parsed =
      any_order ? parse_rta_loss_any_order(value) : parse_rta_loss(value);
  if (!parsed) {
    return parsed.error();
  }
  if (dialect == Dialect::check_ping && !(parsed->rta && parsed->loss)) {
    return refuse(value, "a pair RTA,PL%");
  }
  Thresholds& limits = draft.config.thresholds;
  if (parsed->rta) {
    auto& rta = limits.rta ? *limits.rta : limits.rta.emplace();
    (critical ? rta.critical : rta.warning) = parsed->rta;
  }
  if (parsed->loss) {
    auto& loss = limits.loss ? *limits.loss : limits.loss.emplace();
    (critical ? loss.critical : loss.warning) = parsed->loss;
  }
  draft.pair = true;
  return std::nullopt;
}

MaybeError apply_limits(Draft& draft, const GivenOption& option) {
  Thresholds& limits = draft.config.thresholds;
  const std::string& value = option.value;
  draft.modes = draft.modes || (option.id >= Opt::rta_limits && option.id <= Opt::order);
  switch (option.id) {
    case Opt::warning:
      return store_side(draft, value, false);
    case Opt::critical:
      return store_side(draft, value, true);
    case Opt::rta_limits:
      draft.rta_mode = true;
      return store(limits.rta, parse_pair<Nanoseconds>(value, parse_time));
    case Opt::loss_limits:
      draft.loss_mode = true;
      return store(limits.loss, parse_pair<double>(value, parse_loss));
    case Opt::jitter_limits:
      return store(limits.jitter, parse_pair<Nanoseconds>(value, parse_time));
    case Opt::mos_limits:
      return store(limits.mos, parse_pair<double>(value, parse_mos));
    case Opt::score_limits:
      return store(limits.score, parse_pair<double>(value, parse_score));
    default:
      limits.order = true;
      return std::nullopt;
  }
}

MaybeError check_format(const std::string& value) {
  // The names of Monitoring Plugins 3; all of them are text, and ours has one shape.
  for (const char* known : {"one-line", "multi-line", "icingaweb2", "summary-only"}) {
    if (value == known) {
      return std::nullopt;
    }
  }
  return refuse(value, "one of one-line, multi-line, icingaweb2, summary-only");
}

MaybeError apply_rest(Draft& draft, const GivenOption& option) {
  CheckConfig& config = draft.config;
  switch (option.id) {
    case Opt::host:
    case Opt::positional:
      config.hosts.push_back(option.value);
      break;
    case Opt::ipv4_only:
      draft.ipv4 = true;
      config.only_family = probe::Family::ipv4;
      break;
    case Opt::ipv6_only:
      draft.ipv6 = true;
      config.only_family = probe::Family::ipv6;
      break;
    case Opt::all_addresses:
      config.all_addresses = true;
      break;
    case Opt::early:
      config.early = true;
      break;
    case Opt::alive:
      config.alive = config.early = true;
      break;
    case Opt::html_link:
    case Opt::html_off:
      config.html_link = option.id == Opt::html_link;
      break;
    case Opt::verbose:
      ++config.verbosity;
      break;
    case Opt::output_format:
      return check_format(option.value);
    default:
      break;
  }
  if (draft.ipv4 && draft.ipv6) {
    return Error{base::ErrorKind::invalid_input, "-4 and -6 exclude each other"};
  }
  return std::nullopt;
}

MaybeError apply_one(Draft& draft, const GivenOption& option) {
  switch (option.id) {
    case Opt::warning:
    case Opt::critical:
    case Opt::rta_limits:
    case Opt::loss_limits:
    case Opt::jitter_limits:
    case Opt::mos_limits:
    case Opt::score_limits:
    case Opt::order:
      return apply_limits(draft, option);
    case Opt::probes:
    case Opt::packet_interval:
    case Opt::target_interval:
    case Opt::rate:
    case Opt::min_alive:
    case Opt::timeout:
    case Opt::reply_timeout:
      return apply_timing(draft.config, option);
    case Opt::ttl:
    case Opt::size:
    case Opt::source:
    case Opt::tos:
    case Opt::dscp:
    case Opt::dont_fragment:
    case Opt::fwmark:
      return apply_packet(draft.config, option);
    case Opt::state_dir:
    case Opt::no_history:
    case Opt::name:
    case Opt::series:
    case Opt::group:
    case Opt::interval:
    case Opt::down_warning:
    case Opt::down_critical:
    case Opt::perfdata:
    case Opt::spool:
      return apply_history(draft.config, option);
    default:
      return apply_rest(draft, option);
  }
}

// As check_icmp 3 has it: once a mode is chosen, only the chosen ones are judged. Natively -w and
// -c are judged too when they were given: what somebody typed is not dropped.
void choose_modes(Draft& draft) {
  const bool pair = draft.pair && draft.config.dialect == Dialect::native;
  if (!draft.modes || pair) {
    return;
  }
  if (!draft.rta_mode) {
    draft.config.thresholds.rta.reset();
  }
  if (!draft.loss_mode) {
    draft.config.thresholds.loss.reset();
  }
}

// A host that was given twice is one host, as check_icmp 2.3.3 has it: -m must not count it twice,
// and a label stands for one value.
void drop_repeated(std::vector<std::string>& hosts) {
  std::unordered_set<std::string> seen;
  seen.reserve(hosts.size());
  std::erase_if(hosts, [&seen](const std::string& host) { return !seen.insert(host).second; });
}

}  // namespace

Expected<CheckConfig> apply_options(const CheckConfig& defaults,
                                    std::span<const GivenOption> given) {
  Draft draft;
  draft.config = defaults;
  for (const GivenOption& option : given) {
    if (const MaybeError error = apply_one(draft, option)) {
      return Error{error->kind, option.origin + option.spelling + ": " + error->message};
    }
  }
  choose_modes(draft);
  if (draft.config.hosts.size() > 1) {
    drop_repeated(draft.config.hosts);
  }
  if (const MaybeError error = find_contradiction(draft.config)) {
    return *error;
  }
  return std::move(draft.config);
}

}  // namespace pingtrail::check
