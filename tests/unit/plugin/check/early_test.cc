// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/early.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/plugin/check/judged.h"

namespace pingtrail::check {
namespace {

using testing_support::config;
using testing_support::hosts;

probe::TargetTally tally(std::uint32_t unsent, std::uint32_t outstanding, std::uint32_t answered,
                         std::uint32_t lost, Nanoseconds sum = Nanoseconds(0)) {
  return {unsent + outstanding + answered + lost, unsent, outstanding, answered, lost, 0, sum};
}

struct Row {
  const char* name;
  probe::TargetTally tally;
  bool settled;
};

class OneHost : public testing::TestWithParam<Row> {};

TEST_P(OneHost, IsSettledWhenNothingOpenCanChangeTheCode) {
  CheckConfig config = testing_support::config();
  const auto given = hosts({"h"});
  EarlyJudge judge(config, given, 1);
  judge.update(0, GetParam().tally);
  EXPECT_EQ(judge.settled(), GetParam().settled);
}

constexpr Nanoseconds kMs = std::chrono::milliseconds(1);

INSTANTIATE_TEST_SUITE_P(
    DefaultsFiveProbes, OneHost,
    testing::Values(Row{"Nothing", tally(5, 0, 0, 0), false},
                    Row{"FourAnsweredTheLastMayBeSlow", tally(0, 1, 4, 0, 4 * kMs), false},
                    Row{"AllAnswered", tally(0, 0, 5, 0, 5 * kMs), true},
                    Row{"OneLost", tally(3, 1, 0, 1), false},
                    Row{"FourLostIsCriticalButMayYetBeUp", tally(0, 1, 0, 4), false},
                    Row{"FiveLost", tally(0, 0, 0, 5), true},
                    Row{"ThreeLost", tally(0, 2, 0, 3), false},
                    Row{"SlowEnoughForGood", tally(0, 1, 4, 0, 3000 * kMs), true},
                    Row{"NothingSentAndNothingOpen", tally(0, 0, 0, 0), true}),
    [](const auto& row) { return row.param.name; });

TEST(Early, JitterIsNotGuessed) {
  CheckConfig config = testing_support::config();
  config.thresholds.jitter = Limits<Nanoseconds>{kMs, 2 * kMs};
  const auto given = hosts({"h"});
  EarlyJudge judge(config, given, 1);
  judge.update(0, tally(0, 0, 5, 0, 5 * kMs));
  EXPECT_FALSE(judge.settled()) << "the tally does not hold the jitter";
  judge.update(0, tally(0, 0, 1, 4, kMs));
  EXPECT_TRUE(judge.settled()) << "already CRITICAL by loss";
}

TEST(Early, OneOfSeveralHostsDoesNotHoldUpTheAnswerForItsRecord) {
  const CheckConfig config = testing_support::config();
  const auto given = hosts({"a", "b"});
  EarlyJudge judge(config, given, 2);
  judge.update(0, tally(0, 0, 0, 5));
  EXPECT_TRUE(judge.settled()) << "CRITICAL whatever b does";
}

TEST(Early, CheckHostIsSettledByTheFirstReplyOfAnyAddress) {
  CheckConfig config = testing_support::config();
  config.dialect = Dialect::check_host;
  const std::vector<HostTargets> dual = {{"dual", std::vector<TargetIndex>{0, 1}}};
  EarlyJudge judge(config, dual, 2);
  judge.update(0, tally(0, 0, 0, 5));
  EXPECT_FALSE(judge.settled());
  judge.update(1, tally(4, 0, 1, 0, 3000 * kMs));
  EXPECT_TRUE(judge.settled());
}

// A run of made-up probes: each has its fate and its instant, and events come in order of instants.
struct MadeProbe {
  TargetIndex target = 0;
  std::size_t index = 0;
  bool answered = false;
  Nanoseconds round_trip{0};
  std::int64_t ends_at = 0;
};

class Play {
 public:
  Play(unsigned seed, const CheckConfig& config) : config_(config), random_(seed) {
    const std::size_t count = 1 + random_() % 4;
    for (TargetIndex i = 0; i < count; ++i) {
      results_.targets.push_back(
          testing_support::target("192.0.2." + std::to_string(i + 1), std::string()));
      hosts_.push_back({"h" + std::to_string(i), std::vector<TargetIndex>{i}});
      tallies_.push_back(tally(0, static_cast<std::uint32_t>(config.probes), 0, 0));
      make_probes(i);
    }
    if (random_() % 3 == 0) {
      hosts_.push_back({"gone", base::invalid_input("gone", "no such name")});
    }
    std::sort(probes_.begin(), probes_.end(),
              [](const MadeProbe& a, const MadeProbe& b) { return a.ends_at < b.ends_at; });
  }

  std::size_t host_count() const { return hosts_.size(); }
  bool settled_before_the_end() const { return settled_before_the_end_; }

  // The full answer, and the answer as it was when the judge first said it was settled.
  std::pair<Severity, std::optional<Severity>> run(const CheckConfig& config) {
    EarlyJudge judge(config, hosts_, results_.targets.size());
    std::optional<Severity> early;
    ProbeResults so_far = results_;
    for (auto& target : so_far.targets) {
      for (auto& probe : target.probes) {
        probe.fate = probe::ProbeFate::abandoned;
      }
    }
    for (std::size_t i = 0; i < probes_.size(); ++i) {
      const MadeProbe& made = probes_[i];
      so_far.targets[made.target].probes[made.index] =
          results_.targets[made.target].probes[made.index];
      probe::TargetTally& one = tallies_[made.target];
      --one.outstanding;
      ++(made.answered ? one.answered : one.lost);
      one.round_trip_sum += made.answered ? made.round_trip : Nanoseconds(0);
      judge.update(made.target, one);
      if (judge.settled()) {
        settled_before_the_end_ = i + 1 < probes_.size();
        early = evaluate(config, so_far, hosts_).severity;
        break;
      }
    }
    return {evaluate(config, results_, hosts_).severity, early};
  }

 private:
  void make_probes(TargetIndex target) {
    const bool dead = random_() % 4 == 0;
    const bool quick = random_() % 3 == 0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(config_.probes); ++i) {
      MadeProbe made{target, i, !dead && random_() % 4 != 0, {}, 0};
      made.round_trip = std::chrono::microseconds(random_() % (quick ? 1000U : 999999U));
      const std::int64_t sent = static_cast<std::int64_t>(i) * 80000000;
      made.ends_at = sent + (made.answered ? made.round_trip.count() : 1000000000);
      probe::ProbeRecord record;
      record.fate = made.answered ? probe::ProbeFate::answered : probe::ProbeFate::lost;
      record.round_trip = made.answered ? made.round_trip : Nanoseconds(0);
      record.arrival = static_cast<std::uint32_t>(i + 1);
      results_.targets[target].probes.resize(i + 1);
      results_.targets[target].probes[i] = record;
      probes_.push_back(made);
    }
  }

  const CheckConfig& config_;
  std::mt19937 random_;
  ProbeResults results_;
  std::vector<HostTargets> hosts_;
  std::vector<probe::TargetTally> tallies_;
  std::vector<MadeProbe> probes_;
  bool settled_before_the_end_ = false;
};

CheckConfig random_config(unsigned seed) {
  std::mt19937 random(seed * 7919U + 1U);
  CheckConfig made = config();
  made.probes = 1 + static_cast<int>(random() % 8);
  const auto loss = static_cast<double>(random() % 100);
  made.thresholds.loss =
      Limits<double>{loss, std::min(100.0, loss + static_cast<double>(random() % 40))};
  const Nanoseconds rta = std::chrono::milliseconds(random() % 700);
  made.thresholds.rta = Limits<Nanoseconds>{rta, rta + std::chrono::milliseconds(random() % 300)};
  made.thresholds.loss_above = random() % 4 == 0;
  made.thresholds.order = random() % 8 == 0;
  return made;
}

TEST(Early, GivesTheSameCodeAsTheFullRun) {
  constexpr unsigned kRuns = 20000;
  unsigned early_runs = 0;
  for (unsigned seed = 0; seed < kRuns; ++seed) {
    CheckConfig config = random_config(seed);
    Play play(seed, config);
    if (seed % 3 == 0) {
      config.min_hosts_alive = static_cast<std::uint32_t>(seed % (play.host_count() + 1));
    }
    const auto [full, early] = play.run(config);
    early_runs += play.settled_before_the_end() ? 1U : 0U;
    if (early) {
      ASSERT_EQ(full, *early) << "seed " << seed;
    } else {
      ASSERT_TRUE(config.thresholds.order) << "all probes ended and nothing settled, seed " << seed;
    }
  }
  EXPECT_GT(early_runs, kRuns / 10) << "the shortcut must be taken often enough to be tested";
}

}  // namespace
}  // namespace pingtrail::check
