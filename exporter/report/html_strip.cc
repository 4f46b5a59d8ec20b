// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"

namespace pingtrail::report {
namespace {

constexpr Milliseconds kLongDown{3600000};

// What a day looks like: a class of the style sheet, a sign, and words.
struct Look {
  std::string_view mark;
  std::string_view sign;
  std::string_view words;
};
constexpr Look kUp{"u", "·", "up"};
constexpr Look kLow{"l", "▽", "down for less than an hour"};
constexpr Look kDown{"x", "▼", "down for an hour or more"};
constexpr Look kPlanned{"p", "◆", "down in planned maintenance only"};
constexpr Look kUnknown{"q", "?", "unknown for half of the day or more"};
constexpr Look kPartly{"y", "~", "up, unknown in part"};
constexpr std::array kLooks{kUp, kLow, kDown, kPlanned, kPartly, kUnknown};

const Look* look_of(const DayParts& day) {
  const Milliseconds all = day.up + day.down + day.down_planned + day.unknown;
  if (all == Milliseconds{0}) return nullptr;  // still to come
  if (day.down > Milliseconds{0}) return day.down < kLongDown ? &kLow : &kDown;
  if (2 * day.unknown >= all) return &kUnknown;
  if (day.down_planned > Milliseconds{0}) return &kPlanned;
  return day.unknown > Milliseconds{0} ? &kPartly : &kUp;
}

std::string told(const Day& day, const DayParts& parts) {
  std::string out = day.date + ":";
  const auto add = [&out](Milliseconds span, std::string_view what) {
    if (span <= Milliseconds{0}) return;
    out +=
        (out.back() == ':' ? " " : ", ") + std::string(what) + " " + span_text(std::optional(span));
  };
  add(parts.down, "down");
  add(parts.down_planned, "down as planned");
  add(parts.unknown, "unknown");
  add(parts.planned, "in maintenance");
  return out;
}

void add_cell(std::string& out, const Day& day, const DayParts& parts) {
  const Look* look = look_of(parts);
  if (look == nullptr) {
    out += "<td>";
  } else if (look == &kUp) {
    out += "<td class=u>·";
  } else {
    out += "<td class=" + std::string(look->mark) + " title=\"" + told(day, parts) + "\">" +
           std::string(look->sign);
  }
}

void add_rows(std::string& out, const std::vector<HostReport>& hosts, const Report& report,
              std::size_t begin, std::size_t past) {
  for (const HostReport& host : hosts) {
    const std::string name = html_text(shown_name(host.name, host.series, host.reconstructed));
    out += "<tr><th scope=row title=\"" + name + "\">" + name + "</th>";
    for (std::size_t i = begin; i < past; ++i) add_cell(out, report.days[i], host.days[i]);
    out += "</tr>\n";
  }
}

// The days of one local month.
void add_month(std::string& out, const Report& report, std::size_t begin, std::size_t past) {
  constexpr std::size_t kMonthBytes = 7;
  constexpr std::size_t kDayAt = 8;
  out += "<div class=scroll><table class=strip><caption>" +
         report.days[begin].date.substr(0, kMonthBytes) +
         "</caption><thead><tr><th scope=col>Host</th>";
  for (std::size_t i = begin; i < past; ++i) {
    out += "<th scope=col class=d>" + report.days[i].date.substr(kDayAt) + "</th>";
  }
  out += "</tr></thead><tbody>\n";
  add_rows(out, report.hosts, report, begin, past);
  out += "</tbody></table></div>\n";
}

bool same_month(const Day& a, const Day& b) {
  constexpr std::size_t kMonthBytes = 7;
  return a.date.compare(0, kMonthBytes, b.date, 0, kMonthBytes) == 0;
}

}  // namespace

void add_strip_section(std::string& out, const Report& report) {
  if (report.days.empty() || report.hosts.empty()) return;
  out += "<section><h2>Day by day</h2>\n<ul class=key>";
  for (const Look& look : kLooks) {
    out += "<li><i class=" + std::string(look.mark) + ">" + std::string(look.sign) + "</i>" +
           std::string(look.words) + "</li>";
  }
  out += "</ul>\n";
  for (std::size_t begin = 0; begin < report.days.size();) {
    std::size_t past = begin + 1;
    while (past < report.days.size() && same_month(report.days[begin], report.days[past])) ++past;
    add_month(out, report, begin, past);
    begin = past;
  }
  out += "</section>\n";
}

}  // namespace pingtrail::report
