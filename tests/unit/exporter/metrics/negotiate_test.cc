// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/negotiate.h"

#include <gtest/gtest.h>

namespace pingtrail::metrics {
namespace {

constexpr Format kText = Format::prometheus_text;
constexpr Format kOpen = Format::openmetrics;

struct Row {
  const char* name;
  const char* accept;
  Format want;
};

class Negotiate : public testing::TestWithParam<Row> {};

TEST_P(Negotiate, PicksWhatIsWantedMost) {
  EXPECT_EQ(negotiate(GetParam().accept), GetParam().want) << GetParam().accept;
}

INSTANTIATE_TEST_SUITE_P(
    Headers, Negotiate,
    testing::Values(
        Row{"none", "", kText}, Row{"any", "*/*", kText},
        Row{"curl_asking", "application/openmetrics-text", kOpen},
        Row{"prometheus_2",
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
            "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            kOpen},
        Row{"prometheus_3",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
            "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
            "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            kOpen},
        Row{"prometheus_text_only",
            "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,"
            "*/*;q=0.3",
            kText},
        Row{"browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kText},
        Row{"equal", "application/openmetrics-text,text/plain", kText},
        Row{"text_first_by_quality", "application/openmetrics-text;q=0.4,text/plain;q=0.5", kText},
        Row{"open_first_by_quality", "application/openmetrics-text;q=0.6, text/plain; q=0.5",
            kOpen},
        Row{"exact_beats_range", "application/openmetrics-text;q=0.1,*/*;q=0.9", kText},
        Row{"text_refused", "text/plain;q=0,application/openmetrics-text;q=0.001", kOpen},
        Row{"text_refused_any", "text/plain;q=0,*/*;q=0.5", kOpen},
        Row{"subtype_range", "application/*, text/*;q=0.9", kOpen},
        Row{"unknown_version", "application/openmetrics-text;version=2.0.0", kText},
        Row{"quoted", "application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", kOpen},
        Row{"quoted_comma", "text/x; a=\"b,application/openmetrics-text\"", kText},
        Row{"capitals", "Application/OpenMetrics-Text;Q=0.9,Text/Plain;q=0.8", kOpen},
        Row{"broken_quality", "application/openmetrics-text;q=high,text/plain;q=0.1", kText},
        Row{"quality_above_one", "application/openmetrics-text;q=7", kText},
        Row{"negative_quality", "application/openmetrics-text;q=-1", kText},
        Row{"commas_only", ",,;,;;,", kText}, Row{"open_quote", "\"", kText},
        Row{"neither", "application/json", kText}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ContentType, NamesTheVersion) {
  EXPECT_EQ(content_type(kText), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(kOpen), "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace pingtrail::metrics
