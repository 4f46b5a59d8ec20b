// SPDX-License-Identifier: GPL-3.0-or-later
// Every output whole, against a file that a person has read.
#include <gtest/gtest.h>

#include "exporter/report/csv.h"
#include "exporter/report/html.h"
#include "exporter/report/json.h"
#include "exporter/report/text.h"
#include "tests/unit/exporter/report/sample.h"

namespace pingtrail::report::test {
namespace {

Report sample_report() { return *build_report(sample_archive(), sample_request()); }
Status sample_status() {
  return build_status(sample_archive(), sample_request().asof, "Europe/Berlin");
}
OutageList sample_outages() {
  OutageQuery query;
  query.asof = sample_request().asof;
  query.window = {march(0), query.asof};
  query.zone = "Europe/Berlin";
  return *list_outages(sample_archive(), query);
}

struct Output {
  const char* file;
  std::string (*make)();
};

class Golden : public testing::TestWithParam<Output> {};

TEST_P(Golden, IsWhatTheFileHolds) {
  const std::string now = GetParam().make();
  EXPECT_EQ(golden(GetParam().file, now), now);
}

constexpr bool kPlain = false;
constexpr bool kColour = true;

INSTANTIATE_TEST_SUITE_P(
    Outputs, Golden,
    testing::Values(
        Output{"report.txt", [] { return report_text(sample_report(), kPlain); }},
        Output{"report.colour.txt", [] { return report_text(sample_report(), kColour); }},
        Output{"report.json", [] { return report_json(sample_report()); }},
        Output{"report.csv", [] { return report_csv(sample_report()); }},
        Output{"report.html", [] { return report_html(sample_report()); }},
        Output{"status.txt", [] { return status_text(sample_status(), kPlain); }},
        Output{"status.colour.txt", [] { return status_text(sample_status(), kColour); }},
        Output{"status.json", [] { return status_json(sample_status()); }},
        Output{"status.csv", [] { return status_csv(sample_status()); }},
        Output{"outages.txt", [] { return outages_text(sample_outages(), kPlain); }},
        Output{"outages.json", [] { return outages_json(sample_outages()); }},
        Output{"outages.csv", [] { return outages_csv(sample_outages()); }},
        Output{"maintenance.txt",
               [] {
                 return maintenance_text(sample_archive().maintenance, "Europe/Berlin",
                                         sample_request().asof, kPlain);
               }},
        Output{"maintenance.json", [] { return maintenance_json(sample_archive().maintenance); }},
        Output{"maintenance.csv", [] { return maintenance_csv(sample_archive().maintenance); }}),
    [](const auto& row) {
      std::string name = row.param.file;
      for (char& c : name) c = c == '.' ? '_' : c;
      return name;
    });

TEST(Html, LoadsNothingAndRunsNothing) {
  const std::string page = report_html(sample_report());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("http"), std::string::npos);
  EXPECT_EQ(page.find("url("), std::string::npos);
  EXPECT_EQ(page.find("<link"), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos);
}

}  // namespace
}  // namespace pingtrail::report::test
