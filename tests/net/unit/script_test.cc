// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/script.h"

#include <gtest/gtest.h>

#include "tests/net/script_values.h"

namespace pingtrail::fakenet {
namespace {

using namespace std::chrono_literals;

struct BadLine {
  const char* name;
  const char* text;
  const char* want;
};
void PrintTo(const BadLine& row, std::ostream* out) { *out << row.name; }

class Refused : public testing::TestWithParam<BadLine> {};

TEST_P(Refused, NamesFileLineAndWord) {
  const auto script = parse_script(GetParam().text, "x.net");
  ASSERT_FALSE(script.has_value());
  EXPECT_EQ(script.error().message, GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Script, Refused,
    testing::Values(
        BadLine{"address", "198.18.0.999 dead",
                "x.net: line 1: '198.18.0.999' is no address, prefix or range"},
        BadLine{"prefix", "198.18.0.0/33 dead",
                "x.net: line 1: '198.18.0.0/33' is no address, prefix or range"},
        BadLine{"backwards", "198.18.0.9-198.18.0.3",
                "x.net: line 1: '198.18.0.9-198.18.0.3' is no address, prefix or range"},
        BadLine{"mixed_range", "198.18.0.9-2001:db8::1",
                "x.net: line 1: '198.18.0.9-2001:db8::1' is no address, prefix or range"},
        BadLine{"third_line", "# one\n\n198.18.0.9 sleepy", "x.net: line 3: unknown word 'sleepy'"},
        BadLine{"no_unit", "198.18.0.9 delay=50", "x.net: line 1: delay: '50' is not understood"},
        BadLine{"negative", "198.18.0.9 delay=-5ms",
                "x.net: line 1: delay: '-5ms' is not understood"},
        BadLine{"no_percent", "198.18.0.9 loss=20", "x.net: line 1: loss: '20' is not understood"},
        BadLine{"over_100", "198.18.0.9 loss=101%",
                "x.net: line 1: loss: '101%' is not understood"},
        BadLine{"probe_0", "198.18.0.9 lose=0", "x.net: line 1: lose: '0' is not understood"},
        BadLine{"empty_list", "198.18.0.9 lose=", "x.net: line 1: lose: '' is not understood"},
        BadLine{"one_copy", "198.18.0.9 dup=1", "x.net: line 1: dup: '1' is not understood"},
        BadLine{"no_such_answer", "198.18.0.9 answer=maybe",
                "x.net: line 1: answer: 'maybe' is not understood"},
        BadLine{"truncated_to_what", "198.18.0.9 answer=truncated",
                "x.net: line 1: answer: 'truncated' is not understood"},
        BadLine{"needless_argument", "198.18.0.9 answer=reply:5",
                "x.net: line 1: answer: 'reply:5' is not understood"},
        BadLine{"bad_delay", "198.18.0.9 also=reply~soon",
                "x.net: line 1: also: 'reply~soon' is not understood"},
        BadLine{"bad_probes", "198.18.0.9 also=reply@x",
                "x.net: line 1: also: 'reply@x' is not understood"},
        BadLine{"empty_window", "198.18.0.9 down=2s..2s",
                "x.net: line 1: down: '2s..2s' is not understood"},
        BadLine{"hops_0", "198.18.0.9 hops=0", "x.net: line 1: hops: '0' is not understood"},
        BadLine{"quote", "198.18.0.9 quote=9", "x.net: line 1: quote: '9' is not understood"},
        BadLine{"forge", "198.18.0.9 forge=colour",
                "x.net: line 1: forge: 'colour' is not understood"},
        BadLine{"router", "198.18.0.9 router=gw", "x.net: line 1: router: 'gw' is not understood"},
        BadLine{"device_mtu", "device mtu=576", "x.net: line 1: mtu: '576' is not in 1280..65535"},
        BadLine{"device_address", "device address=198.18.0.1",
                "x.net: line 1: address: '198.18.0.1' is not ADDRESS/PREFIX"},
        BadLine{"device_word", "device colour=red", "x.net: line 1: unknown word 'colour'"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Script, ReadsEveryWord) {
  const auto script = parse_script(
      "198.18.0.0/24,2001:db8::5-2001:db8::9\tdelay=1.5ms delays=3s,20us jitter=normal:7ns "
      "slow=80ms:25% loss=12.5% lose=2,4..6,9.. dup=3@2 down=2s..5s,8s.. every=10s hops=4 mtu=1400 "
      "router=198.18.0.1,2001:db8::1 quote=8 forge=id dead  # and so on\n",
      "x.net");
  ASSERT_TRUE(script.has_value());
  ASSERT_EQ(script->hosts.size(), 1U);
  const HostRule& host = script->hosts[0];
  EXPECT_EQ(host.addresses[0], *parse_range("198.18.0.0-198.18.0.255"));
  EXPECT_EQ(host.addresses[1], *parse_range("2001:db8::5-2001:db8::9"));
  EXPECT_EQ(host.delay, 1500us);
  EXPECT_EQ(host.delays, (std::vector<Nanoseconds>{3s, 20us}));
  EXPECT_EQ(host.jitter, 7ns);
  EXPECT_EQ(host.spread, Spread::normal);
  EXPECT_EQ(host.slow_delay, 80ms);
  EXPECT_EQ(host.slow_chance, 0.25);
  EXPECT_EQ(host.loss_chance, 0.125);
  EXPECT_EQ(host.lose, *parse_selector("2,4..6,9.."));
  EXPECT_EQ(host.copies, 3U);
  EXPECT_EQ(host.copied, parse_selector("2"));
  ASSERT_EQ(host.down.size(), 2U);
  EXPECT_EQ(host.down[0].to, 5s);
  EXPECT_EQ(host.down[1].to, Nanoseconds::max());
  EXPECT_EQ(host.period, 10s);
  EXPECT_EQ(host.hops, 4);
  EXPECT_EQ(host.mtu, 1400U);
  EXPECT_EQ(host.router4, parse_address("198.18.0.1"));
  EXPECT_EQ(host.router6, parse_address("2001:db8::1"));
  EXPECT_FALSE(host.quote_all);
  EXPECT_EQ(host.forgery, Forgery::id);
  EXPECT_TRUE(host.dead);
}

TEST(Script, SelectorsCountFromOneAndMayBeOpen) {
  const Selector selector = *parse_selector("2,4..6,9..");
  std::string chosen;
  for (std::uint32_t number = 1; number <= 11; ++number) {
    chosen += selector.contains(number) ? 'x' : '.';
  }
  EXPECT_EQ(chosen, ".x.xxx..xxx");
}

TEST(Script, AnswersCarryArgumentDelayAndProbes) {
  const auto answer = parse_answer("foreign:2001:db8::7~5ms@2..");
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->kind, AnswerKind::foreign);
  EXPECT_EQ(answer->from, parse_address("2001:db8::7"));
  EXPECT_EQ(answer->delay, 5ms);
  EXPECT_EQ(answer->probes, parse_selector("2.."));
  EXPECT_EQ(parse_answer("too-big:1300")->number, 1300);
}

TEST(Script, DefaultAddressesGiveWayToTheScriptsOwn) {
  EXPECT_EQ(parse_script("", "x")->device.addresses,
            (std::vector<std::string>{"198.18.0.1/15", "2001:db8::1/32"}));
  const auto own =
      parse_script("device address=198.19.9.9/24 unreachable=198.18.7.0/24 mtu=9000", "x");
  EXPECT_EQ(own->device.addresses, (std::vector<std::string>{"198.19.9.9/24"}));
  EXPECT_EQ(own->device.unreachable, (std::vector<std::string>{"198.18.7.0/24"}));
  EXPECT_EQ(own->device.mtu, 9000U);
  EXPECT_EQ(own->device.routes.size(), 0U);
}

}  // namespace
}  // namespace pingtrail::fakenet
