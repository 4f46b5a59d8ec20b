// SPDX-License-Identifier: GPL-3.0-or-later
// The pages whole, against files that a person has looked at in a browser, and what they are made
// of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/site/html.h"
#include "exporter/site/views.h"
#include "tests/unit/exporter/report/sample.h"

namespace pingtrail::site {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The estate of the report tests, with aliases, as seen on March 20.
class Estate {
 public:
  Estate() {
    for (const auto& host : archive_.hosts) {
      planned_.push_back(history::planned_spans(archive_.maintenance, host->key.name));
    }
    aliases_.add({"core-sw", "Core <switch>", {"192.0.2.7"}});
    aliases_.add({"shop", "", {"web-01"}});
  }
  Ledger ledger() const {
    return {archive_, [this](std::size_t place) -> const auto& {return planned_[place];
  }
  , aliases_, report::test::sample_request().asof, "Europe/Berlin"
};
}  // namespace

private:
history::Archive archive_ = report::test::sample_archive();
std::vector<std::vector<history::TimeSpan>> planned_;
Aliases aliases_;
};  // namespace pingtrail::site

std::vector<std::string> names(const StatusPage& page) {
  std::vector<std::string> out;
  for (const StatusLine& line : page.lines) out.push_back(line.row.name + line.row.series);
  return out;
}

TEST(StatusPage, ShowsThoseThatAreDownFirst) {
  const StatusPage page = make_status_page(Estate().ledger(), {});
  EXPECT_THAT(names(page),
              ElementsAre("web-01", "never-seen", "<b>&\"x\"", "core-sw", "web-01ipv6"));
  EXPECT_EQ(page.counts.down, 1U);
  EXPECT_EQ(page.counts.unknown, 1U);
  EXPECT_EQ(page.counts.up, 3U);
}

struct Choice {
  std::string name;
  StatusFilter filter;
  std::vector<std::string> want;
};
class StatusFilters : public ::testing::TestWithParam<Choice> {};

TEST_P(StatusFilters, LetThrough) {
  EXPECT_EQ(names(make_status_page(Estate().ledger(), GetParam().filter)), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Table, StatusFilters,
    ::testing::Values(Choice{"state", {"down", "", "", 1}, {"web-01"}},
                      Choice{"unknown", {"unknown", "", "", 1}, {"never-seen"}},
                      Choice{"group", {"", "core", "", 1}, {"core-sw"}},
                      Choice{"name", {"", "", "CORE", 1}, {"core-sw"}},
                      Choice{"address", {"", "", "2.0.2.7", 1}, {"core-sw"}},
                      Choice{"alias", {"", "", "shop", 1}, {"web-01", "web-01ipv6"}},
                      Choice{"both", {"up", "web", "01", 1}, {"web-01ipv6"}},
                      Choice{"none", {"", "", "nothing", 1}, {}},
                      Choice{"page_beyond_the_last", {"", "core", "", 7}, {"core-sw"}}),
    [](const auto& row) { return row.param.name; });

TEST(StatusPage, IsWhatTheFileHolds) {
  const std::string now = status_html(make_status_page(Estate().ledger(), {}));
  EXPECT_EQ(report::test::golden("status.html", now), now);
}

TEST(StatusPage, HasPagesOfTwoHundredLines) {
  history::Archive archive;
  for (int i = 1000; i < 1450; ++i) {
    history::HostHistory host;
    host.key.name = "h" + std::to_string(i);
    archive.hosts.push_back(std::make_shared<const history::HostHistory>(std::move(host)));
  }
  const std::vector<history::TimeSpan> none;
  const Aliases aliases;
  const Ledger ledger{archive, [&none](std::size_t) -> const auto& {return none;
}
, aliases, report::test::march(0), "UTC"
}
;
const StatusPage page = make_status_page(ledger, {"", "", "h", 3});
EXPECT_EQ(page.lines.size(), 50U);
EXPECT_EQ(page.lines.front().row.name, "h1400");
const std::string html = status_html(page);
EXPECT_THAT(html, HasSubstr("450 hosts, page 3 of 3"));
EXPECT_THAT(html, HasSubstr("<a href=\"/?q=h&amp;page=2\">previous</a>"));
EXPECT_THAT(html, Not(HasSubstr(">next<")));
}

TEST(StatusPage, SaysHowToBeginWhenThereIsNothing) {
  const history::Archive archive;
  const std::vector<history::TimeSpan> none;
  const Aliases aliases;
  const Ledger ledger{archive, [&none](std::size_t) -> const auto& {return none;
}
, aliases, report::test::march(0), "UTC"
}
;
EXPECT_THAT(status_html(make_status_page(ledger, {})), HasSubstr("No host has been checked yet"));
}

TEST(HostPage, IsWhatTheFileHolds) {
  const Estate estate;
  const Ledger ledger = estate.ledger();
  HostPage page = make_host_page(ledger, "web-01", places_of(ledger, "web-01"));
  page.services = {"_HOST_", "load & more"};
  page.service = "load & more";
  const std::string now = host_html(page);
  EXPECT_EQ(report::test::golden("host.html", now), now);
}

TEST(HostPage, IsFoundByEveryName) {
  const Estate estate;
  const Ledger ledger = estate.ledger();
  EXPECT_THAT(places_of(ledger, "shop"), ElementsAre(3U, 4U));
  EXPECT_THAT(places_of(ledger, "web-01"), ElementsAre(3U, 4U));
  EXPECT_THAT(places_of(ledger, "192.0.2.7"), ElementsAre(1U));
  EXPECT_THAT(places_of(ledger, "web"), ElementsAre());
}

TEST(HostPage, EscapesWhatComesFromOutside) {
  const Estate estate;
  const Ledger ledger = estate.ledger();
  const std::string name = "<b>&\"x\"";
  const std::string html = host_html(make_host_page(ledger, name, places_of(ledger, name)));
  EXPECT_THAT(html, HasSubstr("<h1>&lt;b&gt;&amp;&quot;x&quot;</h1>"));
  EXPECT_THAT(html, HasSubstr("/api/v1/hosts/%3Cb%3E%26%22x%22"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
}

TEST(Spark, SaysInWordsWhatItDraws) {
  const std::string none = spark_svg({}, {}, "a \"label\"");
  EXPECT_THAT(none, HasSubstr("aria-label=\"a &quot;label&quot;\""));
  const auto at = report::test::march;
  const std::vector<history::StateSpan> spans{{{at(0), at(10)}, history::ObservedState::up},
                                              {{at(10), at(20)}, std::nullopt}};
  const std::string drawn = spark_svg(spans, {0.001, std::nullopt, 0.002, 0.002}, "");
  EXPECT_THAT(drawn, HasSubstr("<rect class=up x=\"0\" y=\"21\" width=\"120\" height=\"3\"/>"));
  EXPECT_THAT(drawn,
              HasSubstr("<rect class=none x=\"120\" y=\"12\" width=\"120\" height=\"12\"/>"));
  EXPECT_THAT(drawn, HasSubstr("d=\"M30 12h.5M150 2h.5L210 2\""));
}

}  // namespace
}  // namespace pingtrail::site
