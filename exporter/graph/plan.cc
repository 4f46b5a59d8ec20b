// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/plan.h"

#include <algorithm>
#include <cstdint>

#include "exporter/graph/colours.h"
#include "exporter/graph/layers.h"
#include "perfdata/rrd/source_table.h"

namespace pingtrail::graph {
namespace {

using history::TimeSpan;

constexpr int kLegendWidth = 660;  // the longest line of a ping's legend, and its margins
constexpr int kLegendHeight = 180;
constexpr int kTitleHeight = 110;
constexpr int kLabelWidth = 400;
constexpr int kCharacter = 8;  // of the title, in pixels
constexpr std::size_t kMostSpans = 400;

std::int64_t seconds(base::WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

std::string default_title(const GraphRequest& request) {
  const std::string host = rrd::printable(request.host);
  const std::string& service = request.query.service;
  return service == kHostService ? host : host + ": " + rrd::printable(service);
}

void add_frame(std::vector<std::string>& words, const GraphRequest& request, const Canvas& canvas) {
  const auto& query = request.query;
  const auto option = [&words](std::string name, std::string value) {
    words.push_back(std::move(name));
    words.push_back(std::move(value));
  };
  words.insert(words.end(), {"graph", "-"});
  option("--imgformat", request.svg ? "SVG" : "PNG");
  option("--start", std::to_string(canvas.from_s));
  option("--end", std::to_string(canvas.to_s));
  words.emplace_back("--full-size-mode");
  option("--width", std::to_string(query.width_px));
  option("--height", std::to_string(query.height_px));
  words.emplace_back("--disable-rrdtool-tag");
  option("--border", "0");
  option("--lower-limit", "0");
  words.emplace_back("--alt-autoscale-max");
  if (!canvas.legend) words.emplace_back("--no-legend");
  if (query.height_px >= kTitleHeight) {
    const std::string title =
        request.title.empty() ? default_title(request) : rrd::printable(request.title);
    option("--title", shortened(title, static_cast<std::size_t>(query.width_px / kCharacter)));
  }
}

void add_colours(std::vector<std::string>& words, const Colours& colours) {
  const auto colour = [&words](const char* part, std::string_view value) {
    words.emplace_back("--color");
    words.push_back(std::string(part) + "#" + std::string(value));
  };
  colour("BACK", colours.back);
  colour("CANVAS", colours.canvas);
  colour("SHADEA", colours.back);
  colour("SHADEB", colours.back);
  colour("GRID", colours.grid);
  colour("MGRID", colours.major_grid);
  colour("FONT", colours.font);
  colour("AXIS", colours.axis);
  colour("FRAME", colours.axis);
  words.insert(words.end(), {"--color", "ARROW#00000000"});
}

void add_fonts(std::vector<std::string>& words, bool small) {
  for (const char* font :
       {small ? "DEFAULT:7:DejaVu Sans" : "DEFAULT:8:DejaVu Sans",
        small ? "TITLE:8:DejaVu Sans" : "TITLE:10:DejaVu Sans", "LEGEND:8:DejaVu Sans Mono"}) {
    words.emplace_back("--font");
    words.emplace_back(font);
  }
}

// Clipped, sorted, joined where closer than `gap`.
std::vector<TimeSpan> joined(std::span<const TimeSpan> spans, const TimeSpan& picture,
                             base::Milliseconds gap) {
  std::vector<TimeSpan> sorted;
  for (const TimeSpan& span : spans) {
    const TimeSpan clipped{std::max(span.from, picture.from), std::min(span.to, picture.to)};
    if (clipped.from < clipped.to) sorted.push_back(clipped);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const TimeSpan& a, const TimeSpan& b) { return a.from < b.from; });
  std::vector<TimeSpan> out;
  for (const TimeSpan& span : sorted) {
    if (!out.empty() && span.from - out.back().to < gap) {
      out.back().to = std::max(out.back().to, span.to);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

}  // namespace

std::string shortened(std::string_view text, std::size_t columns) {
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; };
  const auto count = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
  if (count <= columns) return std::string(text);
  std::size_t at = 0;
  for (std::size_t kept = 0; at < text.size(); ++at) {
    if (begins(text[at]) && kept++ + 1 >= std::max<std::size_t>(columns, 1)) break;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string legend_text(std::string_view text, std::size_t columns) {
  std::string out;
  for (const char c : shortened(rrd::printable(text), columns)) {
    if (c == ':') {
      out += "\\:";
    } else if (c == '\\') {
      out += "∖";
    } else {
      out += c;
    }
  }
  return out;
}

bool dash_missing(std::vector<std::string>& words, std::span<const std::string> legends) {
  bool changed = false;
  for (std::string& word : words) {
    if (!word.starts_with("GPRINT:")) continue;
    // "GPRINT:v1: last %7.2lf ms": name, what stands before the figure, figure, what follows.
    const std::size_t begin = word.find(':', word.find(':') + 1) + 1;
    const std::size_t figure = word.find('%', begin);
    const std::size_t end = word.find("lf", figure) + 2;
    const std::string before = word.substr(begin, figure - begin);
    while (!legends.empty() && !legends.front().starts_with(before)) legends = legends.subspan(1);
    if (legends.empty()) return changed;
    const bool missing = legends.front().find("nan") != std::string::npos;
    legends = legends.subspan(1);
    if (!missing) continue;
    std::string after = word.substr(end);
    if (after.starts_with("%s")) after.erase(0, 2);
    if (const std::size_t percent = after.find("%%"); percent != std::string::npos) {
      after.erase(percent, 1);
    }
    word = "COMMENT:" + before + "      -" + after;
    changed = true;
  }
  return changed;
}

std::string spans_expression(std::span<const TimeSpan> spans, const TimeSpan& picture,
                             std::int64_t gap_s) {
  std::chrono::seconds gap{std::max<std::int64_t>(gap_s, 1)};
  std::vector<TimeSpan> kept = joined(spans, picture, gap);
  while (kept.size() > kMostSpans) {
    gap *= 2;
    kept = joined(spans, picture, gap);
  }
  std::string out;
  for (const TimeSpan& span : kept) {
    // A row is labelled with its end. Up to the next second, so that none is too short to be seen.
    const std::int64_t to_s = seconds(span.to - base::Milliseconds{1}) + 1;
    out += (out.empty() ? "" : ",") + std::string("TIME,") + std::to_string(seconds(span.from)) +
           ",GT,TIME,STEPWIDTH,-," + std::to_string(to_s) + ",LT,*";
    if (out.find("GT") != out.rfind("GT")) out += ",MAX";
  }
  return out;
}

std::int64_t drawn_step_s(const ReadableArchive& archive, std::int64_t range_s, int width_px,
                          std::int64_t now_s) {
  const std::int64_t pixel_s = std::max<std::int64_t>(range_s / std::max(width_px, 1), 1);
  const std::int64_t behind_s = std::max<std::int64_t>(now_s - archive.header.last_update_s, 0);
  std::int64_t best = 0;
  std::int64_t coarsest = archive.header.step_s;
  for (const rrd::Rra& rra : archive.rras) {
    if (rra.function != "AVERAGE") continue;
    const std::int64_t step = rra.steps_per_row * archive.header.step_s;
    coarsest = std::max(coarsest, step);
    const bool reaches = rra.rows * step + behind_s >= range_s;
    if (reaches && (best == 0 || step < best)) best = step;
  }
  return std::max(best == 0 ? coarsest : best, pixel_s);
}

std::vector<std::string> graph_words(const GraphRequest& request, const ReadableArchive& archive,
                                     const std::string& path) {
  const GraphQuery& query = request.query;
  Canvas canvas;
  canvas.to_s = seconds(request.now);
  canvas.from_s = seconds(request.now - query.range);
  canvas.legend = query.width_px >= kLegendWidth && query.height_px >= kLegendHeight;
  const std::int64_t range_s = canvas.to_s - canvas.from_s;
  canvas.step_s = drawn_step_s(archive, range_s, query.width_px, canvas.to_s);
  canvas.pixel_s = std::max<std::int64_t>(range_s / query.width_px, 1);
  canvas.columns = static_cast<std::size_t>(query.width_px / kCharacter);
  const Colours& colours = query.dark ? kDark : kLight;
  const auto ping = ping_sources(archive.page, archive.header.sources.size());
  std::vector<std::string> words;
  add_frame(words, request, canvas);
  if (ping) words.insert(words.end(), {"--units-exponent", "0"});
  const bool small = query.width_px < kLabelWidth;
  if (ping && !small) words.insert(words.end(), {"--vertical-label", "ms"});
  add_colours(words, colours);
  add_fonts(words, small);
  if (ping) {
    add_ping_layers(words, request, archive, *ping, path, canvas, colours);
  } else {
    add_service_layers(words, request, archive, path, canvas, colours);
  }
  return words;
}

}  // namespace pingtrail::graph
