// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/parse.h"

#include <gtest/gtest.h>

#include "perfdata/base/number.h"
#include "plugin/check/text.h"

namespace pingtrail::check {
namespace {

using Words = std::vector<const char*>;

base::Expected<IniText> no_file(const std::string& path) {
  return base::invalid_input(path.empty() ? "nowhere" : path, "no such file");
}

std::string shown(const std::optional<Limits<Nanoseconds>>& limits) {
  if (!limits) {
    return "-";
  }
  const auto side = [](const std::optional<Nanoseconds>& time) {
    return time ? base::format_short(milliseconds(*time), 6) : std::string("none");
  };
  return side(limits->warning) + "/" + side(limits->critical);
}

std::string shown(const std::optional<Limits<double>>& limits) {
  if (!limits) {
    return "-";
  }
  const auto side = [](const std::optional<double>& value) {
    return value ? base::format_short(*value, 3) : std::string("none");
  };
  return side(limits->warning) + "/" + side(limits->critical);
}

// What a command line means in one line: hosts, numbers, limits, flags.
std::string meaning(const Words& words, const IniReader& read_ini = no_file) {
  const auto parsed = parse_command_line(words, read_ini);
  if (!parsed) {
    return parsed.error().message;
  }
  const auto* config = std::get_if<CheckConfig>(&*parsed);
  if (config == nullptr) {
    return "help";
  }
  std::string text;
  for (const std::string& host : config->hosts) {
    text += host + " ";
  }
  text += "n" + std::to_string(config->probes) + " i" + fixed_ms(config->packet_interval) +
          " rta " + shown(config->thresholds.rta) + " loss " + shown(config->thresholds.loss);
  text += config->early ? " early" : "";
  text += config->all_addresses ? " all" : "";
  text += config->only_family ? (*config->only_family == probe::Family::ipv4 ? " v4" : " v6") : "";
  return text;
}

struct Row {
  const char* name;
  Words words;
  const char* want;
};

std::string row_name(const testing::TestParamInfo<Row>& row) { return row.param.name; }

class Meaning : public testing::TestWithParam<Row> {};

TEST_P(Meaning, IsAsDocumented) { EXPECT_EQ(meaning(GetParam().words), GetParam().want); }

INSTANTIATE_TEST_SUITE_P(
    Native, Meaning,
    testing::Values(
        Row{"Defaults", {"check_pingtrail", "a"}, "a n5 i80.000 rta 200/500 loss 40/80"},
        Row{"PathBeforeTheName",
            {"/x/check_pingtrail", "a"},
            "a n5 i80.000 rta 200/500 loss 40/80"},
        Row{"UnknownNameIsNative", {"ping", "a"}, "a n5 i80.000 rta 200/500 loss 40/80"},
        Row{"HostsAddUp",
            {"c", "-H", "a", "b", "--host=c"},
            "a b c n5 i80.000 rta 200/500 loss 40/80"},
        Row{"LastValueWins", {"c", "-n3", "-p", "7", "a"}, "a n7 i80.000 rta 200/500 loss 40/80"},
        Row{"LossKeepsItsDefault", {"c", "-w", "1.5", "a"}, "a n5 i80.000 rta 1.5/500 loss 40/80"},
        Row{"Units", {"c", "-w50us,1%", "-c1s,2%", "a"}, "a n5 i80.000 rta 0.05/1000 loss 1/2"},
        Row{"ModeAloneDropsThePair", {"c", "-J1,2", "a"}, "a n5 i80.000 rta - loss -"},
        Row{"RtaMode", {"c", "-R", "1,2", "a"}, "a n5 i80.000 rta 1/2 loss -"},
        Row{"LossMode", {"c", "-P10%,20%", "a"}, "a n5 i80.000 rta - loss 10/20"},
        Row{"PairAndModeAreBothJudged",
            {"c", "-J1,2", "-w", "100,5%", "a"},
            "a n5 i80.000 rta 100/500 loss 5/80"},
        Row{"Version", {"c", "-V"}, "help"},
        Row{"HelpBeatsErrorsInValues", {"c", "-n0", "-h"}, "help"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    IcmpFamily, Meaning,
    testing::Values(
        Row{"ItlIcmp",
            {"check_icmp", "-H", "192.0.2.7", "-w", "100,5%", "-c", "200,15%", "-s",
             "192.0.2.1",  "-n", "5",         "-i", "80",     "-I", "0",       "-m",
             "1",          "-b", "68",        "-t", "10",     "-l", "64"},
            "192.0.2.7 n5 i80.000 rta 100/200 loss 5/15"},
        Row{"ItlSeveralAddresses",
            {"check_icmp", "-H", "a", "b", "-w", "100,5%", "-c", "200,15%"},
            "a b n5 i80.000 rta 100/200 loss 5/15"},
        Row{"LongNamesOf3",
            {"check_icmp", "--Host=a", "--ipv4-only", "--number-of-packets=3", "--warning=1,1%"},
            "a n3 i80.000 rta 1/500 loss 1/80 v4"},
        Row{"ModesOf3DropThePair",
            {"check_icmp", "-w1,1%", "-c2,2%", "-M3.5,3.0", "a"},
            "a n5 i80.000 rta - loss -"},
        Row{"CheckHost", {"check_host", "a"}, "a n5 i80.000 rta 1000/1000 loss 100/100 early all"},
        Row{"CheckRtaMulti", {"check_rta_multi", "a"}, "a n5 i80.000 rta 200/500 loss 40/80 all"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Ping, Meaning,
    testing::Values(
        Row{"ItlPing4",
            {"check_ping", "-4", "-H", "a", "-c", "200,15%", "-w", "100,5%", "-p", "5", "-t", "10"},
            "a n5 i80.000 rta 100/200 loss 5/15 v4"},
        Row{"ItlHostalive",
            {"check_ping", "-H", "a", "-c", "5000.0,100%", "-w", "3000.0,80%"},
            "a n5 i80.000 rta 3000/5000 loss 80/100"},
        Row{"Flags",
            {"check_ping", "-H", "a", "-c1,1%", "-w1,1%", "-L", "-n", "-U"},
            "a n5 i80.000 rta 1/1 loss 1/1"},
        Row{"OldForm",
            {"check_ping", "a", "20", "40%", "100", "200", "2"},
            "a n2 i80.000 rta 100/200 loss 20/40"},
        Row{"OldFormBehindH",
            {"check_ping", "-H", "a", "20", "40", "100", "200"},
            "a n5 i80.000 rta 100/200 loss 20/40"},
        Row{"NoPair", {"check_ping", "-H", "a"}, "check_ping: -w and -c must both be given"},
        Row{"HalfAPair",
            {"check_ping", "-H", "a", "-w", "100", "-c", "1,1%"},
            "-w: '100' is not a pair RTA,PL%"},
        Row{"TwoHosts",
            {"check_ping", "-H", "a", "-H", "b", "-w1,1%", "-c1,1%"},
            "host: 'b' is a second host; one is taken"},
        Row{"OldFormTooShort",
            {"check_ping", "a", "20", "40"},
            "'20': one host only; without options give HOST WPL CPL WRTA CRTA [PACKETS]"},
        Row{"OldFormNonsense",
            {"check_ping", "a", "x", "40", "100", "200"},
            "WRTA and WPL: 'x%' is not a loss from 0% to 100%"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Fping, Meaning,
    testing::Values(
        Row{"ItlFping",
            {"check_fping", "a", "-4", "-w", "100,5%", "-c", "200,15%", "-n", "5", "-i", "500",
             "-b", "56", "-T", "500", "-S", "192.0.2.1", "-I", "eth0"},
            "a n5 i500.000 rta 100/200 loss 5/15 v4"},
        Row{"Defaults", {"check_fping", "-H", "a"}, "a n1 i80.000 rta - loss -"},
        Row{"LossAlone", {"check_fping", "a", "-c", "20%"}, "a n1 i80.000 rta - loss none/20"},
        Row{"IntervalIsBetweenPackets",
            {"check_fping", "a", "--interval=20"},
            "a n1 i20.000 rta - loss -"},
        Row{"Alive", {"check_fping", "a", "-a"}, "a n1 i80.000 rta - loss - early"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Refused, Meaning,
    testing::Values(
        Row{"NoHost", {"c"}, "host: none given (use -H HOST)"},
        Row{"EmptyHost", {"c", ""}, "host: '' is not a name or address"},
        Row{"HostWithNewline", {"c", "a\nb"}, "host: 'a?b' is not a name or address"},
        Row{"WarningAboveCritical",
            {"c", "-w", "600", "a"},
            "rta: warning 600ms is above critical 500ms"},
        Row{"LossAboveCritical",
            {"c", "-w1,90%", "a"},
            "packet loss: warning 90 is above critical 80"},
        Row{"MosBelowCritical", {"c", "-M3,4", "a"}, "MOS: warning 3 is below critical 4"},
        Row{"ScoreBelowCritical", {"c", "-S70,80", "a"}, "score: warning 70 is below critical 80"},
        Row{"BothFamilies", {"c", "-4", "-6", "a"}, "-6: -4 and -6 exclude each other"},
        Row{"OtherFamily",
            {"c", "-6", "127.0.0.1"},
            "-6: '127.0.0.1' is an address of the other family"},
        Row{"OtherFamilyWithScope",
            {"c", "-4", "fe80::1%lo"},
            "-4: 'fe80::1%lo' is an address of the other family"},
        Row{"MoreAliveThanHosts", {"c", "-m3", "a", "b"}, "-m: 3 of 2 hosts cannot be alive"},
        Row{"OneHostTwiceIsNotTwoAlive",
            {"c", "-m2", "a", "-H", "a"},
            "-m: 2 of 1 hosts cannot be alive"},
        Row{"OneHostTwiceIsOneHost",
            {"c", "b", "a", "b", "a"},
            "b a n5 i80.000 rta 200/500 loss 40/80"},
        Row{"NameForSeveral",
            {"c", "--name=x", "a", "b"},
            "--name: one name does not fit several hosts"},
        Row{"DownLimitsTurned",
            {"c", "--down-warning=10m", "--down-critical=5m", "a"},
            "--down-warning: 0 days 00:10:00 is above --down-critical 0 days 00:05:00"},
        Row{"NoProbes", {"c", "-n0", "a"}, "-n: '0' is not a whole number from 1 to 1000"},
        Row{"TooManyProbes",
            {"c", "-n", "1001", "a"},
            "-n: '1001' is not a whole number from 1 to 1000"},
        Row{"TooLarge", {"c", "-b65508", "a"}, "-b: '65508' is not a whole number from 0 to 65507"},
        Row{"TtlZero", {"c", "-l0", "a"}, "-l: '0' is not a whole number from 1 to 255"},
        Row{"PerfdataStyle",
            {"c", "--perfdata=more", "a"},
            "--perfdata: 'more' is not compat or full"},
        Row{"AnyAddressesMayBeMany",
            {"c", "--all-addresses", "-m3", "a"},
            "a n5 i80.000 rta 200/500 loss 40/80 all"}),
    row_name);

IniReader file_with(const std::string& text) {
  return [text](const std::string& path) -> base::Expected<IniText> {
    return IniText{path.empty() ? "found.ini" : path, text};
  };
}

TEST(ExtraOpts, AreOnlyReadWhenAskedFor) {
  int calls = 0;
  const IniReader counting = [&calls](const std::string&) -> base::Expected<IniText> {
    ++calls;
    return IniText{"x", "[check_pingtrail]\n"};
  };
  EXPECT_EQ(meaning({"check_pingtrail", "a"}, counting), "a n5 i80.000 rta 200/500 loss 40/80");
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(meaning({"check_pingtrail", "--extra-opts", "a"}, counting),
            "a n5 i80.000 rta 200/500 loss 40/80");
  EXPECT_EQ(calls, 1);
}

TEST(ExtraOpts, AreBeatenByTheCommandLineWhereverTheyStand) {
  const IniReader file = file_with("[check_icmp]\nn=3\nwarning=1,1%\nhost=b\n[s]\nn=4\n");
  EXPECT_EQ(meaning({"check_icmp", "--extra-opts", "-n", "7", "a"}, file),
            "a n7 i80.000 rta 1/500 loss 1/80");
  EXPECT_EQ(meaning({"check_icmp", "-n7", "--extra-opts"}, file),
            "b n7 i80.000 rta 1/500 loss 1/80");
  EXPECT_EQ(meaning({"check_icmp", "a", "--extra-opts=s@f.ini"}, file),
            "a n4 i80.000 rta 200/500 loss 40/80");
}

TEST(ExtraOpts, AreRefusedByFileAndLine) {
  EXPECT_EQ(meaning({"check_icmp", "--extra-opts=@f.ini", "a"}, file_with("[check_icmp]\n\nn=x\n")),
            "f.ini: line 3: -n: 'x' is not a whole number from 1 to 1000");
  EXPECT_EQ(meaning({"check_icmp", "--extra-opts=@f.ini", "a"}, file_with("[check_icmp]\nfoo=x\n")),
            "f.ini: line 2: --foo: no such option");
  EXPECT_EQ(meaning({"check_icmp", "--extra-opts=@f.ini", "a"},
                    file_with("[check_icmp]\nextra-opts=x\n")),
            "f.ini: line 2: extra-opts: does not belong in an ini file");
  EXPECT_EQ(meaning({"check_icmp", "--extra-opts=@f.ini", "a"}, no_file), "f.ini: no such file");
}

TEST(Help, ShowsEveryOptionOfTheDialectAndNoOther) {
  const auto parsed = parse_command_line(Words{"check_fping", "--help"}, no_file);
  ASSERT_TRUE(parsed);
  const std::string& text = std::get<HelpRequested>(*parsed).text;
  for (const char* there :
       {"-T, --target-timeout=MS", "-I, --sourceif=INTERFACE", "--state-dir=DIR"}) {
    EXPECT_NE(text.find(there), std::string::npos) << there;
  }
  EXPECT_EQ(text.find("--jitter"), std::string::npos);
  EXPECT_EQ(text.find("--interval=S"), std::string::npos) << "hidden by fping's own --interval";
}

TEST(Version, NamesTheProgram) {
  const auto native = parse_command_line(Words{"check_pingtrail", "-V"}, no_file);
  EXPECT_TRUE(std::get<HelpRequested>(*native).text.starts_with("check_pingtrail "));
  const auto icmp = parse_command_line(Words{"/usr/lib/check_icmp", "-V"}, no_file);
  EXPECT_TRUE(std::get<HelpRequested>(*icmp).text.starts_with("check_icmp (pingtrail "));
}

TEST(Plan, WaitsForTheCriticalTimeButOneSecondAtLeast) {
  CheckConfig config;
  EXPECT_EQ(reply_wait(config), std::chrono::seconds(1));
  config.thresholds.rta = Limits<Nanoseconds>{{}, std::chrono::milliseconds(500)};
  EXPECT_EQ(reply_wait(config), std::chrono::seconds(1));
  config.thresholds.rta->critical = std::chrono::seconds(5);
  EXPECT_EQ(reply_wait(config), std::chrono::seconds(5));
  config.reply_timeout = std::chrono::milliseconds(300);
  EXPECT_EQ(reply_wait(config), std::chrono::milliseconds(300));
  config.rate = 1000;
  EXPECT_EQ(probe_plan(config, MonoTime::max()).minimum_gap, std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace pingtrail::check
