// SPDX-License-Identifier: GPL-3.0-or-later
// Whole expositions against files that a person has read, and what must hold for each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/metrics/lines.h"
#include "tests/unit/exporter/metrics/estate.h"
#include "tests/unit/exporter/metrics/openmetrics.h"

namespace pingtrail::metrics::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Compat kAll{true, true, true};

std::string shown(Format format, const Compat& compat = {}, const Filter& filter = {}) {
  return exposition_text(snapshot(), {format, filter, compat}, figures());
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

INSTANTIATE_TEST_SUITE_P(
    Outputs, Golden,
    testing::Values(
        Output{"metrics.prom", [] { return shown(Format::prometheus_text); }},
        Output{"metrics.openmetrics", [] { return shown(Format::openmetrics); }},
        Output{"compat.prom",
               [] {
                 return shown(Format::prometheus_text, kAll, {{"core-sw", "down-*", "bad*"}, {}});
               }},
        Output{"compat.openmetrics",
               [] {
                 return shown(Format::openmetrics, kAll, {{"core-sw", "down-*", "bad*"}, {}});
               }},
        Output{"group.prom",
               [] {
                 return shown(Format::prometheus_text, {}, {{"s*", "never"}, {"web"}});
               }}),
    [](const auto& row) {
      std::string name = row.param.file;
      for (char& c : name) c = c == '.' ? '_' : c;
      return name;
    });

TEST(OpenMetrics, KeepsItsOwnRules) {
  EXPECT_EQ(openmetrics_fault(shown(Format::openmetrics)), "");
  EXPECT_EQ(openmetrics_fault(shown(Format::openmetrics, kAll)), "");
  EXPECT_EQ(openmetrics_fault(shown(Format::openmetrics, {}, {{"nobody"}, {}})), "");
}

// The parser finds what it is to find.
TEST(OpenMetrics, FaultsAreFound) {
  const std::string good =
      "# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total{b=\"c\"} 1\n# EOF\n";
  EXPECT_EQ(openmetrics_fault(good), "");
  const auto changed = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return openmetrics_fault(text);
  };
  EXPECT_NE(changed("# EOF\n", ""), "");
  EXPECT_NE(changed("# EOF\n", "# EOF"), "");
  EXPECT_NE(changed("_total{", "{"), "");
  EXPECT_NE(changed("} 1", "} -1"), "");
  EXPECT_NE(changed("} 1", "} one"), "");
  EXPECT_NE(changed("\"c\"", "\"\\c\""), "");
  EXPECT_NE(changed("\"c\"", "\"\xFF\""), "");
  EXPECT_NE(changed("b=\"c\"", "b=\"c\",b=\"d\""), "");
  EXPECT_NE(changed("UNIT a_seconds seconds", "UNIT a_seconds bytes"), "");
  EXPECT_NE(changed("# EOF", "a_seconds_total{b=\"c\"} 2\n# EOF"), "");
  EXPECT_NE(changed("# EOF", "# TYPE a_seconds counter\n# EOF"), "");
}

TEST(Exposition, ComesInPiecesThatMakeTheWhole) {
  SnapshotInputs inputs;
  auto view = std::make_shared<history::LiveView>();
  for (int i = 0; i < 3000; ++i) {
    history::HostHistory host;
    host.key.name = "host-" + std::to_string(10000 + i);
    host.state.emplace();
    host.state->key = host.key;
    view->archive.hosts.push_back(std::make_shared<const history::HostHistory>(std::move(host)));
    view->facts.push_back({std::make_shared<const std::vector<history::TimeSpan>>(), true});
  }
  inputs.view = view;
  const auto taken = *take_snapshot(inputs, options(), noon(0));
  Exposition first(taken, {});
  Exposition second(taken, {});
  std::string whole;
  std::string piece;
  int pieces = 0;
  while (first.next(piece)) {
    EXPECT_LE(piece.size(), 2 * kPieceBytes);
    ++pieces;
    whole += piece;
    // A second reader of the same snapshot goes its own way.
    std::string other;
    if (pieces % 2 == 0) second.next(other);
    piece.clear();
  }
  EXPECT_GT(pieces, 10);
  EXPECT_EQ(whole, exposition_text(taken, {}));
  std::string after;
  EXPECT_FALSE(first.next(after));
  EXPECT_EQ(after, "");
  EXPECT_THAT(whole, HasSubstr("pingtrail_packets_sent_total{host=\"host-12999\"} 0\n"));
  // Off above 2,000 hosts.
  EXPECT_THAT(whole, Not(HasSubstr("pingtrail_rtt_seconds")));
  SnapshotOptions asked = options();
  asked.histogram = true;
  EXPECT_THAT(exposition_text(*take_snapshot(inputs, asked, noon(0)), {}),
              HasSubstr("pingtrail_rtt_seconds_bucket{host=\"host-12999\",le=\"+Inf\"} 0\n"));
}

TEST(Exposition, TheLongestNamesFitALine) {
  SnapshotInputs inputs;
  auto view = std::make_shared<history::LiveView>();
  history::HostHistory host;
  host.key = {std::string(255, '\xFF'), std::string(64, '\xFF')};
  host.group = std::string(9000, '\xFF');
  host.state.emplace();
  host.state->address = std::string(9000, '\xFF');
  view->archive.hosts.push_back(std::make_shared<const history::HostHistory>(host));
  view->facts.push_back({std::make_shared<const std::vector<history::TimeSpan>>(), true});
  inputs.view = view;
  inputs.aliases =
      std::make_shared<const Aliases>(Aliases{{host.key.name, std::string(90000, '"')}});
  const auto taken = *take_snapshot(inputs, options(), noon(0));
  EXPECT_EQ(openmetrics_fault(exposition_text(taken, {Format::openmetrics, {}, kAll})), "");
}

TEST(Exposition, AnEmptyEstateStillTellsOfTheExporter) {
  SnapshotInputs inputs;
  inputs.view = std::make_shared<const history::LiveView>();
  const auto taken = *take_snapshot(inputs, options(), noon(0));
  const std::string text = exposition_text(taken, {Format::openmetrics, {}, {}});
  EXPECT_EQ(openmetrics_fault(text), "");
  EXPECT_THAT(text, HasSubstr("pingtrail_journal_verified 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("pingtrail_up")));
}

TEST(Compat, WordsInAnyOrder) {
  EXPECT_EQ(*parse_compat(""), Compat{});
  EXPECT_EQ(*parse_compat("blackbox,smokeping,ping"), kAll);
  EXPECT_EQ(*parse_compat("ping"), (Compat{false, true, false}));
  EXPECT_EQ(parse_compat("ping,fping").error().message,
            "--compat fping: not smokeping, ping or blackbox");
}

}  // namespace
}  // namespace pingtrail::metrics::test
