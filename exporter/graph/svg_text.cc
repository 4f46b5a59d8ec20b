// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/svg_text.h"

#include "perfdata/rrd/source_table.h"

namespace pingtrail::graph {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : rrd::printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string with_text(const std::string& svg, const GraphRequest& request,
                      std::span<const std::string> legends) {
  const std::size_t element = svg.find("<svg");
  const std::size_t end = element == std::string::npos ? element : svg.find('>', element);
  if (end == std::string::npos) return svg;
  std::string title = request.title;
  if (title.empty()) {
    const bool own = request.query.service == kHostService;
    title = request.host + (own ? "" : ": " + request.query.service);
  }
  std::string words = "\n<title>" + escaped(title) + "</title>\n<desc>";
  for (const std::string& legend : legends) words += escaped(legend) + " ";
  words += "</desc>";
  std::string out = svg;
  out.insert(end + 1, words);
  // Cairo counts in points; what was asked for, and what PNG has, are pixels.
  const auto& size = request.query;
  for (const std::string& side : {" width=\"" + std::to_string(size.width_px),
                                  " height=\"" + std::to_string(size.height_px)}) {
    const std::size_t at = out.find(side + "pt\"", element);
    if (at < end) out.erase(at + side.size(), 2);
  }
  return out;
}

}  // namespace pingtrail::graph
