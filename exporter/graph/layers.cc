// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/layers.h"

#include <algorithm>
#include <array>
#include <set>

#include "exporter/graph/plan.h"
#include "perfdata/base/number.h"
#include "perfdata/history/calendar.h"
#include "perfdata/history/outages.h"

namespace pingtrail::graph {
namespace {

using Words = std::vector<std::string>;
using history::TimeSpan;

constexpr std::size_t kMostLines = 12;
constexpr std::size_t kLabelColumns = 18;
constexpr std::int64_t kHatchPixels = 8;

bool has_function(const ReadableArchive& archive, std::string_view function) {
  return std::any_of(archive.rras.begin(), archive.rras.end(),
                     [function](const rrd::Rra& rra) { return rra.function == function; });
}

std::string definition(const std::string& name, const std::string& path, std::size_t source,
                       const std::string& function) {
  return "DEF:" + name + "=" + path + ":" + std::to_string(source) + ":" + function;
}

TimeSpan picture_of(const Canvas& canvas) {
  return {base::WallTime{std::chrono::seconds{canvas.from_s}},
          base::WallTime{std::chrono::seconds{canvas.to_s}}};
}

// A ground colour over the full height wherever `condition` is not 0. The ground is drawn before
// the lines but named after them, by entries of their own.
void add_ground(Words& words, const std::string& name, const std::string& condition,
                std::string_view colour) {
  words.push_back("CDEF:" + name + "=" + condition + ",INF,UNKN,IF");
  words.push_back("AREA:" + name + "#" + std::string(colour));
}

// A legend's entry that draws nothing: "none" is a variable without a value.
void add_entry(Words& words, std::string_view colour, const std::string& legend) {
  words.push_back("AREA:none#" + std::string(colour) + ":legend=" + legend + " ");
}

void add_nothing(Words& words, const std::string& any) {
  words.push_back("CDEF:none=" + any + ",POP,UNKN");
}

// The arithmetic of rrdtool wants a variable in every expression; `any` is one.
std::string shaded(const std::vector<TimeSpan>& spans, const Canvas& canvas,
                   const std::string& any) {
  const std::string inside = spans_expression(spans, picture_of(canvas), canvas.pixel_s);
  return any + ",POP," + (inside.empty() ? "0" : inside);
}

// Time of which nothing is known, and maintenance, hatched by stripes some pixels wide.
void add_times(Words& words, const GraphRequest& request, const Canvas& canvas,
               const Colours& colours, const std::string& any, const std::string& missing) {
  const std::string unknown = shaded(request.unknown, canvas, any) + "," + missing + ",MAX,TIME," +
                              std::to_string(canvas.to_s) + ",LE,*";
  add_ground(words, "unknown", unknown, colours.unknown);
  if (request.maintenance.empty()) return;
  const std::string inside = shaded(request.maintenance, canvas, any);
  add_ground(words, "planned", inside, colours.maintenance);
  const std::int64_t period = std::max(kHatchPixels * canvas.pixel_s, 2 * canvas.step_s);
  add_ground(
      words, "hatch",
      inside + ",TIME," + std::to_string(period) + ",%," + std::to_string(period / 2) + ",LT,*",
      colours.hatch);
}

// What the shaded time is called.
void add_time_entries(Words& words, const GraphRequest& request, const Colours& colours) {
  add_entry(words, colours.unknown, "unknown");
  if (!request.maintenance.empty()) add_entry(words, colours.hatch, "maintenance");
}

void add_figure(Words& words, const std::string& name, const std::string& of, const char* function,
                const char* title, const char* format) {
  words.push_back("VDEF:" + name + "=" + of + "," + function);
  words.push_back("GPRINT:" + name + ": " + title + " " + format);
}

void end_line(Words& words) { words.emplace_back("COMMENT:\\l"); }

// "2026-11-26 13:40 to 2026-11-27 13:40 Europe/Berlin", and how long it was down in it.
void add_last_line(Words& words, const GraphRequest& request, const Canvas& canvas) {
  const TimeSpan picture = picture_of(canvas);
  base::Milliseconds down{0};
  std::size_t count = 0;
  for (const TimeSpan& outage : request.outages) {
    const auto from = std::max(outage.from, picture.from);
    const auto to = std::min(outage.to, picture.to);
    if (from >= to) continue;
    ++count;
    down += to - from;
  }
  const std::string zone = request.zone.empty() ? history::local_zone() : request.zone;
  const auto shown = [&zone](base::WallTime at) {
    constexpr std::size_t kMinutes = 16;
    const auto text = history::format_instant(at, zone);
    std::string out = text ? text->substr(0, kMinutes) : std::string();
    std::replace(out.begin(), out.end(), 'T', ' ');
    return out;
  };
  std::string line = shown(picture.from) + " to " + shown(picture.to) + " " + zone;
  if (count > 0) {
    line += "   " + std::to_string(count) + (count == 1 ? " outage, " : " outages, ") +
            history::duration_text(down) + " down";
  }
  words.push_back("COMMENT:" + legend_text(line, canvas.columns * 2) + "\\l");
}

struct LossBand {
  const char* name;
  const char* from;  // percent, included
  const char* to;    // not included
};
constexpr std::array<LossBand, kLossBands> kBands{
    {{"loss1", "1", "5"}, {"loss2", "5", "20"}, {"loss3", "20", "50"}, {"loss4", "50", "99.9999"}}};

void add_loss(Words& words, const Colours& colours) {
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    const LossBand& band = kBands.at(i);
    const std::string condition =
        "pl,UN,isdown,MAX,0,pl," + std::string(band.from) + ",GE,pl," + band.to + ",LT,*,IF";
    add_ground(words, band.name, condition, colours.loss.at(i));
  }
}

void add_loss_entries(Words& words, const Colours& colours) {
  for (std::size_t i = 0; i < kBands.size(); ++i) {
    add_entry(words, colours.loss.at(i),
              std::string(i == 0 ? "loss from " : "") + kBands.at(i).from + "%");
  }
}

// Times in milliseconds, unknown where nothing came back (check_icmp 2 writes 0 then).
std::string in_ms(const std::string& name, const std::string& raw, double to_ms) {
  constexpr int kDecimals = 3;
  return "CDEF:" + name + "=lost," + "UNKN," + raw + "," + base::format_short(to_ms, kDecimals) +
         ",*,IF";
}

void define_ping(Words& words, const ReadableArchive& archive, const PingSources& ping,
                 const std::string& path, bool band) {
  words.push_back(definition("pl", path, ping.loss, "AVERAGE"));
  words.emplace_back("CDEF:lost=pl,UN,0,pl,99.9999,GE,IF");
  words.push_back(definition("mid0", path, ping.median.value_or(ping.rta), "AVERAGE"));
  words.push_back(in_ms("mid", "mid0", ping.to_ms));
  if (!band) return;
  words.push_back(definition("low0", path, ping.least.value_or(ping.rta),
                             has_function(archive, "MIN") ? "MIN" : "AVERAGE"));
  words.push_back(definition("high0", path, ping.most.value_or(ping.rta),
                             has_function(archive, "MAX") ? "MAX" : "AVERAGE"));
  words.push_back(in_ms("low1", "low0", ping.to_ms));
  words.emplace_back("CDEF:low=low1,0,LE,mid,low1,IF");
  words.push_back(in_ms("high", "high0", ping.to_ms));
  words.emplace_back("CDEF:between=high,low,-,0,MAX");
}

void add_round_trips(Words& words, const PingSources& ping, const Colours& colours, bool band) {
  if (band) {
    words.emplace_back("AREA:low");
    words.push_back("AREA:between#" + std::string(colours.band) + "::STACK");
  }
  words.push_back("LINE1.5:mid#" + std::string(colours.line) +
                  ":legend=" + (ping.median ? "round trip (median)" : "round trip         "));
  add_figure(words, "v1", "mid", "LAST", "last", "%7.2lf");
  add_figure(words, "v2", "mid", "AVERAGE", "avg", "%7.2lf");
  add_figure(words, "v3", band ? "low" : "mid", "MINIMUM", "min", "%7.2lf");
  add_figure(words, "v4", band ? "high" : "mid", "MAXIMUM", "max", "%7.2lf ms");
  end_line(words);
}

void add_limits(Words& words, const Page& page, const Colours& colours) {
  constexpr int kDecimals = 6;
  std::set<std::string> drawn;
  const auto rule = [&](const std::optional<double>& limit, const char* name,
                        std::string_view colour) {
    if (!limit) return;
    const std::string value = base::format_short(*limit, kDecimals);
    if (!drawn.insert(name + value).second) return;
    // The dashes would be in the legend's square, too.
    words.push_back("HRULE:" + value + "#" + std::string(colour) + "::dashes=4,3");
    add_entry(words, colour, std::string(name) + " " + value);
  };
  for (const PageSource& source : page.sources) {
    if (drawn.size() >= kMostLines) break;
    rule(source.warning, "warning", colours.warning);
    rule(source.critical, "critical", colours.critical);
  }
  if (!drawn.empty()) end_line(words);
}

// Shares and plain numbers as they are; bytes, seconds and the like in their thousands.
bool is_plain(const PageSource& source) { return source.unit.empty() || source.unit == "%"; }

void add_line(Words& words, std::size_t number, const PageSource& source, const Colours& colours) {
  const std::string name = "s" + std::to_string(number);
  std::string text = source.label.empty() ? "source " + std::to_string(number) : source.label;
  if (!source.unit.empty()) text += " [" + source.unit + "]";
  std::string legend = legend_text(text, kLabelColumns);
  for (std::size_t i = text.size(); i < kLabelColumns; ++i) legend += ' ';
  words.push_back("LINE1.5:" + name + "#" +
                  std::string(colours.lines.at((number - 1) % kLineColours)) + ":legend=" + legend);
  const char* format = is_plain(source) ? "%9.2lf" : "%8.2lf%s";
  add_figure(words, name + "last", name, "LAST", "last", format);
  add_figure(words, name + "avg", name, "AVERAGE", "avg", format);
  add_figure(words, name + "min", name, "MINIMUM", "min", format);
  add_figure(words, name + "max", name, "MAXIMUM", "max", format);
  end_line(words);
}

}  // namespace

void add_ping_layers(Words& words, const GraphRequest& request, const ReadableArchive& archive,
                     const PingSources& ping, const std::string& path, const Canvas& canvas,
                     const Colours& colours) {
  const bool band =
      (ping.least && ping.most) || (has_function(archive, "MIN") && has_function(archive, "MAX"));
  define_ping(words, archive, ping, path, band);
  add_nothing(words, "pl");
  add_times(words, request, canvas, colours, "pl", "pl,UN");
  words.push_back("CDEF:isdown=" + shaded(request.outages, canvas, "pl") + ",lost,MAX");
  add_loss(words, colours);
  add_ground(words, "down", "isdown", colours.down);
  add_round_trips(words, ping, colours, band);
  words.emplace_back("COMMENT:  packet loss        ");
  add_figure(words, "v5", "pl", "LAST", "last", "%7.2lf");
  add_figure(words, "v6", "pl", "AVERAGE", "avg", "%7.2lf");
  add_figure(words, "v7", "pl", "MINIMUM", "min", "%7.2lf");
  add_figure(words, "v8", "pl", "MAXIMUM", "max", "%7.2lf %%");
  end_line(words);
  add_loss_entries(words, colours);
  add_entry(words, colours.down, "down");
  add_time_entries(words, request, colours);
  end_line(words);
  add_last_line(words, request, canvas);
}

void add_service_layers(Words& words, const GraphRequest& request, const ReadableArchive& archive,
                        const std::string& path, const Canvas& canvas, const Colours& colours) {
  const std::size_t sources = archive.header.sources.size();
  const std::size_t count = std::min(sources, kMostLines);
  std::string missing = "s1,UN";
  for (std::size_t i = 1; i <= count; ++i) {
    const std::string name = "s" + std::to_string(i);
    words.push_back(definition(name, path, i, "AVERAGE"));
    if (i > 1) missing += "," + name + ",UN,*";
  }
  add_nothing(words, "s1");
  add_times(words, request, canvas, colours, "s1", missing);
  add_ground(words, "down", shaded(request.outages, canvas, "s1"), colours.down);
  for (std::size_t i = 1; i <= count; ++i) {
    const bool told = i <= archive.page.sources.size();
    add_line(words, i, told ? archive.page.sources[i - 1] : PageSource{}, colours);
  }
  if (sources > count) {
    words.push_back("COMMENT:and " + std::to_string(sources - count) + " more\\l");
  }
  add_limits(words, archive.page, colours);
  if (!request.outages.empty()) add_entry(words, colours.down, "host down");
  add_time_entries(words, request, colours);
  end_line(words);
  add_last_line(words, request, canvas);
}

}  // namespace pingtrail::graph
