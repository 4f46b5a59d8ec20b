// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"

namespace pingtrail::report {

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
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
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_instant(WallTime at, std::string_view zone) {
  constexpr std::size_t kDateBytes = 10;
  constexpr std::size_t kLocalBytes = 19;  // without the offset
  const std::string text = local_text(at, zone);
  if (text.size() < kLocalBytes) return html_text(text);
  return "<time datetime=\"" + text + "\">" + text.substr(0, kDateBytes) + " " +
         text.substr(kDateBytes + 1, kLocalBytes - kDateBytes - 1) + " <span class=soft>" +
         text.substr(kLocalBytes) + "</span></time>";
}

}  // namespace pingtrail::report
