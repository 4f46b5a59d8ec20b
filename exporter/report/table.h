// SPDX-License-Identifier: GPL-3.0-or-later
// Aligned columns for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pingtrail::report {

enum class Align { left, right };
enum class Colour { none, good, warn, bad, faint, strong };

struct Column {
  std::string title;
  Align align = Align::left;
};

struct Cell {
  std::string text;
  Colour colour = Colour::none;
};

// The text in the terminal's colour, or as it is when colour is off.
std::string painted(std::string_view text, Colour colour, bool colour_on);

// A heading line and one line a row, columns two blanks apart and as wide as their widest text
// (characters of UTF-8, not bytes), no blanks at the ends of lines. Texts are made printable.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as there are columns.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  std::string text(bool colour_on, std::string_view indent = "") const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace pingtrail::report
