// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/html.h"

#include <algorithm>
#include <array>

#include "exporter/report/html_parts.h"
#include "exporter/report/status.h"
#include "exporter/report/words.h"
#include "perfdata/base/number.h"

namespace pingtrail::site {
namespace {

using history::ObservedState;
using history::StateSpan;
using report::html_text;

// Besides the style of the reports.
constexpr std::string_view kStyle = R"css(
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--bg);padding:.4rem}
nav.site{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;margin:0 0 1rem}
nav.site b{font-size:1.1rem;color:var(--accent);margin-right:1rem}
a{color:var(--accent)}a:focus-visible,input:focus-visible,select:focus-visible,button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
nav.site a[aria-current]{font-weight:600;text-decoration:none;color:var(--fg)}
.state{font-weight:600;white-space:nowrap}.why{min-width:13rem}
main>.facts{margin-bottom:1rem}.cards b[class] a{color:inherit}.pages a[aria-current]{font-weight:600;color:var(--fg)}
.spark{display:block;width:15rem;height:1.7rem;border:1px solid var(--line);border-radius:.2rem}
.spark .up{fill:var(--up)}.spark .down{fill:var(--down)}.spark .none{fill:var(--unk)}
.spark .rtt{fill:none;stroke:var(--accent);stroke-width:1.5;vector-effect:non-scaling-stroke}
form.filter{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:1.2rem 0}
form.filter label{font-size:.8rem;color:var(--soft)}
form.filter input,form.filter select,form.filter button{display:block;font:inherit;padding:.3rem .5rem;
border:1px solid var(--soft);border-radius:.3rem;background:var(--bg);color:var(--fg)}
.pages{display:flex;gap:1rem;margin:1rem 0}
.graphs{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,38rem),1fr));gap:1rem;padding:0;list-style:none}
.graphs img{max-width:100%;height:auto;border:1px solid var(--line)}
.graphs h3{font-size:.95rem;margin:.2rem 0}
.path{color:var(--soft);font-size:.85rem}
)css";

struct Link {
  std::string_view path;
  std::string_view name;
};
constexpr std::array kLinks{
    Link{"/", "Hosts"}, Link{"/metrics", "Metrics"}, Link{"/api/v1/hosts", "Hosts as JSON"},
    Link{"/api/v1/outages", "Outages as JSON"}, Link{"/sd", "Service discovery"}};

void add_link(std::string& out, std::string_view path, std::string_view name,
              std::string_view here) {
  out += "<a href=\"" + html_text(path) + "\"";
  if (path == here) out += " aria-current=page";
  out += ">" + html_text(name) + "</a>\n";
}

constexpr double kWide = 240;
constexpr double kHigh = 24;

std::string number(double value) { return base::format_short(value, 2); }

void add_band(std::string& out, std::string_view kind, double from, double to, double top) {
  out += "<rect class=" + std::string(kind) + " x=\"" + number(from) + "\" y=\"" + number(top) +
         "\" width=\"" + number(std::max(to - from, 0.75)) + "\" height=\"" + number(kHigh - top) +
         "\"/>";
}

void add_states(std::string& out, const std::vector<StateSpan>& spans) {
  const auto begin = spans.front().span.from;
  const auto whole = static_cast<double>((spans.back().span.to - begin).count());
  for (const StateSpan& one : spans) {
    const double from = kWide * static_cast<double>((one.span.from - begin).count()) / whole;
    const double to = kWide * static_cast<double>((one.span.to - begin).count()) / whole;
    if (!one.state) {
      add_band(out, "none", from, to, kHigh / 2);
    } else if (*one.state == ObservedState::down) {
      add_band(out, "down", from, to, 0);
    } else {
      add_band(out, "up", from, to, kHigh - 3);
    }
  }
}

void add_times(std::string& out, const std::vector<std::optional<double>>& rtt_s) {
  double most = 0;
  for (const auto& value : rtt_s) most = std::max(most, value.value_or(0));
  if (most <= 0) return;
  constexpr double kMargin = 2;
  bool drawing = false;
  std::string path;
  for (std::size_t i = 0; i < rtt_s.size(); ++i) {
    if (!rtt_s[i]) {
      drawing = false;
      continue;
    }
    const double x = kWide * (static_cast<double>(i) + 0.5) / static_cast<double>(rtt_s.size());
    const double y = kHigh - kMargin - (kHigh - 2 * kMargin) * *rtt_s[i] / most;
    path += (drawing ? "L" : "M") + number(x) + " " + number(y);
    // A value alone would be a line without length, which is not drawn.
    if (!drawing) path += "h.5";
    drawing = true;
  }
  out += "<path class=rtt d=\"" + path + "\"/>";
}

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

}  // namespace

std::string url_part(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  // A segment of dots alone means a directory to browsers, encoded or not; nothing can be done for
  // it here, and such hosts are refused by the recorder of archives, too.
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xfU];
  }
  return out;
}

std::string query_html(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string out;
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    out += (out.empty() ? "?" : "&amp;") + url_part(name) + "=" + url_part(value);
  }
  return out;
}

std::string page_head(std::string_view title, std::string_view here, std::string_view month) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n<title>" +
      html_text(title) + "</title>\n<style>" + std::string(report::html_style()) +
      std::string(kStyle) + "</style>\n</head>\n<body>\n<a class=skip href=\"#main\">To the " +
      "content</a>\n<nav class=site aria-label=Pages>\n<b>pingtrail</b>\n";
  for (const Link& link : kLinks) add_link(out, link.path, link.name, here);
  const std::string report = "/report/" + std::string(month) + ".html";
  add_link(out, report, "Report of this month", here);
  return out + "</nav>\n<main id=main>\n";
}

std::string page_foot(history::WallTime asof, std::string_view zone) {
  return "</main>\n<footer>As of " + report::html_instant(asof, zone) + " (" + html_text(zone) +
         "). Time in which nobody looked is unknown, neither up nor down.</footer>\n"
         "</body>\n</html>\n";
}

std::string state_html(const std::optional<ObservedState>& state) {
  std::string_view mark = "warn";
  std::string_view sign = "?";
  if (state) {
    mark = *state == ObservedState::down ? "bad" : "good";
    sign = *state == ObservedState::down ? "▼" : "▲";
  }
  return "<span class=\"state " + std::string(mark) + "\">" + std::string(sign) + " " +
         report::state_title(state) + "</span>";
}

std::string spark_svg(const std::vector<StateSpan>& spans,
                      const std::vector<std::optional<double>>& rtt_s, std::string_view label) {
  std::string out =
      "<svg class=spark viewBox=\"0 0 240 24\" preserveAspectRatio=none role=img aria-label=\"" +
      html_text(label) + "\">";
  if (!spans.empty() && spans.back().span.to > spans.front().span.from) {
    add_states(out, spans);
    add_times(out, rtt_s);
  }
  return out + "</svg>";
}

}  // namespace pingtrail::site
