// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/network.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/net/unit/requests.h"

namespace pingtrail::fakenet {
namespace {

using namespace std::chrono_literals;

class Scripted : public testing::Test {
 protected:
  Network network(const std::string& words, std::uint64_t seed = 1) {
    return {parse_script("198.18.0.10,2001:db8::10 " + words, "x").value(), seed};
  }
  // What the first `count` probes get: label@milliseconds, or the silence.
  std::vector<std::string> story(Network hosts, int count, Nanoseconds step = 0ns) {
    std::vector<std::string> lines;
    for (int probe = 0; probe < count; ++probe) {
      const Verdict verdict = hosts.answer(request_, probe * step);
      std::string line(verdict.silence);
      for (const PlannedAnswer& answer : verdict.answers) {
        line += (line.empty() ? "" : " ") + std::string(answer.label) + "@" +
                std::to_string(answer.delay / 1ms);
      }
      lines.push_back(line);
    }
    return lines;
  }

  const Bytes packet_ = from_hex(kRequest4);
  const EchoRequest request_ = parse_echo_request(packet_).value();
};

using Lines = std::vector<std::string>;

TEST_F(Scripted, LossByList) {
  EXPECT_EQ(story(network("delay=5ms lose=2,4.."), 5),
            (Lines{"reply@5", "lost", "reply@5", "lost", "lost"}));
}

TEST_F(Scripted, AddressInNoLineIsSilent) {
  EXPECT_EQ(story({parse_script("198.18.0.11 delay=1ms", "x").value(), 1}, 1), Lines{"unscripted"});
}

TEST_F(Scripted, DelaysOneByOneThenTheCommonOne) {
  EXPECT_EQ(story(network("delays=30ms,5ms delay=9ms"), 3),
            (Lines{"reply@30", "reply@5", "reply@9"}));
}

TEST_F(Scripted, FirstAnswerThatSelectsTheProbeCountsAllOthersJoin) {
  EXPECT_EQ(story(network("delay=2ms answer=corrupt@2 answer=none@3 answer=id also=reply~7ms@2 "
                          "also=host-unreachable~1ms@2,3"),
                  3),
            (Lines{"id@2", "corrupt@2 reply@7 host-unreachable@1", "host-unreachable@1"}));
}

TEST_F(Scripted, NothingAtAllIsASilence) {
  EXPECT_EQ(story(network("answer=none"), 1), Lines{"none"});
  EXPECT_EQ(story(network("dead also=reply"), 1), Lines{"dead"});
}

TEST_F(Scripted, CopiesOfChosenProbes) {
  EXPECT_EQ(story(network("dup=3@2"), 2), (Lines{"reply@0", "reply@0 reply@0 reply@0"}));
}

TEST_F(Scripted, OutagesRepeat) {
  EXPECT_EQ(story(network("down=1s..2s every=3s"), 7, 1s),
            (Lines{"reply@0", "down", "reply@0", "reply@0", "down", "reply@0", "reply@0"}));
}

TEST_F(Scripted, ShortLivedRequestsEndAtTheRouter) {
  EXPECT_EQ(story(network("hops=9"), 1), Lines{"reply@0"});  // the request's TTL is 9
  EXPECT_EQ(story(network("hops=10"), 1), Lines{"ttl-exceeded@0"});
}

TEST_F(Scripted, LongRequestsEndAtTheRouterUnlessTheyMayBeFragmented) {
  EXPECT_EQ(story(network("mtu=43"), 1), Lines{"too-big@0"});
  EXPECT_EQ(story(network("mtu=44"), 1), Lines{"reply@0"});
  EchoRequest divisible = request_;
  divisible.dont_fragment = false;
  EXPECT_EQ(network("mtu=43").answer(divisible, 0ns).answers.at(0).label, "reply");
}

TEST_F(Scripted, ProbesAreNumberedByAddressAndId) {
  Network hosts = network("lose=1");
  EchoRequest other = request_;
  other.id = 77;
  EXPECT_EQ(hosts.answer(request_, 0ns).silence, "lost");
  EXPECT_EQ(hosts.answer(request_, 0ns).number, 2U);
  EXPECT_EQ(hosts.answer(other, 0ns).silence, "lost");
  EXPECT_EQ(hosts.answer(request_, 0ns).number, 3U);
}

TEST_F(Scripted, SeededLossIsTheSameAgainAndAboutAsOftenAsAsked) {
  const Lines once = story(network("loss=20%", 7), 5000);
  EXPECT_EQ(once, story(network("loss=20%", 7), 5000));
  EXPECT_NE(once, story(network("loss=20%", 8), 5000));
  const auto lost = std::count(once.begin(), once.end(), "lost");
  EXPECT_NEAR(static_cast<double>(lost), 1000, 5 * std::sqrt(5000 * 0.2 * 0.8));
}

TEST_F(Scripted, JitterSpreadsEvenlyOrNormally) {
  struct Row {
    const char* words;
    double deviation;  // of 1 ms: uniform 1/sqrt(3), normal 1
  };
  for (const Row& row :
       {Row{"delay=50ms jitter=1ms", 0.577}, Row{"delay=50ms jitter=normal:1ms", 1}}) {
    Network hosts = network(row.words);
    double sum = 0;
    double squares = 0;
    constexpr int kDraws = 20000;
    for (int draw = 0; draw < kDraws; ++draw) {
      const Verdict verdict = hosts.answer(request_, 0ns);
      const double off = static_cast<double>((verdict.answers[0].delay - 50ms).count()) / 1e6;
      sum += off;
      squares += off * off;
    }
    EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws)) << row.words;
    EXPECT_NEAR(std::sqrt(squares / kDraws), row.deviation, 0.03) << row.words;
  }
}

TEST_F(Scripted, TwoModes) {
  const Lines lines = story(network("delay=5ms slow=80ms:30%"), 5000);
  const auto fast = std::count(lines.begin(), lines.end(), "reply@5");
  EXPECT_EQ(fast + std::count(lines.begin(), lines.end(), "reply@80"), 5000);
  EXPECT_NEAR(static_cast<double>(fast), 3500, 5 * std::sqrt(5000 * 0.3 * 0.7));
}

TEST_F(Scripted, BentRepliesDifferFromTheHonestOneWhereTheySay) {
  struct Row {
    const char* answer;
    std::size_t size;
    std::size_t changed;  // first byte behind the checksum, or of the source, that differs
  };
  const Bytes honest = build_reply(request_, honest_reply(request_));
  for (const Row& row :
       {Row{"id", 44, 24}, Row{"sequence", 44, 26}, Row{"corrupt", 44, 36}, Row{"zeroed", 44, 28},
        Row{"foreign:198.19.0.0", 44, 13}, Row{"truncated:4", 32, 32}, Row{"padded:4", 48, 44}}) {
    const Bytes bent =
        network(std::string("answer=") + row.answer).answer(request_, 0ns).answers.at(0).packet;
    EXPECT_EQ(bent.size(), row.size) << row.answer;
    std::size_t at = 12;
    const auto skip = [](std::size_t place) { return place == 22 || place == 23; };
    while (at < std::min(bent.size(), honest.size()) && (skip(at) || bent[at] == honest[at])) ++at;
    EXPECT_EQ(at, row.changed) << row.answer;
    EXPECT_EQ(internet_checksum(std::span(bent).subspan(20)), 0) << row.answer;
  }
}

}  // namespace
}  // namespace pingtrail::fakenet
