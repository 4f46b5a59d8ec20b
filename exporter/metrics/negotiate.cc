// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/negotiate.h"

#include <algorithm>
#include <optional>
#include <string>

#include "perfdata/base/number.h"

namespace pingtrail::metrics {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// Takes what comes before the separator, which may stand inside quotes.
std::string_view take(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (quoted && rest[i] == '\\') {
      ++i;
    } else if (rest[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && rest[i] == separator) {
      break;
    }
  }
  const std::string_view out = trimmed(rest.substr(0, i));
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return out;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// One element of the header.
struct Range {
  std::string type;
  std::string version;
  double quality = 1;
};

// Absent when it cannot be read; it then counts for nothing.
std::optional<Range> read_range(std::string_view text) {
  Range out;
  out.type = lower(take(text, ';'));
  while (!text.empty()) {
    std::string_view parameter = take(text, ';');
    const std::string name = lower(take(parameter, '='));
    const std::string_view value = unquoted(trimmed(parameter));
    if (name == "version") out.version = std::string(value);
    if (name != "q") continue;
    const auto quality = base::parse_decimal(value);
    if (!quality || *quality < 0 || *quality > 1) return std::nullopt;
    out.quality = *quality;
  }
  return out;
}

// How well a format is wanted: by the most exact element that fits it, of equal ones by the best.
struct Wish {
  int exactness = -1;
  double quality = 0;

  void offer(int exact, double wanted) {
    if (exact < exactness) return;
    quality = exact == exactness ? std::max(quality, wanted) : wanted;
    exactness = exact;
  }
};

bool version_fits(const Range& range, Format format) {
  if (range.version.empty()) return true;
  if (format == Format::prometheus_text) return range.version == "0.0.4";
  return range.version == "1.0.0" || range.version == "0.0.1";
}

void judge(const Range& range, Format format, std::string_view type, std::string_view any_subtype,
           Wish& wish) {
  if (range.type == "*/*") wish.offer(0, range.quality);
  if (range.type == any_subtype) wish.offer(1, range.quality);
  if (range.type == type && version_fits(range, format)) wish.offer(2, range.quality);
}

}  // namespace

Format negotiate(std::string_view accept) {
  Wish text;
  Wish openmetrics;
  while (!accept.empty()) {
    const auto range = read_range(take(accept, ','));
    if (!range) continue;
    judge(*range, Format::prometheus_text, "text/plain", "text/*", text);
    judge(*range, Format::openmetrics, "application/openmetrics-text", "application/*",
          openmetrics);
  }
  return openmetrics.quality > text.quality ? Format::openmetrics : Format::prometheus_text;
}

std::string_view content_type(Format format) {
  return format == Format::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace pingtrail::metrics
