// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/rra_config.h"

#include <algorithm>
#include <array>
#include <optional>

#include "perfdata/base/number.h"
#include "perfdata/rrd/header.h"

namespace pingtrail::rrd {
namespace {

using base::Expected;

constexpr std::int64_t kMostRows = 10'000'000;
constexpr std::int64_t kLongestStep = 86'400;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::optional<std::int64_t> number_within(std::string_view text, std::int64_t low,
                                          std::int64_t high) {
  const auto number = base::parse_integer(text);
  if (!number || *number < low || *number > high) return std::nullopt;
  return number;
}

base::Error fault(std::size_t line, const std::string& fact) {
  return base::invalid_input("line " + std::to_string(line), fact);
}

// "AVERAGE:0.5:1:2880"
std::optional<Rra> parse_rra(std::string_view text) {
  std::array<std::string_view, 4> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t colon = text.find(':');
    if ((colon == std::string_view::npos) != (i == fields.size() - 1)) return std::nullopt;
    fields[i] = text.substr(0, colon);
    if (colon != std::string_view::npos) text.remove_prefix(colon + 1);
  }
  constexpr std::array<std::string_view, 4> kFunctions = {"AVERAGE", "MAX", "MIN", "LAST"};
  if (std::find(kFunctions.begin(), kFunctions.end(), fields[0]) == kFunctions.end())
    return std::nullopt;
  const auto share = base::parse_decimal(fields[1]);
  const auto steps = number_within(fields[2], 1, kMostRows);
  const auto rows = number_within(fields[3], 1, kMostRows);
  if (!share || *share < 0 || *share >= 1 || !steps || !rows) return std::nullopt;
  return Rra{std::string(fields[0]), *share, *steps, *rows};
}

Expected<base::Done> apply(RraConfig& config, std::string_view line, std::size_t number) {
  if (line.starts_with("RRA:")) {
    const auto rra = parse_rra(line.substr(4));
    if (!rra) return fault(number, std::string(line) + " is no RRA:FUNCTION:XFF:STEPS:ROWS");
    config.archives.push_back(*rra);
    return base::ok();
  }
  const std::size_t equals = line.find('=');
  const std::string_view key = trimmed(line.substr(0, equals));
  const bool step = key == "RRA_STEP";
  if (equals == std::string_view::npos || (!step && key != "RRD_HEARTBEAT")) {
    return fault(number, std::string(line) + " is neither RRA_STEP=, RRD_HEARTBEAT= nor RRA:");
  }
  const auto seconds = number_within(trimmed(line.substr(equals + 1)), 1, kLongestStep * 30);
  if (!seconds || (step && *seconds > kLongestStep))
    return fault(number, std::string(line) + ": no such time");
  (step ? config.step_s : config.heartbeat_s) = *seconds;
  return base::ok();
}

}  // namespace

RraConfig default_rra_config() {
  RraConfig config;
  for (const char* function : {"AVERAGE", "MAX", "MIN"}) {
    config.archives.push_back({function, 0.5, 1, 2880});
    config.archives.push_back({function, 0.5, 5, 2880});
    config.archives.push_back({function, 0.5, 30, 4320});
    config.archives.push_back({function, 0.5, 360, 5840});
  }
  return config;
}

Expected<RraConfig> parse_rra_config(std::string_view text) {
  RraConfig config;
  std::size_t number = 1;
  for (std::size_t at = 0; at < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    line = trimmed(line.substr(0, std::min(line.find('#'), line.size())));
    at = end + 1;
    if (line.empty()) continue;
    if (const auto done = apply(config, line, number); !done) return done.error();
  }
  if (config.archives.empty()) return fault(number, "there is no RRA: line");
  return config;
}

std::string rra_definition(const Rra& rra) {
  return "RRA:" + rra.function + ":" + base::format_short(rra.unknown_share, 6) + ":" +
         std::to_string(rra.steps_per_row) + ":" + std::to_string(rra.rows);
}

std::uint64_t archive_bytes(const RraConfig& config, std::uint64_t sources) {
  std::uint64_t rows = 0;
  for (const Rra& rra : config.archives) rows += static_cast<std::uint64_t>(rra.rows);
  return header_bytes(sources, config.archives.size()) + rows * sources * sizeof(double);
}

}  // namespace pingtrail::rrd
