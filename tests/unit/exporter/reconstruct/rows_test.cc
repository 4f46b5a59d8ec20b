// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/reconstruct/rows.h"

#include <gtest/gtest.h>

#include <string>

#include "perfdata/history/outages.h"

namespace pingtrail::reconstruct::test {
namespace {

using history::Observation;
using history::ObservedState;

base::WallTime at(std::int64_t seconds) { return base::WallTime{std::chrono::seconds{seconds}}; }

Stretch stretch(std::int64_t step_s, std::int64_t first_s, std::string_view rows) {
  Stretch out{step_s, first_s, {}};
  for (const char row : rows) {
    if (row == '.') {
      out.loss.emplace_back();
    } else {
      out.loss.emplace_back(row == 'D' ? 100.0 : row == 'p' ? 99.0 : 0.0);
    }
  }
  return out;
}

// "60:U/60 120:D/60": instant, state and interval in seconds.
std::string told(const std::vector<Observation>& observations) {
  std::string out;
  for (const Observation& observation : observations) {
    const auto s = [](base::Milliseconds span) { return std::to_string(span.count() / 1000); };
    const char state = observation.state == ObservedState::up     ? 'U'
                       : observation.state == ObservedState::down ? 'D'
                                                                  : 'I';
    out += (out.empty() ? "" : " ") + s(observation.wall.time_since_epoch()) + ":" + state + "/" +
           s(*observation.interval);
  }
  return out;
}

TEST(Rows, AreObservationsAtTheirFirstPrimaryRow) {
  const std::vector<Stretch> fine{stretch(60, 660, "UDp.U")};
  EXPECT_EQ(told(observations_of(fine, 60)), "660:U/60 720:D/60 780:U/60 840:I/60 900:U/300");
  const std::vector<Stretch> coarse{stretch(1800, 3600, "UDU")};
  EXPECT_EQ(told(observations_of(coarse, 60)), "1860:U/1800 3660:D/1800 5460:U/1800");
}

TEST(Rows, OfTheFinestStretchCountFirst) {
  // The coarse row up to 1200 reaches into the fine ones, which begin at 1080: left out.
  const std::vector<Stretch> both{stretch(60, 1140, "UU"), stretch(300, 600, "DDD")};
  EXPECT_EQ(told(observations_of(both, 60)), "360:D/300 660:D/300 1140:U/60 1200:U/300");
  const std::vector<Stretch> turned{both[1], both[0]};
  EXPECT_EQ(observations_of(turned, 60), observations_of(both, 60));
}

TEST(Rows, BeforeTheFirstWithDataAreTakenFromCoarserOnes) {
  const std::vector<Stretch> both{stretch(60, 960, "....U"), stretch(300, 600, "DDD")};
  EXPECT_EQ(told(observations_of(both, 60)), "360:D/300 660:D/300 1200:U/300");
  EXPECT_EQ(observations_of(std::vector<Stretch>{stretch(60, 60, "...")}, 60),
            std::vector<Observation>{});
  EXPECT_EQ(observations_of({}, 60), std::vector<Observation>{});
}

TEST(Rows, ChangeOfStepNeitherInventsGapsNorPartsOutages) {
  // Down over the change from rows of 6 hours to rows of half an hour and of a minute.
  const std::vector<Stretch> all{stretch(21600, 21600, "UUDDD"),
                                 stretch(1800, 90000 + 5400, "DDDDDDDDDDDDDDDDDDDD"),
                                 stretch(60, 129600 + 60, "DDDUUU")};
  const auto observations = observations_of(all, 60);
  history::HostHistory host = history::replay({"h", ""}, observations);
  host.reconstructed = true;
  ASSERT_EQ(host.parts.size(), 3U);
  const auto outages = history::outages(host, at(129600 + 360));
  ASSERT_EQ(outages.size(), 1U);
  EXPECT_EQ(outages[0].start, at(43260));
  EXPECT_EQ(outages[0].end, at(129600 + 240));
  EXPECT_EQ(outages[0].unknown, base::Milliseconds{0});
  EXPECT_EQ(outages[0].resolution, base::Milliseconds{21'600'000});
  EXPECT_TRUE(outages[0].reconstructed);
}

TEST(Rows, UpperBoundReachesToTheEndOfTheRowThatIsUp) {
  const std::vector<Stretch> coarse{stretch(1800, 1800, "UUDDpU")};
  history::HostHistory host = history::replay({"h", ""}, observations_of(coarse, 60));
  host.reconstructed = true;
  const auto outages = history::outages(host, at(20000));
  ASSERT_EQ(outages.size(), 1U);
  // The rows that are down tell of (3600, 7200]; it may have begun after 1800 and ended by 9000.
  EXPECT_EQ(outages[0].lower_bound, base::Milliseconds{1'800'000});
  EXPECT_EQ(outages[0].down, base::Milliseconds{3'600'000});
  EXPECT_EQ(outages[0].upper_bound, base::Milliseconds{7'200'000});
}

}  // namespace
}  // namespace pingtrail::reconstruct::test
