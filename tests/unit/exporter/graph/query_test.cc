// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/graph/query.h"

#include <gtest/gtest.h>

#include <vector>

namespace pingtrail::graph::test {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

struct Case {
  const char* name;
  Query query;
  GraphQuery want;
  const char* fault;  // "" when it is taken
};

GraphQuery wanted(std::string service, std::chrono::hours range, int width, int height, bool dark) {
  return {std::move(service), range, width, height, dark};
}

class GraphQueries : public testing::TestWithParam<Case> {};

TEST_P(GraphQueries, AreReadOrRefused) {
  const auto got = parse_graph_query(GetParam().query);
  if (GetParam().fault[0] != '\0') {
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().message, GetParam().fault);
    return;
  }
  ASSERT_TRUE(got.has_value()) << got.error().message;
  EXPECT_EQ(*got, GetParam().want);
}

constexpr std::chrono::hours kDay{24};

INSTANTIATE_TEST_SUITE_P(
    All, GraphQueries,
    testing::Values(
        Case{"none", {}, GraphQuery{}, ""},
        Case{"whole",
             {{"service", "load"}, {"range", "1w"}, {"w", "300"}, {"h", "50"}, {"theme", "dark"}},
             wanted("load", 7 * kDay, 300, 50, true),
             ""},
        Case{"last_counts",
             {{"w", "500"}, {"w", "4000"}},
             wanted("_HOST_", kDay, 4000, 320, false),
             ""},
        Case{"earlier_is_looked_at",
             {{"w", "x"}, {"w", "4000"}},
             {},
             "w: x: not a number from 100 to 4000"},
        Case{"others_pass", {{"_", "17"}}, GraphQuery{}, ""},
        Case{"shortest",
             {{"range", "4h"}},
             wanted("_HOST_", std::chrono::hours{4}, 900, 320, false),
             ""},
        Case{"longest", {{"range", "1y"}}, wanted("_HOST_", 365 * kDay, 900, 320, false), ""},
        Case{"narrow", {{"w", "99"}}, {}, "w: 99: not a number from 100 to 4000"},
        Case{"wide", {{"w", "4001"}}, {}, "w: 4001: not a number from 100 to 4000"},
        Case{"low", {{"h", "49"}}, {}, "h: 49: not a number from 50 to 2000"},
        Case{"high", {{"h", "2001"}}, {}, "h: 2001: not a number from 50 to 2000"},
        Case{"empty_number", {{"h", ""}}, {}, "h: : not a number from 50 to 2000"},
        Case{"hex", {{"w", "0x200"}}, {}, "w: 0x200: not a number from 100 to 4000"},
        Case{"huge",
             {{"w", "99999999999999999999"}},
             {},
             "w: 99999999999999999999: not a number from 100 to 4000"},
        Case{"short", {{"range", "3h"}}, {}, "range: 3h: not a range from 4h to 1y, as 4h, 2d, 1w"},
        Case{"long", {{"range", "2y"}}, {}, "range: 2y: not a range from 4h to 1y, as 4h, 2d, 1w"},
        Case{"overflow",
             {{"range", "9223372036854775807y"}},
             {},
             "range: 9223372036854775807y: not a range from 4h to 1y, as 4h, 2d, 1w"},
        Case{"no_unit",
             {{"range", "24"}},
             {},
             "range: 24: not a range from 4h to 1y, as 4h, 2d, 1w"},
        Case{"negative",
             {{"range", "-4h"}},
             {},
             "range: -4h: not a range from 4h to 1y, as 4h, 2d, 1w"},
        Case{"empty_range",
             {{"range", ""}},
             {},
             "range: : not a range from 4h to 1y, as 4h, 2d, 1w"},
        Case{"empty_service", {{"service", ""}}, {}, "service: empty"},
        Case{"theme", {{"theme", "blue"}}, {}, "theme: blue: not one of light, dark"}),
    [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace pingtrail::graph::test
