// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/header.h"

#include <cstring>
#include <type_traits>

namespace pingtrail::rrd {
namespace {

constexpr std::size_t kStatHead = 128;
constexpr std::size_t kSourceDefinition = 120;
constexpr std::size_t kRraDefinition = 120;
constexpr std::size_t kLiveHead = 16;
constexpr std::size_t kSourcePreparation = 112;
constexpr std::size_t kRraPreparation = 80;
constexpr std::size_t kRraPointer = 8;

constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kCookieAt = 16;
constexpr std::size_t kSourcesAt = 24;
constexpr std::size_t kRrasAt = 32;
constexpr std::size_t kStepAt = 40;
constexpr std::size_t kTypeInSource = 20;
constexpr std::size_t kRowsInRra = 24;
constexpr std::size_t kStepsInRra = 32;
constexpr std::size_t kShareInRra = 40;

constexpr double kFloatCookie = 8.642135E130;  // shows byte order and floating point format
constexpr std::uint64_t kMostSources = 10'000;
constexpr std::uint64_t kMostRras = 1'000;
constexpr std::uint64_t kMostRows = 100'000'000;

template <typename T>
T load(std::string_view bytes, std::size_t at) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string_view text_at(std::string_view bytes, std::size_t at) {
  const std::string_view field = bytes.substr(at, 20);
  return field.substr(0, field.find('\0'));
}

bool read_type(std::string_view name, SourceType& type) {
  if (name == "COUNTER") {
    type = SourceType::counter;
  } else if (name == "DERIVE") {
    type = SourceType::derive;
  } else if (name == "GAUGE" || name == "ABSOLUTE" || name == "DCOUNTER" || name == "DDERIVE") {
    type = SourceType::decimal;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::uint64_t header_bytes(std::uint64_t sources, std::uint64_t rras) {
  return kStatHead + sources * kSourceDefinition + rras * kRraDefinition + kLiveHead +
         sources * kSourcePreparation + sources * rras * kRraPreparation + rras * kRraPointer;
}

std::uint64_t announced_header_bytes(std::string_view bytes) {
  if (bytes.size() < kStatHead || !bytes.starts_with(std::string_view("RRD\0", 4))) return 0;
  const auto sources = load<std::uint64_t>(bytes, kSourcesAt);
  const auto rras = load<std::uint64_t>(bytes, kRrasAt);
  if (sources == 0 || sources > kMostSources || rras == 0 || rras > kMostRras) return 0;
  return header_bytes(sources, rras);
}

std::string_view parse_header(std::string_view bytes, std::uint64_t file_bytes, Header& header) {
  if (file_bytes < kStatHead) return "shorter than any archive";
  const std::uint64_t total = announced_header_bytes(bytes);
  if (total == 0) return "not an archive";
  const std::string_view version = bytes.substr(kVersionAt, 4);
  if (version < "0003" || version > "0005") return "of a format this program does not know";
  if (load<double>(bytes, kCookieAt) != kFloatCookie) return "of another kind of machine";
  if (file_bytes < total || bytes.size() < total) return "truncated";
  const auto sources = load<std::uint64_t>(bytes, kSourcesAt);
  const auto rras = load<std::uint64_t>(bytes, kRrasAt);
  const std::size_t rra_start = kStatHead + sources * kSourceDefinition;
  header.step_s = load<std::int64_t>(bytes, kStepAt);
  header.static_bytes = rra_start + rras * kRraDefinition;
  header.total_bytes = total;
  header.last_update_s = load<std::int64_t>(bytes, header.static_bytes);
  if (header.step_s <= 0 || header.last_update_s < 0) return "damaged: its times cannot be";
  header.sources.resize(sources);
  for (std::size_t i = 0; i < sources; ++i) {
    const std::string_view type = text_at(bytes, kStatHead + i * kSourceDefinition + kTypeInSource);
    if (!read_type(type, header.sources[i]))
      return "damaged: a source of a kind that is never updated";
  }
  std::uint64_t all_rows = 0;
  for (std::size_t i = 0; i < rras; ++i) {
    const auto rows = load<std::uint64_t>(bytes, rra_start + i * kRraDefinition + kRowsInRra);
    const auto current = load<std::uint64_t>(bytes, total - (rras - i) * kRraPointer);
    if (rows == 0 || rows > kMostRows || current >= rows) return "damaged: its rows cannot be";
    all_rows += rows;
  }
  if (file_bytes < total + all_rows * sources * sizeof(double)) return "truncated";
  return "";
}

std::vector<Rra> header_rras(std::string_view bytes) {
  const auto sources = load<std::uint64_t>(bytes, kSourcesAt);
  std::vector<Rra> out(load<std::uint64_t>(bytes, kRrasAt));
  std::size_t at = kStatHead + sources * kSourceDefinition;
  for (Rra& rra : out) {
    rra.function = text_at(bytes, at);
    rra.rows = load<std::int64_t>(bytes, at + kRowsInRra);
    rra.steps_per_row = load<std::int64_t>(bytes, at + kStepsInRra);
    rra.unknown_share = load<double>(bytes, at + kShareInRra);
    at += kRraDefinition;
  }
  return out;
}

}  // namespace pingtrail::rrd
