// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/report/health.h"
#include "exporter/report/period.h"
#include "perfdata/base/number.h"
#include "perfdata/base/posix_error.h"
#include "perfdata/history/archive.h"
#include "perfdata/history/journal_file.h"
#include "perfdata/history/slot_store.h"

namespace pingtrail::cli {
namespace {

using base::Expected;
using base::invalid_input;
using report::HealthFacts;
using report::HealthLimits;

Expected<base::Done> take_duration(const Words& words, const std::string& option,
                                   base::Milliseconds& into) {
  const auto text = words.last(option);
  if (!text) return base::ok();
  const auto value = report::parse_duration(*text);
  if (!value) return base::Error{value.error().kind, "--" + option + ": " + value.error().message};
  into = *value;
  return base::ok();
}

Expected<base::Done> take_percent(const Words& words, const std::string& option, double& into) {
  const auto text = words.last(option);
  if (!text) return base::ok();
  const auto value = base::parse_decimal(*text);
  if (!value || *value < 0 || *value > 100) {
    return invalid_input("--" + option + ": " + *text, "not a percentage from 0 to 100");
  }
  into = *value;
  return base::ok();
}

Expected<HealthLimits> limits_of(const Words& words) {
  HealthLimits out;
  for (const auto& done : {take_duration(words, "age-warning", out.age_warning),
                           take_duration(words, "age-critical", out.age_critical),
                           take_percent(words, "free-warning", out.free_warning_pct),
                           take_percent(words, "free-critical", out.free_critical_pct)}) {
    if (!done) return done.error();
  }
  if (out.age_warning > out.age_critical) {
    return invalid_input("--age-warning", "above --age-critical");
  }
  if (out.free_warning_pct < out.free_critical_pct) {
    return invalid_input("--free-warning", "below --free-critical");
  }
  return out;
}

void take_states(HealthFacts& facts, const history::StateListing& listing, base::WallTime now) {
  facts.hosts += listing.states.size();
  facts.unreadable += listing.unreadable.size();
  for (const history::HostState& state : listing.states) {
    facts.pending += state.pending.size();
    facts.lost += state.lost_transitions;
    if (state.counters.checks == 0) continue;
    const base::Milliseconds age = std::max(base::Milliseconds{0}, now - state.last.at);
    facts.newest_check_age = std::min(facts.newest_check_age.value_or(age), age);
  }
}

void take_journal(HealthFacts& facts, const std::string& dir,
                  const std::vector<history::HostState>& states) {
  auto chain = history::walk_journal(dir, {});
  if (!chain) {
    facts.broken.push_back(chain.error().message);
    return;
  }
  chain = history::held_against(std::move(*chain), states);
  facts.records += chain->records;
  if (chain->state == history::ChainState::broken) facts.broken.push_back("broken: " + chain->fact);
  if (chain->state == history::ChainState::torn_end) {
    facts.torn.push_back("torn end: " + chain->fact);
  }
}

Expected<base::Done> take_disk(HealthFacts& facts, const std::string& dir) {
  struct statvfs disk {};
  if (statvfs(dir.c_str(), &disk) != 0) return base::posix_error(dir, errno);
  if (disk.f_blocks == 0) return base::ok();
  // What the unprivileged may use, of what they ever could: as df counts it.
  const double available = static_cast<double>(disk.f_bavail);
  const double used = static_cast<double>(disk.f_blocks - disk.f_bfree);
  const double percent = available + used > 0 ? 100 * available / (available + used) : 0;
  if (percent <= facts.free_pct) {
    facts.free_pct = percent;
    facts.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  return base::ok();
}

}  // namespace

Expected<int> run_health(const Words& words) {
  const auto where = setting(words, default_state_dir());
  if (!where) return where.error();
  const auto limits = limits_of(words);
  if (!limits) return limits.error();
  HealthFacts facts;
  for (const std::string& dir : where->state_dirs) {
    const auto listing = history::read_states(dir);
    if (!listing) return listing.error();
    take_states(facts, *listing, where->asof);
    take_journal(facts, dir, listing->states);
    if (auto done = take_disk(facts, dir); !done) return done.error();
  }
  const report::Health health = report::judge_health(facts, *limits);
  if (auto done = emit(health.line + "\n"); !done) return done.error();
  return health.exit_code;
}

}  // namespace pingtrail::cli
