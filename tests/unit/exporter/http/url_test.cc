// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/url.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace pingtrail::http {
namespace {

using std::string_literals::operator""s;

struct Good {
  std::string raw;
  Target want;
};
void PrintTo(const Good& row, std::ostream* out) { *out << testing::PrintToString(row.raw); }
class GoodTarget : public testing::TestWithParam<Good> {};

TEST_P(GoodTarget, is_decoded) {
  const auto got = parse_target(GetParam().raw);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->segments, GetParam().want.segments);
  EXPECT_EQ(got->query, GetParam().want.query);
}

INSTANTIATE_TEST_SUITE_P(
    Targets, GoodTarget,
    testing::Values(
        Good{"/", {{}, {}}}, Good{"/?", {{}, {}}}, Good{"/metrics", {{"metrics"}, {}}},
        Good{"/metrics/", {{"metrics"}, {}}}, Good{"/a/b/c", {{"a", "b", "c"}, {}}},
        Good{"/host/a%20b", {{"host", "a b"}, {}}}, Good{"/host/a+b", {{"host", "a+b"}, {}}},
        Good{"/host/a%2Fb", {{"host", "a/b"}, {}}}, Good{"/host/a%2fb", {{"host", "a/b"}, {}}},
        Good{"/host/%E2%82%AC", {{"host", "\u20ac"}, {}}},
        Good{"/host/\u00e9", {{"host", "\u00e9"}, {}}},
        Good{"/host/%F0%9F%98%80", {{"host", "\U0001F600"}, {}}},
        Good{"/host/%EF%BF%BD", {{"host", "\uFFFD"}, {}}}, Good{"/host/...", {{"host", "..."}, {}}},
        Good{"/host/a..b", {{"host", "a..b"}, {}}},
        Good{"/host/.hidden", {{"host", ".hidden"}, {}}}, Good{"/host/%25", {{"host", "%"}, {}}},
        Good{"/host/%252e%252e", {{"host", "%2e%2e"}, {}}},
        Good{"/host/%5C..", {{"host", "\\.."}, {}}}, Good{"/host/%3F%23%26", {{"host", "?#&"}, {}}},
        Good{"/-/healthy", {{"-", "healthy"}, {}}}, Good{"/m?a=1", {{"m"}, {{"a", "1"}}}},
        Good{"/m?a=1&b=2", {{"m"}, {{"a", "1"}, {"b", "2"}}}},
        Good{"/m?a=1&a=2", {{"m"}, {{"a", "1"}, {"a", "2"}}}}, Good{"/m?a", {{"m"}, {{"a", ""}}}},
        Good{"/m?a=", {{"m"}, {{"a", ""}}}}, Good{"/m?=1", {{"m"}, {{"", "1"}}}},
        Good{"/m?a=b=c", {{"m"}, {{"a", "b=c"}}}}, Good{"/m?&&a=1&&", {{"m"}, {{"a", "1"}}}},
        Good{"/m?a=x+y%2Bz", {{"m"}, {{"a", "x y+z"}}}},
        Good{"/m?a=../..", {{"m"}, {{"a", "../.."}}}}, Good{"/m?a?b=1", {{"m"}, {{"a?b", "1"}}}},
        Good{"http://h/m?a=1", {{"m"}, {{"a", "1"}}}}, Good{"https://h:1/m", {{"m"}, {}}},
        Good{"http://h", {{}, {}}}));

TEST(target, refuses_an_origin_without_a_slash_before_its_query) {
  EXPECT_FALSE(parse_target("http://h?a=1"));
}

struct Bad {
  std::string raw;
  std::string fact;
};
void PrintTo(const Bad& row, std::ostream* out) { *out << testing::PrintToString(row.raw); }
class BadTarget : public testing::TestWithParam<Bad> {};

TEST_P(BadTarget, is_refused) {
  const auto got = parse_target(GetParam().raw);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "request target: " + GetParam().fact);
}

constexpr const char* kSlash = "does not begin with '/'";
constexpr const char* kPercent = "'%' without two hexadecimal digits";
constexpr const char* kControl = "a control character";
constexpr const char* kUtf8 = "not UTF-8";
constexpr const char* kDots = "a segment of dots";
constexpr const char* kEmpty = "an empty segment";

INSTANTIATE_TEST_SUITE_P(
    Targets, BadTarget,
    testing::Values(
        Bad{"", kSlash}, Bad{"*", kSlash}, Bad{"metrics", kSlash}, Bad{"host:443", kSlash},
        Bad{"ftp://h/m", kSlash}, Bad{"?a=1", kSlash}, Bad{"//", kEmpty}, Bad{"//m", kEmpty},
        Bad{"/a//b", kEmpty}, Bad{"http://h//m", kEmpty}, Bad{"/.", kDots}, Bad{"/..", kDots},
        Bad{"/a/../b", kDots}, Bad{"/a/./b", kDots}, Bad{"/%2e%2e/a", kDots}, Bad{"/%2E%2e", kDots},
        Bad{"/.%2e/a", kDots}, Bad{"/%2e", kDots}, Bad{"/a%2f..", kDots}, Bad{"/..%2fa", kDots},
        Bad{"/a%2F.%2Fb", kDots}, Bad{"/%2f..%2f", kDots}, Bad{"/a/%", kPercent},
        Bad{"/a/%2", kPercent}, Bad{"/a/%2x", kPercent}, Bad{"/a/%%41", kPercent},
        Bad{"/a/%-1", kPercent}, Bad{"/m?a=%", kPercent}, Bad{"/m?%zz=1", kPercent},
        Bad{"/%00", kControl}, Bad{"/a%00b", kControl}, Bad{"/a\0b"s, kControl},
        Bad{"/%0d%0aSet-Cookie:x", kControl}, Bad{"/%1b[31m", kControl}, Bad{"/%7f", kControl},
        Bad{"/\x01", kControl}, Bad{"/m?a=%00", kControl}, Bad{"/m?%0a=1", kControl},
        Bad{"/%ff", kUtf8}, Bad{"/\xff\xfe", kUtf8}, Bad{"/%80", kUtf8}, Bad{"/%c3", kUtf8},
        Bad{"/%c3%28", kUtf8}, Bad{"/%c0%ae%c0%ae", kUtf8}, Bad{"/%c1%bf", kUtf8},
        Bad{"/%e0%80%af", kUtf8}, Bad{"/%ed%a0%80", kUtf8}, Bad{"/%e2%82", kUtf8},
        Bad{"/%f0%80%80%af", kUtf8}, Bad{"/%f4%90%80%80", kUtf8}, Bad{"/%f5%80%80%80", kUtf8},
        Bad{"/m?a=%fe", kUtf8}));

TEST(target, takes_so_many_query_items_and_no_more) {
  std::string raw = "/m?a=0";
  for (std::size_t i = 1; i < kMostQueryItems; ++i) raw += "&a=" + std::to_string(i);
  ASSERT_TRUE(parse_target(raw));
  EXPECT_EQ(parse_target(raw)->query.size(), kMostQueryItems);
  const auto more = parse_target(raw + "&b=1");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().message, "request target: too many query items");
}

}  // namespace
}  // namespace pingtrail::http
