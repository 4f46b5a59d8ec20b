// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "exporter/http/answers.h"

namespace pingtrail::http {
namespace {

std::string read(BodySource& source) {
  std::string out;
  while (source.next(out)) {
  }
  return out;
}

// What gunzip makes of it; "broken" when it is no whole stream.
std::string unpacked(std::string packed) {
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  std::array<char, 65536> buffer{};
  int code = Z_OK;
  while (code == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    code = inflate(&stream, Z_NO_FLUSH);
    out.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  const bool whole_stream = code == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole_stream ? out : "broken";
}

// Bytes that hardly compress.
std::string noise(std::size_t size) {
  std::string out;
  std::uint32_t state = 1;
  while (out.size() < size) {
    state = state * 1664525U + 1013904223U;
    out += static_cast<char>(state >> 24U);
  }
  return out;
}

TEST(gzip, gives_back_what_it_was_given) {
  for (const std::size_t size : {0U, 1U, 32767U, 32768U, 32769U, 1000000U}) {
    for (const std::string& text : {std::string(size, 'x'), noise(size)}) {
      EXPECT_EQ(read(*whole(text)), text);
      EXPECT_TRUE(unpacked(read(*compressed(whole(text)))) == text) << size;
    }
  }
}

TEST(gzip, comes_in_pieces_that_stay_small) {
  const auto packed = compressed(whole(noise(5000000)));
  std::size_t pieces = 1;
  std::string piece;
  while (packed->next(piece)) {
    EXPECT_LE(piece.size(), 200000U);
    piece.clear();
    ++pieces;
  }
  EXPECT_GT(pieces, 20U);
  piece.clear();
  EXPECT_FALSE(packed->next(piece));
  EXPECT_EQ(piece, "");
}

TEST(accept_encoding, is_read_as_rfc_9110_has_it) {
  for (const char* text : {"gzip", "gzip, deflate", "deflate,gzip;q=0.5", "*", "x-gzip",
                           "br;q=1, *;q=0.1", "gzip ; q=0.001", "gzip;q=1.000"}) {
    EXPECT_TRUE(accepts_gzip(text)) << text;
  }
  for (const char* text : {"", "identity", "br", "gzip;q=0", "gzip;q=0.0", "*;q=0", "gzip;q=0, *",
                           "gzipped", "gzip;q=x", ",,,"}) {
    EXPECT_FALSE(accepts_gzip(text)) << text;
  }
}

Response of_type(const char* type, std::size_t size) {
  Response out;
  out.headers.emplace_back("Content-Type", type);
  out.body = std::string(size, 'x');
  return out;
}

bool is_packed(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Content-Encoding") return value == "gzip";
  }
  return false;
}

TEST(pack, compresses_text_that_is_worth_it) {
  Response large = of_type("text/html; charset=utf-8", 5000);
  pack(large, "gzip");
  EXPECT_TRUE(is_packed(large));
  EXPECT_EQ(unpacked(large.body), std::string(5000, 'x'));
  for (auto [type, size, accept] :
       {std::tuple("text/html", 1023U, "gzip"), std::tuple("image/png", 5000U, "gzip"),
        std::tuple("text/html", 5000U, "br")}) {
    Response same = of_type(type, size);
    pack(same, accept);
    EXPECT_FALSE(is_packed(same)) << type;
    EXPECT_EQ(same.body.size(), size);
  }
}

}  // namespace
}  // namespace pingtrail::http
