// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/text/perfdata.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "perfdata/text/number_prefix.h"

namespace pingtrail::text {
namespace {

constexpr std::size_t kLongestLooseUnit = 8;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

std::size_t end_of_word(std::string_view text, std::size_t at) {
  while (at < text.size() && !is_blank(text[at])) ++at;
  return at;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
  });
}

// The unit behind "inf" or "nan" where printf met one of them ("infms"), or absent.
std::optional<std::string_view> unit_of_unknown(std::string_view value) {
  constexpr std::array<std::string_view, 5> kUnits = {"", "s", "ms", "us", "%"};
  constexpr std::array<std::string_view, 3> kWords = {"infinity", "inf", "nan"};
  if (value == "U" || value == "u") return std::string_view();
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  for (const std::string_view word : kWords) {
    if (!equals_ignoring_case(value.substr(0, word.size()), word)) continue;
    const std::string_view unit = value.substr(word.size());
    if (std::find(kUnits.begin(), kUnits.end(), unit) != kUnits.end()) return unit;
  }
  return std::nullopt;
}

bool is_loose_unit(std::string_view word) {
  if (word.empty() || word.size() > kLongestLooseUnit) return false;
  return std::all_of(word.begin(), word.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || c == '%' || c == '/' || static_cast<unsigned char>(c) >= 0x80;
  });
}

// A "[command]" that ends the text, without its brackets; it is cut off `text`.
std::string_view cut_command(std::string_view& text) {
  std::string_view rest = text;
  while (!rest.empty() && is_blank(rest.back())) rest.remove_suffix(1);
  if (!rest.ends_with(']')) return {};
  const std::size_t open = rest.rfind('[');
  if (open == std::string_view::npos || (open > 0 && !is_blank(rest[open - 1]))) return {};
  const std::string_view command = rest.substr(open + 1, rest.size() - open - 2);
  const bool one_word =
      !command.empty() && std::none_of(command.begin(), command.end(),
                                       [](char c) { return is_blank(c) || c == '=' || c == '\''; });
  if (!one_word) return {};
  text = rest.substr(0, open);
  return command;
}

bool needs_quotes(std::string_view label) {
  return label.empty() || std::any_of(label.begin(), label.end(),
                                      [](char c) { return is_blank(c) || c == '=' || c == '\''; });
}

void append_label(std::string& out, std::string_view label) {
  if (!needs_quotes(label)) {
    out += label;
    return;
  }
  out += '\'';
  for (const char c : label) out.append(c == '\'' ? 2 : 1, c);
  out += '\'';
}

void append_value(std::string& out, std::optional<double> value) {
  std::array<char, 400> digits{};  // the longest double has 309 digits before its point
  if (value) {
    const auto [stop, failure] = std::to_chars(digits.data(), digits.data() + digits.size(), *value,
                                               std::chars_format::fixed);
    if (failure == std::errc()) {
      out.append(digits.data(), stop);
      return;
    }
  }
  out += 'U';
}

}  // namespace

std::string_view fault_text(ItemFault fault) {
  switch (fault) {
    case ItemFault::none:
      return "";
    case ItemFault::no_label:
      return "no label";
    case ItemFault::no_equal_sign:
      return "no '=' in it";
    case ItemFault::quote_open:
      return "the quote of its label does not end before '='";
    case ItemFault::no_value:
      return "no value";
    case ItemFault::not_a_number:
      return "its value is not a number";
    case ItemFault::too_large:
      return "its value does not fit";
  }
  return "";
}

ItemReader::ItemReader(std::string_view text) : text_(text), command_(cut_command(text_)) {}

bool ItemReader::next(Item& item) {
  at_ = skip_blanks(text_, at_);
  if (at_ >= text_.size()) return false;
  item = Item{};
  const std::size_t start = at_;
  if (text_[start] != '\'' || !read_quoted(item)) read_unquoted(item);
  item.text = text_.substr(start, at_ - start);
  return true;
}

// True when a well-formed 'label'= was found and its fields were read.
bool ItemReader::read_quoted(Item& item) {
  std::size_t at = at_ + 1;
  bool escaped = false;
  for (;; ++at) {
    at = text_.find('\'', at);
    if (at == std::string_view::npos) return false;
    if (at + 1 >= text_.size() || text_[at + 1] != '\'') break;
    escaped = true;
    ++at;
  }
  if (at + 1 >= text_.size() || text_[at + 1] != '=') return false;
  item.label = text_.substr(at_ + 1, at - at_ - 1);
  item.label_escaped = escaped;
  if (item.label.empty()) item.fault = ItemFault::no_label;
  read_fields(item, at + 2);
  return true;
}

void ItemReader::read_unquoted(Item& item) {
  const bool open_quote = text_[at_] == '\'';
  const std::size_t end = end_of_word(text_, at_);
  const std::string_view word = text_.substr(at_, end - at_);
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || open_quote) {
    at_ = end;
    item.fault = open_quote ? ItemFault::quote_open : ItemFault::no_equal_sign;
    return;
  }
  item.label = word.substr(0, equals);
  item.label_escaped = item.label.find("''") != std::string_view::npos;
  if (item.label.empty()) item.fault = ItemFault::no_label;
  read_fields(item, at_ + equals + 1);
}

void ItemReader::read_fields(Item& item, std::size_t start) {
  at_ = end_of_word(text_, start);
  std::string_view fields = text_.substr(start, at_ - start);
  const std::size_t value_end = std::min(fields.find(';'), fields.size());
  read_value(item, fields.substr(0, value_end));
  if (value_end == fields.size()) {
    if (item.value && item.unit.empty()) read_unit_behind_blanks(item);
    if (item.unit.empty()) return;
    fields = text_.substr(start, at_ - start);
  }
  std::size_t at = fields.find(';');
  for (std::string_view* field : {&item.warn, &item.crit, &item.min, &item.max}) {
    if (at == std::string_view::npos) return;
    const std::size_t next = fields.find(';', at + 1);
    *field = fields.substr(at + 1, std::min(next, fields.size()) - at - 1);
    at = next;
  }
}

void ItemReader::read_value(Item& item, std::string_view value) {
  ItemFault fault = ItemFault::none;
  if (const std::optional<NumberPrefix> number = number_prefix(value)) {
    const std::string_view unit = value.substr(number->length);
    if (!is_unit(unit)) {
      fault = ItemFault::not_a_number;
    } else {
      item.unit = unit;
      item.value = number->value;
      item.number = value.substr(0, number->length);
      if (!number->value) fault = ItemFault::too_large;
    }
  } else if (const std::optional<std::string_view> unit = unit_of_unknown(value)) {
    item.unit = *unit;
  } else {
    fault = value.empty() ? ItemFault::no_value : ItemFault::not_a_number;
  }
  if (item.fault != ItemFault::none) item.value = std::nullopt;  // no label: nothing to store
  if (item.fault == ItemFault::none) item.fault = fault;
}

// "temp=5 ms;10;20": the unit that was meant, not a word among the items.
void ItemReader::read_unit_behind_blanks(Item& item) {
  const std::size_t word_start = skip_blanks(text_, at_);
  const std::size_t word_end = end_of_word(text_, word_start);
  const std::string_view word = text_.substr(word_start, word_end - word_start);
  if (word.find('=') != std::string_view::npos) return;
  const std::string_view unit = word.substr(0, std::min(word.find(';'), word.size()));
  if (!is_loose_unit(unit)) return;
  item.unit = unit;
  at_ = word_end;
}

std::string plain_label(const Item& item) {
  std::string label(item.label);
  if (!item.label_escaped) return label;
  for (std::size_t at = 0; (at = label.find("''", at)) != std::string::npos; ++at)
    label.erase(at, 1);
  return label;
}

Perfdata parse_perfdata(std::string_view text) {
  Perfdata perfdata;
  ItemReader reader(text);
  for (Item item; reader.next(item);) {
    if (item.fault != ItemFault::none) {
      perfdata.bad.push_back({perfdata.metrics.size() + 1, std::string(item.text), item.fault});
    }
    perfdata.metrics.push_back({plain_label(item), item.value, std::string(item.unit),
                                std::string(item.warn), std::string(item.crit),
                                std::string(item.min), std::string(item.max)});
  }
  perfdata.command = reader.command();
  return perfdata;
}

std::string format_perfdata(std::span<const Metric> metrics) {
  std::string out;
  for (const Metric& metric : metrics) {
    if (!out.empty()) out += ' ';
    append_label(out, metric.label);
    out += '=';
    append_value(out, metric.value);
    out += metric.unit;
    std::string fields;
    for (const std::string* field : {&metric.warn, &metric.crit, &metric.min, &metric.max}) {
      fields += ';';
      fields += *field;
    }
    fields.erase(fields.find_last_not_of(';') + 1);
    out += fields;
  }
  return out;
}

}  // namespace pingtrail::text
