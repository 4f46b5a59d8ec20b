// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace pingtrail::metrics {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool plain(char c) {
  return static_cast<unsigned char>(c) < 0x80 && c != '\\' && c != '"' && c != '\n';
}

bool continues(std::string_view text, std::size_t at, unsigned low, unsigned high) {
  if (at >= text.size()) return false;
  const auto byte = static_cast<unsigned char>(text[at]);
  return byte >= low && byte <= high;
}

// Bytes of the well-formed sequence that begins the text (Unicode, table 3-7); 0 when it is none.
// How many bytes of it were good is put into `good`, at least 1: what one U+FFFD stands for.
std::size_t sequence(std::string_view text, std::size_t& good) {
  const auto first = static_cast<unsigned char>(text[0]);
  good = 1;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  std::size_t size = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    size = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    size = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    size = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  while (good < size && continues(text, good, low, high)) {
    ++good;
    low = 0x80;
    high = 0xBF;
  }
  return good == size ? size : 0;
}

}  // namespace

bool append_escaped(std::string& out, std::string_view text) {
  bool replaced = false;
  while (!text.empty()) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), plain);
    const auto run = static_cast<std::size_t>(end - text.begin());
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    std::size_t taken = 1;
    if (text[0] == '\\' || text[0] == '"') {
      out += '\\';
      out += text[0];
    } else if (text[0] == '\n') {
      out += "\\n";
    } else if (sequence(text, taken) != 0) {
      out += text.substr(0, taken);
    } else {
      out += kReplacement;
      replaced = true;
    }
    text.remove_prefix(taken);
  }
  return replaced;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kKept = "-_.~";
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (letter || kKept.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

}  // namespace pingtrail::metrics
