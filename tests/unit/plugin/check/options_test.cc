// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/options.h"

#include <gtest/gtest.h>

#include <array>

namespace pingtrail::check {
namespace {

constexpr std::array kTable = std::to_array<OptionSpec>({
    {Opt::host, 'H', "host", Takes::value, "", "x"},
    {Opt::host, '\0', "hostname", Takes::value, "", ""},
    {Opt::warning, 'w', "warning", Takes::value, "", "x"},
    {Opt::probes, 'n', "number-of-packets", Takes::value, "", "x"},
    {Opt::probes, 'p', "", Takes::value, "", ""},
    {Opt::name, '\0', "name", Takes::value, "", "x"},
    {Opt::no_history, '\0', "no-history", Takes::nothing, "", "x"},
    {Opt::verbose, 'v', "verbose", Takes::nothing, "", "x"},
    {Opt::ipv4_only, '4', "ipv4-only", Takes::nothing, "", "x"},
    {Opt::extra_opts, '\0', "extra-opts", Takes::optional_value, "", "x"},
});

std::string shown(const std::vector<std::string>& words) {
  const auto given = scan_options(kTable, words);
  if (!given) {
    return given.error().message;
  }
  std::string text;
  for (const GivenOption& option : *given) {
    text += "<" + option.spelling + " " + option.value + ">";
  }
  return text;
}

struct Row {
  const char* name;
  std::vector<std::string> words;
  const char* want;
};

class Syntax : public testing::TestWithParam<Row> {};

TEST_P(Syntax, IsThatOfGetoptLong) { EXPECT_EQ(shown(GetParam().words), GetParam().want); }

INSTANTIATE_TEST_SUITE_P(
    Table, Syntax,
    testing::Values(
        Row{"Nothing", {}, ""}, Row{"Word", {"a"}, "< a>"},
        Row{"ShortWithValue", {"-n", "5"}, "<-n 5>"},
        Row{"StickyValue", {"-w200,40%"}, "<-w 200,40%>"},
        Row{"JoinedFlags", {"-vv4"}, "<-v ><-v ><-4 >"},
        Row{"JoinedFlagsAndValue", {"-vn5"}, "<-v ><-n 5>"},
        Row{"LongWithEquals", {"--warning=1,2%"}, "<--warning 1,2%>"},
        Row{"LongWithNext", {"--warning", "1,2%"}, "<--warning 1,2%>"},
        Row{"Abbreviated", {"--warn", "1"}, "<--warning 1>"},
        Row{"AbbreviationOfTwoSpellings", {"--ho=a"}, "<--host a>"},
        Row{"ExactBeatsLonger", {"--host=a"}, "<--host a>"},
        Row{"AmbiguousAbbreviation", {"--n", "1"}, "--n: may mean --number-of-packets or --name"},
        Row{"WordsBetweenOptions", {"a", "-v", "b", "-n", "1", "c"}, "< a><-v >< b><-n 1>< c>"},
        Row{"TheEndOfOptions", {"-v", "--", "-n", "--warning"}, "<-v >< -n>< --warning>"},
        Row{"OptionalValueThere", {"--extra-opts=s@f", "a"}, "<--extra-opts s@f>< a>"},
        Row{"OptionalValueLeftOut", {"--extra-opts", "a"}, "<--extra-opts >< a>"},
        Row{"NegativeNumberIsAValue", {"-n", "-5"}, "<-n -5>"},
        Row{"EmptyValue", {"-H", ""}, "<-H >"},
        Row{"RepeatsKeepTheirOrder", {"-n1", "-p2", "-n3"}, "<-n 1><-p 2><-n 3>"},
        Row{"UnknownLong", {"--no-such"}, "--no-such: no such option"},
        Row{"UnknownLetter", {"-x"}, "-x: no such option"},
        Row{"UnknownLetterBehindKnown", {"-vx"}, "-vx: no such option"},
        Row{"MissingValueLong", {"--name"}, "--name: needs a value"},
        Row{"MissingValueShort", {"-w"}, "--warning: needs a value"},
        Row{"ValueWhereNoneBelongs", {"--verbose=2"}, "--verbose: takes no value"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace pingtrail::check
