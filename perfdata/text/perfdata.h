// SPDX-License-Identifier: GPL-3.0-or-later
// Performance data as plugins write it: 'label'=value[UOM][;[warn][;[crit][;[min][;[max]]]]],
// separated by blanks. Real plugins bend that in every way, so the reader takes what can be
// understood, and names what cannot without losing what stands around it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pingtrail::text {

enum class ItemFault {
  none,
  no_label,       // ''=5 or =5
  no_equal_sign,  // a word among the items
  quote_open,     // 'label=5, or text between the closing quote and the '='
  no_value,       // a= or a=;1;2
  not_a_number,   // a=0x10, a=1,234.5, a=5=6
  too_large,      // a=1e400
};

// What is wrong, in words for the administrator; "" for none.
std::string_view fault_text(ItemFault fault);

// One item; every view points into the text given to the reader.
struct Item {
  std::string_view text;        // all of the item
  std::string_view label;       // without its quotes; empty when there is none
  bool label_escaped = false;   // the label still holds '' for '
  std::optional<double> value;  // absent: U, inf, nan, or a fault
  std::string_view number;      // the digits of the value as written; a double has 15 of them
  std::string_view unit;
  std::string_view warn, crit, min, max;  // as written, unchecked
  ItemFault fault = ItemFault::none;
};

// Walks over the items of one perfdata text without copying anything.
class ItemReader {
 public:
  // `text` must outlive the reader and its items.
  explicit ItemReader(std::string_view text);

  // The next item into `item`; false when there is none left.
  bool next(Item& item);

  // The command named by a "[check_command]" at the end, as multi-command wrappers append it;
  // empty when there is none. It is no item.
  std::string_view command() const { return command_; }

 private:
  void read_unquoted(Item& item);
  bool read_quoted(Item& item);
  void read_fields(Item& item, std::size_t start);
  void read_value(Item& item, std::string_view value);
  void read_unit_behind_blanks(Item& item);

  std::string_view text_;
  std::string_view command_;
  std::size_t at_ = 0;
};

// One item with texts of its own.
struct Metric {
  std::string label;
  std::optional<double> value;  // absent: unknown, written as U
  std::string unit;
  std::string warn, crit, min, max;  // "" where absent

  bool operator==(const Metric&) const = default;
};

// An item that cannot be used as it stands.
struct BadItem {
  std::size_t position = 0;  // 1 for the first item
  std::string text;
  ItemFault fault = ItemFault::none;

  bool operator==(const BadItem&) const = default;
};

struct Perfdata {
  std::vector<Metric> metrics;  // one an item, bad ones unknown in their place
  std::vector<BadItem> bad;
  std::string command;  // of a "[check_command]" at the end

  bool operator==(const Perfdata&) const = default;
};

// The label with each '' turned into '.
std::string plain_label(const Item& item);

// Every item of `text`, in order.
Perfdata parse_perfdata(std::string_view text);

// The metrics as a plugin prints them, separated by one blank: labels quoted only where needed,
// values in the shortest decimal notation without exponent, no ';' behind the last field there is.
std::string format_perfdata(std::span<const Metric> metrics);

}  // namespace pingtrail::text
