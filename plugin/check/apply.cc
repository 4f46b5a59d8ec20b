// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/apply.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "plugin/check/validate.h"
#include "plugin/check/values.h"
#include "plugin/probe/icmp.h"

namespace pingtrail::check {
namespace {

using base::Error;
using base::Expected;
using MaybeError = std::optional<Error>;

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

template <typename To, typename From>
MaybeError store(To& place, Expected<From> value) {
  if (!value) {
    return value.error();
  }
  place = static_cast<To>(*std::move(value));
  return std::nullopt;
}

template <typename T, typename From>
MaybeError store(std::optional<T>& place, Expected<From> value) {
  if (!value) {
    return value.error();
  }
  place = static_cast<T>(*std::move(value));
  return std::nullopt;
}

MaybeError refuse(const std::string& value, const char* wanted) {
  return Error{base::ErrorKind::invalid_input, "'" + value + "' is not " + wanted};
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

MaybeError apply_timing(CheckConfig& config, const GivenOption& option) {
  const std::string& value = option.value;
  switch (option.id) {
    case Opt::probes:
      return store(config.probes, parse_count(value, 1, probe::kMaxProbesPerTarget));
    case Opt::packet_interval:
      return store(config.packet_interval, parse_time(value));
    case Opt::target_interval:
      return store(config.target_interval, parse_time(value));
    case Opt::rate:
      return store(config.rate, parse_number(value, 0.001, 10e6));
    case Opt::min_alive:
      return store(config.min_hosts_alive, parse_count(value, 0, 1000000));
    case Opt::timeout:
      return store(config.timeout, parse_seconds(value));
    default: {
      MaybeError error = store(config.reply_timeout, parse_time(value));
      return !error && *config.reply_timeout == Nanoseconds(0) ? refuse(value, "a time above 0")
                                                               : error;
    }
  }
}

MaybeError apply_packet(CheckConfig& config, const GivenOption& option) {
  const std::string& value = option.value;
  switch (option.id) {
    case Opt::ttl:
      return store(config.ttl, parse_count(value, 1, 255));
    case Opt::size:
      return store(config.payload_bytes,
                   parse_count(value, 0, static_cast<std::int64_t>(probe::kMaxPayloadBytes)));
    case Opt::source:
      return store_text(config.source.emplace(), value);
    case Opt::tos:
      return store(config.tos, parse_count(value, 0, 255));
    case Opt::dscp:
      return store(config.tos, parse_dscp(value));
    case Opt::dont_fragment:
      config.dont_fragment = true;
      return std::nullopt;
    default:
      return store(config.fwmark, parse_mark(value));
  }
}

MaybeError store_interval(HistoryOptions& history, const std::string& value) {
  const Expected<Nanoseconds> seconds = parse_seconds(value);
  if (!seconds) {
    return seconds.error();
  }
  history.interval = std::chrono::round<Milliseconds>(*seconds);
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
  if (const MaybeError error = find_contradiction(draft.config)) {
    return *error;
  }
  return std::move(draft.config);
}

}  // namespace pingtrail::check
