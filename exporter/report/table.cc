// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/report/table.h"

#include <algorithm>

#include "exporter/report/words.h"

namespace pingtrail::report {
namespace {

// Bytes of UTF-8 that do not continue a character.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
}

std::string_view sequence(Colour colour) {
  switch (colour) {
    case Colour::good:
      return "\x1b[32m";
    case Colour::warn:
      return "\x1b[33m";
    case Colour::bad:
      return "\x1b[1;31m";
    case Colour::faint:
      return "\x1b[2m";
    case Colour::strong:
      return "\x1b[1m";
    case Colour::none:
      break;
  }
  return "";
}

}  // namespace

std::string painted(std::string_view text, Colour colour, bool colour_on) {
  const std::string_view begin = sequence(colour);
  if (!colour_on || begin.empty() || text.empty()) return std::string(text);
  return std::string(begin) + std::string(text) + "\x1b[0m";
}

std::string Table::text(bool colour_on, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = width(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, width(printable(row[i].text)));
    widths.push_back(widest);
  }
  std::string out;
  const auto add_line = [&](const auto& cell_of) {
    std::string line(indent);
    std::size_t owed = 0;  // blanks that only count when something follows
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const Cell cell = cell_of(i);
      const std::string shown = printable(cell.text);
      const std::size_t room = widths[i] - width(shown);
      if (columns_[i].align == Align::right) owed += room;
      if (!shown.empty()) {
        line += std::string(owed, ' ') + painted(shown, cell.colour, colour_on);
        owed = 0;
      }
      owed += 2 + (columns_[i].align == Align::left ? room : 0);
    }
    out += line + "\n";
  };
  add_line([this](std::size_t i) { return Cell{columns_[i].title, Colour::strong}; });
  for (const auto& row : rows_) add_line([&row](std::size_t i) { return row[i]; });
  return out;
}

}  // namespace pingtrail::report
