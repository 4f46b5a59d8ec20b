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

void judge_wait(Findings& findings, const std::string& what, Milliseconds age,
                const HealthLimits& limits) {
  if (age < limits.spool_age_warning) return;
  (age >= limits.spool_age_critical ? findings.critical : findings.warning)
      .push_back(what + " waiting for " + span_text(std::optional(age)));
}

void judge_spool(Findings& findings, const HealthFacts& facts, const HealthLimits& limits) {
  if (facts.spool) {
    const SpoolFacts& spool = *facts.spool;
    if (spool.oldest_age) {
      judge_wait(findings, "spool file " + spool.oldest, *spool.oldest_age, limits);
    }
    const auto files = static_cast<std::int64_t>(spool.files);
    if (files >= limits.spool_files_warning) {
      (files >= limits.spool_files_critical ? findings.critical : findings.warning)
          .push_back(counted(spool.files, "spool file") + " waiting");
    }
  } else if (facts.writer && facts.writer->oldest_pending_age) {
    judge_wait(findings, "a spool file", *facts.writer->oldest_pending_age, limits);
  }
}

void judge_writer(Findings& findings, const HealthFacts& facts, const HealthLimits& limits) {
  if (!facts.writer || facts.writer->age < limits.writer_age_warning) return;
  (facts.writer->age >= limits.writer_age_critical ? findings.critical : findings.warning)
      .push_back("writer of " + facts.writer->oldest + " silent for " +
                 span_text(std::optional(facts.writer->age)));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + printable(text);
  // A pipe would begin the perfdata.
  std::replace(out.begin(), out.end(), '|', '/');
  return out;
}

// "label=4s;600;1800;0 "
std::string age_item(const char* label, Milliseconds age, Milliseconds warning,
                     Milliseconds critical) {
  return std::string(label) + "=" + seconds_text(age) + "s;" + seconds_text(warning) + ";" +
         seconds_text(critical) + ";0 ";
}

std::string spool_perfdata(const SpoolFacts& spool, const HealthLimits& limits) {
  return " spool_files=" + std::to_string(spool.files) + ";" +
         std::to_string(limits.spool_files_warning) + ";" +
         std::to_string(limits.spool_files_critical) +
         ";0 spool_bytes=" + std::to_string(spool.bytes) + "B;;;0 " +
         age_item("spool_age", spool.oldest_age.value_or(Milliseconds{0}), limits.spool_age_warning,
                  limits.spool_age_critical) +
         "spool_rejected=" + std::to_string(spool.rejected_lines) + ";;;0";
}

// Without a sample there is no lag, and so no item: a 0 would be the best of all.
std::string writer_perfdata(const WriterFacts& writer, const HealthLimits& limits) {
  std::string out = " " + age_item("writer_age", writer.age, limits.writer_age_warning,
                                   limits.writer_age_critical);
  if (writer.newest_sample_age) {
    out += "writer_lag=" + seconds_text(*writer.newest_sample_age) + "s;;;0 ";
  }
  return out +
         "writer_pending_age=" + seconds_text(writer.oldest_pending_age.value_or(Milliseconds{0})) +
         "s;;;0 writer_rejects=" + std::to_string(writer.rejects) +
         "c;;;0 writer_store_failures=" + std::to_string(writer.store_failures) + "c;;;0";
}

std::string perfdata(const HealthFacts& facts, const HealthLimits& limits) {
  std::string out;
  if (facts.newest_check_age) {
    out += age_item("newest_check_age", *facts.newest_check_age, limits.age_warning,
                    limits.age_critical);
  }
  out += "hosts=" + std::to_string(facts.hosts) +
         ";;;0 unreadable=" + std::to_string(facts.unreadable) +
         ";;;0 pending=" + std::to_string(facts.pending) +
         ";;;0 lost=" + std::to_string(facts.lost) +
         ";;;0 records=" + std::to_string(facts.records) +
         ";;;0 disk_free=" + base::format_short(facts.free_pct, 1) + "%;" +
         base::format_short(limits.free_warning_pct, 1) + ":;" +
         base::format_short(limits.free_critical_pct, 1) + ":;0;100";
  if (facts.spool) out += spool_perfdata(*facts.spool, limits);
  if (facts.writer) out += writer_perfdata(*facts.writer, limits);
  return out;
}

std::string fine_text(const HealthFacts& facts) {
  std::string out = counted(facts.hosts, "host") + ", newest check " +
                    span_text(facts.newest_check_age) + " ago, journal intact (" +
                    counted(facts.records, "record") + "), disk " +
                    base::format_short(facts.free_pct, 1) + " % free";
  if (facts.spool) {
    out += ", " + counted(facts.spool->files, "spool file") + " waiting, " +
           counted(facts.spool->rejected_lines, "line") + " rejected";
  }
  if (facts.writer)
    out += ", writer heard of " + span_text(std::optional(facts.writer->age)) + " ago";
  return out;
}

}  // namespace

Health judge_health(const HealthFacts& facts, const HealthLimits& limits) {
  Findings findings;
  judge_journal(findings, facts);
  judge_age(findings, facts, limits);
  judge_spool(findings, facts, limits);
  judge_writer(findings, facts, limits);
  judge_disk(findings, facts, limits);
  std::vector<std::string> unknown = facts.unknown;
  if (!facts.newest_check_age) unknown.insert(unknown.begin(), "no check recorded yet");
  std::vector<std::string> texts = findings.critical;
  if (findings.critical.empty()) texts.insert(texts.end(), unknown.begin(), unknown.end());
  texts.insert(texts.end(), findings.warning.begin(), findings.warning.end());
  Health out;
  if (!findings.critical.empty()) {
    texts.insert(texts.end(), facts.unknown.begin(), facts.unknown.end());
    out = {2, "CRITICAL - " + joined(texts)};
  } else if (!unknown.empty()) {
    out = {3, "UNKNOWN - " + joined(texts)};
  } else if (!findings.warning.empty()) {
    out = {1, "WARNING - " + joined(texts)};
  } else {
    out = {0, "OK - " + fine_text(facts)};
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
