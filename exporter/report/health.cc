// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/health.h"

#include <algorithm>

#include "exporter/report/words.h"
#include "perfdata/base/number.h"

namespace pingtrail::report {
namespace {

// Collects what is wrong, worst first in the end.
struct Findings {
  std::vector<std::string> critical;
  std::vector<std::string> warning;
};

void judge_age(Findings& findings, const HealthFacts& facts, const HealthLimits& limits) {
  if (!facts.newest_check_age) return;
  const Milliseconds age = *facts.newest_check_age;
  if (age < limits.age_warning) return;
  const std::string text = "newest check is " + span_text(std::optional(age)) + " old";
  (age >= limits.age_critical ? findings.critical : findings.warning).push_back(text);
}

void judge_disk(Findings& findings, const HealthFacts& facts, const HealthLimits& limits) {
  if (facts.free_pct > limits.free_warning_pct) return;
  const std::string text = "disk " + base::format_short(facts.free_pct, 1) + " % free";
  (facts.free_pct <= limits.free_critical_pct ? findings.critical : findings.warning)
      .push_back(text);
}

void judge_journal(Findings& findings, const HealthFacts& facts) {
  for (const std::string& fact : facts.broken) findings.critical.push_back("journal " + fact);
  for (const std::string& fact : facts.torn) findings.warning.push_back("journal " + fact);
  if (facts.lost > 0) {
    findings.warning.push_back(counted(facts.lost, "transition") + " lost");
  }
  if (facts.unreadable > 0) {
    findings.warning.push_back(counted(facts.unreadable, "state file") + " unreadable");
  }
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + printable(text);
  // A pipe would begin the perfdata.
  std::replace(out.begin(), out.end(), '|', '/');
  return out;
}

std::string perfdata(const HealthFacts& facts, const HealthLimits& limits) {
  std::string out;
  if (facts.newest_check_age) {
    out += "newest_check_age=" + seconds_text(*facts.newest_check_age) + "s;" +
           seconds_text(limits.age_warning) + ";" + seconds_text(limits.age_critical) + ";0 ";
  }
  return out + "hosts=" + std::to_string(facts.hosts) +
         ";;;0 unreadable=" + std::to_string(facts.unreadable) +
         ";;;0 pending=" + std::to_string(facts.pending) +
         ";;;0 lost=" + std::to_string(facts.lost) +
         ";;;0 records=" + std::to_string(facts.records) +
         ";;;0 disk_free=" + base::format_short(facts.free_pct, 1) + "%;" +
         base::format_short(limits.free_warning_pct, 1) + ":;" +
         base::format_short(limits.free_critical_pct, 1) + ":;0;100";
}

}  // namespace

Health judge_health(const HealthFacts& facts, const HealthLimits& limits) {
  Findings findings;
  judge_journal(findings, facts);
  judge_age(findings, facts, limits);
  judge_disk(findings, facts, limits);
  std::vector<std::string> texts = findings.critical;
  texts.insert(texts.end(), findings.warning.begin(), findings.warning.end());
  Health out;
  if (!findings.critical.empty()) {
    out = {2, "CRITICAL - " + joined(texts)};
  } else if (!facts.newest_check_age) {
    texts.insert(texts.begin(), "no check recorded yet");
    out = {3, "UNKNOWN - " + joined(texts)};
  } else if (!findings.warning.empty()) {
    out = {1, "WARNING - " + joined(texts)};
  } else {
    out = {0, "OK - " + counted(facts.hosts, "host") + ", newest check " +
                  span_text(facts.newest_check_age) + " ago, journal intact (" +
                  counted(facts.records, "record") + "), disk " +
                  base::format_short(facts.free_pct, 1) + " % free"};
  }
  out.line += " | " + perfdata(facts, limits);
  return out;
}

Health unknown_health(const std::string& message) {
  std::string text = printable(message);
  std::replace(text.begin(), text.end(), '|', '/');
  return {3, "UNKNOWN - " + text};
}

}  // namespace pingtrail::report
