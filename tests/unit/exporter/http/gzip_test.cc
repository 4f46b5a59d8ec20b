// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>

namespace pingtrail::http {
namespace {

std::string drained(BodySource& source) {
  std::string out;
  for (bool more = true; more;) more = source.next(out);
  return out;
}

std::string unpacked(std::string packed) {
  constexpr int kGzipOnly = 15 + 16;
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, kGzipOnly), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK) {
    std::array<char, 4096> piece{};
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    code = inflate(&stream, Z_NO_FLUSH);
    out.append(piece.data(), piece.size() - stream.avail_out);
  }
  EXPECT_EQ(code, Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

std::string text_of(std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; out.size() < bytes; ++i)
    out += "pingtrail_up " + std::to_string(i * i) + "\n";
  out.resize(bytes);
  return out;
}

class Sizes : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Sizes, ComeBackAsTheyWere) {
  const std::string text = text_of(GetParam());
  EXPECT_EQ(drained(*whole(text)), text);
  EXPECT_EQ(unpacked(drained(*compressed(whole(text)))), text);
}

INSTANTIATE_TEST_SUITE_P(Table, Sizes,
                         ::testing::Values(0U, 1U, 32767U, 32768U, 32769U, 65536U, 1000000U));

// Pieces of a given size; an empty one in between is no end.
class Pieces : public BodySource {
 public:
  bool next(std::string& out) override {
    if (++count_ % 3 != 0) out += text_of(1000);
    return count_ < 300;
  }

 private:
  int count_ = 0;
};

TEST(Compressed, IsMadePieceByPiece) {
  Pieces plain;
  const std::string want = drained(plain);
  const auto packed = compressed(std::make_shared<Pieces>());
  std::string got;
  std::size_t largest = 0;
  for (bool more = true; more;) {
    const std::size_t before = got.size();
    more = packed->next(got);
    largest = std::max(largest, got.size() - before);
  }
  EXPECT_EQ(unpacked(got), want);
  EXPECT_LT(largest, 200000U);
}

struct Header {
  const char* name;
  const char* value;
  bool want;
};
class AcceptEncoding : public ::testing::TestWithParam<Header> {};

TEST_P(AcceptEncoding, IsReadWithItsQualities) {
  EXPECT_EQ(accepts_gzip(GetParam().value), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Table, AcceptEncoding,
                         ::testing::Values(Header{"none", "", false}, Header{"gzip", "gzip", true},
                                           Header{"list", "deflate, gzip", true},
                                           Header{"x_gzip", "x-gzip", true},
                                           Header{"any", "*", true},
                                           Header{"refused", "gzip;q=0", false},
                                           Header{"refused_spaced", "gzip ; q=0.000", false},
                                           Header{"low", "gzip;q=0.1", true},
                                           Header{"any_but_gzip", "*;q=1, gzip;q=0", false},
                                           Header{"gzip_but_nothing_else", "gzip;q=1, *;q=0", true},
                                           Header{"identity", "identity", false},
                                           Header{"longer_name", "gzipped", false},
                                           Header{"bad_quality", "gzip;q=x", false}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace pingtrail::http
