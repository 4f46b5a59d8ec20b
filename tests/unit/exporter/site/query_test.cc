// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/query.h"

#include <gtest/gtest.h>

#include <chrono>

namespace pingtrail::site {
namespace {

TEST(Query, BecomesWordsInOrder) {
  const auto words = words_of({{"group", "a"}, {"tz", "UTC"}, {"group", "b"}}, {"group", "tz"});
  ASSERT_TRUE(words);
  EXPECT_EQ(words->all("group"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(words->last("tz"), "UTC");
}

TEST(Query, RefusesWhatItDoesNotKnow) {
  const auto words = words_of({{"colour", "red"}}, {"group"});
  ASSERT_FALSE(words);
  EXPECT_EQ(words.error().message, "colour: no such parameter");
}

TEST(Query, MomentsAreThoseAskedForElseNow) {
  const base::WallTime now{std::chrono::seconds(1000)};
  const auto plain = moment_of({}, "Europe/Berlin", now);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->asof, now);
  EXPECT_EQ(plain->zone, "Europe/Berlin");
  cli::Words words;
  words.add("tz", "UTC");
  words.add("asof", "2026-03-10T12:00");
  const auto asked = moment_of(words, "Europe/Berlin", now);
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->asof, base::WallTime(std::chrono::seconds(1773144000)));
  EXPECT_EQ(asked->zone, "UTC");
}

TEST(Query, BadMomentsAreNamed) {
  cli::Words zone;
  zone.add("tz", "Mars");
  EXPECT_EQ(moment_of(zone, "UTC", {}).error().message, "tz: Mars: no such time zone");
  cli::Words instant;
  instant.add("asof", "yesterday");
  EXPECT_TRUE(moment_of(instant, "UTC", {}).error().message.starts_with("asof: yesterday: "));
}

TEST(Query, ErrorsOfOptionsAreSaidWithoutDashes) {
  EXPECT_EQ(said(base::invalid_input("--from: x", "no instant")), "from: x: no instant");
  EXPECT_EQ(said(base::invalid_input("h", "no such host")), "h: no such host");
}

}  // namespace
}  // namespace pingtrail::site
