// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/url.h"

#include <gtest/gtest.h>

namespace pingtrail::http {
namespace {

using namespace std::string_literals;

struct Row {
  std::string name;
  std::string raw;
  Target want;
};
class GoodTargets : public ::testing::TestWithParam<Row> {};

TEST_P(GoodTargets, AreDecodedSegmentBySegment) {
  const auto got = parse_target(GetParam().raw);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(*got, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodTargets,
    ::testing::Values(Row{"root", "/", {{}, {}}}, Row{"one", "/metrics", {{"metrics"}, {}}},
                      Row{"last_slash", "/metrics/", {{"metrics"}, {}}},
                      Row{"several", "/api/v1/hosts", {{"api", "v1", "hosts"}, {}}},
                      Row{"slash_in_a_name", "/host/a%2Fb", {{"host", "a/b"}, {}}},
                      Row{"percent_twice", "/host/a%252Fb", {{"host", "a%2Fb"}, {}}},
                      Row{"blank", "/host/a%20b", {{"host", "a b"}, {}}},
                      Row{"plus_in_a_path", "/host/a+b", {{"host", "a+b"}, {}}},
                      Row{"three_dots", "/host/...", {{"host", "..."}, {}}},
                      Row{"dots_in_a_name", "/host/a..b", {{"host", "a..b"}, {}}},
                      Row{"utf8", "/host/%C3%A4%E2%82%AC%F0%9F%98%80", {{"host", "ä€😀"}, {}}},
                      Row{"raw_utf8", "/host/ä", {{"host", "ä"}, {}}},
                      Row{"lower_hex", "/host/%c3%a4", {{"host", "ä"}, {}}},
                      Row{"markup", "/host/%3Cb%3E", {{"host", "<b>"}, {}}},
                      Row{"colon_and_semicolon", "/host/fe80::1;x", {{"host", "fe80::1;x"}, {}}},
                      Row{"query", "/?a=1&b=2", {{}, {{"a", "1"}, {"b", "2"}}}},
                      Row{"query_plus", "/?q=a+b%2Bc", {{}, {{"q", "a b+c"}}}},
                      Row{"query_without_value", "/?a&b=", {{}, {{"a", ""}, {"b", ""}}}},
                      Row{"query_twice", "/?a=1&a=2", {{}, {{"a", "1"}, {"a", "2"}}}},
                      Row{"query_empty_items", "/?&&a=1&", {{}, {{"a", "1"}}}},
                      Row{"query_equals", "/?a=b=c", {{}, {{"a", "b=c"}}}},
                      Row{"query_mark", "/?a=b?c", {{}, {{"a", "b?c"}}}},
                      Row{"query_slash_dots", "/?a=../x", {{}, {{"a", "../x"}}}},
                      Row{"query_alone", "/?", {{}, {}}}),
    [](const auto& row) { return row.param.name; });

struct BadRow {
  std::string name;
  std::string raw;
  std::string fact;
};
class BadTargets : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadTargets, AreRefused) {
  const auto got = parse_target(GetParam().raw);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, "request target: " + GetParam().fact);
}

std::string many_items() {
  std::string out = "/?";
  for (std::size_t i = 0; i <= kMostQueryItems; ++i) out += "a=1&";
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadTargets,
    ::testing::Values(BadRow{"empty", "", "does not begin with '/'"},
                      BadRow{"absolute", "http://127.0.0.1/", "does not begin with '/'"},
                      BadRow{"star", "*", "does not begin with '/'"},
                      BadRow{"dots", "/..", "a segment of dots"},
                      BadRow{"dots_inside", "/graph/../../etc/passwd", "a segment of dots"},
                      BadRow{"one_dot", "/./metrics", "a segment of dots"},
                      BadRow{"encoded_dots", "/%2e%2e/x", "a segment of dots"},
                      BadRow{"half_encoded_dots", "/.%2E/x", "a segment of dots"},
                      BadRow{"two_slashes", "//metrics", "an empty segment"},
                      BadRow{"slashes_inside", "/host//x", "an empty segment"},
                      BadRow{"nul", "/host/a%00b", "a control character"},
                      BadRow{"newline", "/host/a%0Ab", "a control character"},
                      BadRow{"del", "/host/%7F", "a control character"},
                      BadRow{"raw_nul", "/host/a\0b"s, "a control character"},
                      BadRow{"query_nul", "/?a=%00", "a control character"},
                      BadRow{"cut_escape", "/host/%", "'%' without two hexadecimal digits"},
                      BadRow{"short_escape", "/host/%4", "'%' without two hexadecimal digits"},
                      BadRow{"bad_escape", "/host/%zz", "'%' without two hexadecimal digits"},
                      BadRow{"signed_escape", "/host/%-1", "'%' without two hexadecimal digits"},
                      BadRow{"query_escape", "/?a=%f", "'%' without two hexadecimal digits"},
                      BadRow{"lone_byte", "/host/%FF", "not UTF-8"},
                      BadRow{"cut_character", "/host/%C3", "not UTF-8"},
                      BadRow{"overlong_slash", "/host/%C0%AF", "not UTF-8"},
                      BadRow{"overlong_dots", "/%C0%AE%C0%AE/x", "not UTF-8"},
                      BadRow{"overlong_three", "/host/%E0%80%AF", "not UTF-8"},
                      BadRow{"surrogate", "/host/%ED%A0%80", "not UTF-8"},
                      BadRow{"beyond_unicode", "/host/%F4%90%80%80", "not UTF-8"},
                      BadRow{"lone_continuation", "/host/%80", "not UTF-8"},
                      BadRow{"query_not_utf8", "/?a=%FE", "not UTF-8"},
                      BadRow{"too_many_items", many_items(), "too many query items"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace pingtrail::http
