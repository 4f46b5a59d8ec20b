// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/site/single_flight.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>
#include <vector>

namespace pingtrail::site {
namespace {

TEST(SingleFlight, MakesAnewForEachWhoComesAlone) {
  SingleFlight<int> flight;
  int made = 0;
  const auto make = [&made] { return std::make_shared<const int>(++made); };
  EXPECT_EQ(*flight.get(make), 1);
  EXPECT_EQ(*flight.get(make), 2);
}

TEST(SingleFlight, WhoComesWhileOneIsMadeGetsALaterOne) {
  SingleFlight<int> flight;
  std::atomic<int> made{0};
  std::atomic<int> asking{0};
  constexpr int kAskers = 20;
  std::latch all_here(1);
  const auto make = [&] {
    const int number = ++made;
    // The first making lasts until everybody else has asked.
    if (number == 1) all_here.wait();
    return std::make_shared<const int>(number);
  };
  std::vector<int> got(kAskers, 0);
  std::vector<std::thread> askers;
  askers.emplace_back([&] { got[0] = *flight.get(make); });
  while (made == 0) std::this_thread::yield();
  for (int i = 1; i < kAskers; ++i) {
    askers.emplace_back([&, i] {
      ++asking;
      got[static_cast<std::size_t>(i)] = *flight.get(make);
    });
  }
  while (asking < kAskers - 1) std::this_thread::yield();
  all_here.count_down();
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(got[0], 1);
  // Those who came while the first was being made got one that began after they had asked; a thread
  // that counted itself and was then held up may have needed one more.
  for (int i = 1; i < kAskers; ++i) EXPECT_GE(got[static_cast<std::size_t>(i)], 2);
}

TEST(SingleFlight, AFailureReachesTheOneWhoMade) {
  SingleFlight<int> flight;
  const auto fail = []() -> std::shared_ptr<const int> { throw std::runtime_error("no"); };
  EXPECT_THROW(flight.get(fail), std::runtime_error);
  EXPECT_EQ(*flight.get([] { return std::make_shared<const int>(7); }), 7);
}

}  // namespace
}  // namespace pingtrail::site
