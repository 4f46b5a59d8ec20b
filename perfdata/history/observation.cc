// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/observation.h"

namespace pingtrail::history {
namespace {

constexpr std::size_t kMaxFileName = 200;
constexpr std::size_t kFileNamePrefix = 180;
constexpr char kHex[] = "0123456789ABCDEF";

// -1 when it is no hexadecimal digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool stands_for_itself(char c, bool first) {
  if (c >= '0' && c <= '9') return true;
  if (c >= 'a' && c <= 'z') return true;
  if (c >= 'A' && c <= 'Z') return true;
  return c == '_' || c == '-' || (c == '.' && !first);
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (stands_for_itself(c, out.empty())) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

bool has_control(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  }
  return false;
}

}  // namespace

const char* state_word(ObservedState state) {
  switch (state) {
    case ObservedState::up:
      return "up";
    case ObservedState::down:
      return "down";
    case ObservedState::indeterminate:
      break;
  }
  return "indeterminate";
}

BootId parse_boot_id(std::string_view text) {
  BootId id{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-' || c == '\n') continue;
    const int value = hex_value(c);
    if (value < 0 || digits == 32) return BootId{};
    auto& byte = id[digits / 2];
    byte = static_cast<std::uint8_t>(byte << 4 | value);
    ++digits;
  }
  return digits == 32 ? id : BootId{};
}

std::string display_name(const HostKey& key) {
  return key.series.empty() ? key.name : key.name + " (" + key.series + ")";
}

std::string state_file_name(const HostKey& key) {
  std::string out;
  out.reserve(key.name.size() + key.series.size() + 8);
  append_encoded(out, key.name);
  if (!key.series.empty()) {
    out += '~';
    append_encoded(out, key.series);
  }
  if (out.size() <= kMaxFileName) return out;
  out.resize(kFileNamePrefix);
  out += "%%";
  const std::uint64_t hash = key_hash(key);
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[hash >> shift & 15];
  return out;
}

std::uint64_t key_hash(const HostKey& key) {
  using namespace std::string_view_literals;
  const std::uint64_t name = fnv1a(14695981039346656037U, key.name);
  return fnv1a(fnv1a(name, "\0"sv), key.series);
}

std::optional<std::string> key_fault(const HostKey& key) {
  if (key.name.empty()) return "the name is empty";
  if (key.name.size() > kMaxNameBytes) return "the name is longer than 255 bytes";
  if (key.series.size() > kMaxSeriesBytes) return "the series is longer than 64 bytes";
  if (has_control(key.name)) return "a control character in the name";
  if (has_control(key.series)) return "a control character in the series";
  return std::nullopt;
}

}  // namespace pingtrail::history
