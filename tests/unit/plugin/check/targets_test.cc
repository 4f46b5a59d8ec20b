// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/targets.h"

#include <gtest/gtest.h>

#include "plugin/check/early.h"

namespace pingtrail::check {
namespace {

probe::Address address(const char* text) { return *probe::parse_address(text); }

Resolution pending(const std::string& host) {
  return base::Error{base::ErrorKind::would_block, host + ": name not resolved in time"};
}

base::Expected<base::Done> anything(probe::Family /*family*/) { return base::ok(); }

CheckConfig config_for(std::vector<std::string> hosts) {
  CheckConfig config;
  config.hosts = std::move(hosts);
  return config;
}

TEST(ChooseTargets, ProbesAnAddressOnceHoweverManyHostsShareIt) {
  const CheckConfig config = config_for({"a", "b", "c"});
  const std::vector<Resolution> resolutions = {std::vector{address("192.0.2.1")},
                                               std::vector{address("192.0.2.2")},
                                               std::vector{address("192.0.2.1")}};
  const Targets targets = choose_targets(config, resolutions, anything);
  EXPECT_EQ(targets.addresses.size(), 2U);
  EXPECT_EQ(*targets.hosts[2].targets, std::vector<probe::TargetIndex>{0});
}

TEST(ChooseTargets, TakesTheFirstAddressThatCanBeSentToUnlessAllAreWanted) {
  CheckConfig config = config_for({"dual"});
  const std::vector<Resolution> resolutions = {
      std::vector{address("2001:db8::1"), address("192.0.2.1"), address("192.0.2.2")}};
  const auto only_ipv4 = [](probe::Family family) -> base::Expected<base::Done> {
    if (family == probe::Family::ipv4) return base::ok();
    return base::Error{base::ErrorKind::not_permitted, "ICMPv6 socket: not permitted"};
  };
  EXPECT_EQ(choose_targets(config, resolutions, only_ipv4).addresses,
            std::vector{address("192.0.2.1")});
  config.all_addresses = true;
  EXPECT_EQ(choose_targets(config, resolutions, only_ipv4).addresses.size(), 2U);
}

TEST(ChooseTargets, GivesAHostTheObstacleOfItsFirstAddress) {
  const CheckConfig config = config_for({"a"});
  const std::vector<Resolution> resolutions = {std::vector{address("2001:db8::1")}};
  const Targets targets =
      choose_targets(config, resolutions, [](probe::Family) -> base::Expected<base::Done> {
        return base::Error{base::ErrorKind::not_permitted, "ICMPv6 socket: not permitted"};
      });
  EXPECT_EQ(targets.hosts[0].targets.error().message, "ICMPv6 socket: not permitted");
}

TEST(LateRound, GivesPendingHostsTheirTargetsAndLeavesTheRest) {
  const CheckConfig config = config_for({"slow", "good", "never", "wrong"});
  const Resolution wrong = base::invalid_input("wrong", "name does not resolve");
  Targets first =
      choose_targets(config,
                     std::vector{pending("slow"), Resolution(std::vector{address("192.0.2.1")}),
                                 pending("never"), wrong},
                     anything);
  ProbeResults results;
  results.targets.resize(1);
  const Targets late = choose_targets(
      config,
      std::vector{Resolution(std::vector{address("192.0.2.9")}), wrong, pending("never"), wrong},
      anything);
  ProbeResults late_results;
  late_results.targets.resize(1);
  late_results.targets[0].address = address("192.0.2.9");
  late_results.foreign = 2;
  add_late_round(first, results, late, late_results);
  EXPECT_EQ(*first.hosts[0].targets, std::vector<probe::TargetIndex>{1});
  EXPECT_EQ(*first.hosts[1].targets, std::vector<probe::TargetIndex>{0});
  EXPECT_TRUE(is_pending(first.hosts[2]));
  EXPECT_EQ(first.hosts[3].targets.error().message, "wrong: name does not resolve");
  EXPECT_EQ(first.addresses[1], address("192.0.2.9"));
  EXPECT_EQ(results.targets[1].address, address("192.0.2.9"));
  EXPECT_EQ(results.foreign, 2U);
}

TEST(Early, IsNotSettledByOtherHostsWhileANameMayYetMakeADifference) {
  CheckConfig config = config_for({"slow", "good"});
  const std::vector<HostTargets> hosts = {{"slow", pending("slow").error()},
                                          {"good", std::vector<probe::TargetIndex>{0}}};
  const probe::TargetTally answered{5, 0, 0, 5, 0, 0, std::chrono::milliseconds(5)};
  EarlyJudge all(config, hosts, 1);
  all.update(0, answered);
  EXPECT_FALSE(all.settled());
  config.min_hosts_alive = 1;
  EarlyJudge one(config, hosts, 1);
  one.update(0, answered);
  EXPECT_TRUE(one.settled());
}

}  // namespace
}  // namespace pingtrail::check
