// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/source_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace pingtrail::rrd {
namespace {

// rrdtool 1.7 copies at most 30 bytes of a value into the archive, for display only.
constexpr std::size_t kLongestDigits = 30;
// Doubles above this have no fraction and do not fit into 64 bits.
constexpr double kLargestWhole = 9.2e18;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_whole(std::string_view digits) {
  return !digits.empty() && std::all_of(digits.begin(), digits.end(), is_digit);
}

bool is_plain_decimal(std::string_view digits) {
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::string_view fraction = digits.substr(std::min(point + 1, digits.size()));
  return is_whole(digits.substr(0, point)) && (point == digits.size() || is_whole(fraction));
}

template <typename Number>
void append_number(std::string& out, Number value) {
  std::array<char, 40> buffer{};
  const auto [stop, failure] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), failure == std::errc() ? stop : buffer.data());
}

void append_whole(std::string& out, double value, std::string_view digits) {
  if (is_whole(digits) && digits.size() <= 20) {
    out += digits;
    return;
  }
  if (std::abs(value) > kLargestWhole) {
    out += 'U';
    return;
  }
  append_number(out, std::llround(value));
}

// Bytes of the UTF-8 character at the front of `text`, 0 when there is none (RFC 3629, section 4).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
  };
  const auto tail = [&](std::size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xBF; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second =
        tail(1) && (first != 0xE0 || byte(1) >= 0xA0) && (first != 0xED || byte(1) < 0xA0);
    return second && tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second =
        tail(1) && (first != 0xF0 || byte(1) >= 0x90) && (first != 0xF4 || byte(1) < 0x90);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::optional<std::size_t> SourceTable::find(std::string_view label, std::size_t expected) const {
  const auto fits = [&](std::size_t i) { return !taken_[i] && sources_[i].label == label; };
  if (expected < sources_.size() && fits(expected)) return expected;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (fits(i)) return i;
  }
  return std::nullopt;
}

std::size_t SourceTable::place(const text::Item& item, std::size_t position) {
  // The usual case without a copy: the label where it always stands.
  if (position < sources_.size() && !taken_[position] && !item.label_escaped &&
      sources_[position].label == item.label) {
    return position;
  }
  const std::string label = printable(text::plain_label(item));
  if (const auto found = find(label, position)) return *found;
  sources_.push_back({label, {}, "U", {}, {}, {}, {}});
  taken_.push_back(false);
  return sources_.size() - 1;
}

bool SourceTable::assign(std::span<const text::Item> items) {
  const std::size_t before = sources_.size();
  const bool empty = before == 0;
  places_.assign(items.size(), std::nullopt);
  taken_.assign(before, false);
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!items[i].label.empty()) {
      places_[i] = place(items[i], i);
      taken_[*places_[i]] = true;
    } else if (empty) {
      sources_.push_back({"ds" + std::to_string(i + 1), {}, "U", {}, {}, {}, {}});
      taken_.push_back(true);
      places_[i] = sources_.size() - 1;
    }
  }
  if (sources_.size() <= kMostSources || sources_.size() == before) return true;
  sources_.resize(before);
  return false;
}

void SourceTable::remember(std::span<const text::Item> items) {
  for (Source& source : sources_) source.value = "U";
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!places_[i]) continue;
    Source& source = sources_[*places_[i]];
    const text::Item& item = items[i];
    source.value.clear();
    append_update_value(source.value, item, SourceType::decimal);
    if (!item.unit.empty() || item.value) source.unit = item.unit;
    source.warn = item.warn;
    source.crit = item.crit;
    source.min = item.min;
    source.max = item.max;
  }
}

void SourceTable::adopt(std::span<const text::Item> items, std::size_t count) {
  while (sources_.size() < count) {
    const std::size_t i = sources_.size();
    std::string label = "ds" + std::to_string(i + 1);
    if (i < items.size() && !items[i].label.empty()) label = printable(text::plain_label(items[i]));
    sources_.push_back({std::move(label), {}, "U", {}, {}, {}, {}});
  }
}

void append_update_value(std::string& out, const text::Item& item, SourceType type) {
  if (!item.value || (type == SourceType::counter && *item.value < 0)) {
    out += 'U';
  } else if (type != SourceType::decimal) {
    append_whole(out, *item.value, item.number);
  } else if (item.number.size() <= kLongestDigits && is_plain_decimal(item.number)) {
    out += item.number;
  } else {
    append_number(out, *item.value);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const bool control = static_cast<unsigned char>(text[at]) < ' ' || text[at] == '\x7f';
    if (length == 0 || control) {
      out += '?';
      ++at;
    } else {
      out += text.substr(at, length);
      at += length;
    }
  }
  return out;
}

}  // namespace pingtrail::rrd
