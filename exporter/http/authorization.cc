// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/authorization.h"

#include <cstddef>

namespace pingtrail::http {
namespace {

bool is_basic(std::string_view scheme) {
  constexpr std::string_view kBasic = "basic";
  if (scheme.size() != kBasic.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = scheme[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != kBasic[i]) return false;
  }
  return true;
}

std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr unsigned kBitsADigit = 6;
  constexpr unsigned kBitsAByte = 8;
  if (text.size() % 4 != 0) return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << kBitsADigit | static_cast<unsigned>(value)) & 0xffffU;
    held += kBitsADigit;
    if (held < kBitsAByte) continue;
    held -= kBitsAByte;
    out += static_cast<char>(bits >> held & 0xffU);
  }
  return out;
}

}  // namespace

std::optional<Credentials> basic_credentials(std::string_view authorization) {
  const std::size_t blank = authorization.find(' ');
  if (blank == std::string_view::npos || !is_basic(authorization.substr(0, blank))) {
    return std::nullopt;
  }
  std::string_view encoded = authorization.substr(blank);
  while (encoded.starts_with(' ')) encoded.remove_prefix(1);
  const auto text = from_base64(encoded);
  if (!text || text->find('\0') != std::string::npos) return std::nullopt;
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace pingtrail::http
