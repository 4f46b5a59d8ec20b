// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/text/perfdata.h"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <clocale>
#include <string>

namespace pingtrail::text {
namespace {

std::string shortest(double value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

// One line for what is stored: "label=value[unit]", "{warn;crit;min;max}" when any is there, " | "
// between metrics, then "!position: reason" for each bad item and "[command]".
std::string stored(std::string_view input) {
  const Perfdata perfdata = parse_perfdata(input);
  std::string out;
  for (const Metric& metric : perfdata.metrics) {
    if (!out.empty()) out += " | ";
    out += metric.label + "=" + (metric.value ? shortest(*metric.value) : "U");
    if (!metric.unit.empty()) out += "[" + metric.unit + "]";
    const std::string limits =
        metric.warn + ";" + metric.crit + ";" + metric.min + ";" + metric.max;
    if (limits != ";;;") out += "{" + limits + "}";
  }
  for (const BadItem& bad : perfdata.bad) {
    out += " !" + std::to_string(bad.position) + ": " + std::string(fault_text(bad.fault));
  }
  if (!perfdata.command.empty()) out += " [" + perfdata.command + "]";
  return out;
}

struct Row {
  const char* name;
  const char* input;
  const char* want;
};

class PerfdataTable : public testing::TestWithParam<Row> {};

TEST_P(PerfdataTable, stores) { EXPECT_EQ(stored(GetParam().input), GetParam().want); }

constexpr Row kWellFormed[] = {
    {"integer", "a=5", "a=5"},
    {"zero", "a=0", "a=0"},
    {"negative", "a=-5", "a=-5"},
    {"decimal", "a=0.833", "a=0.833"},
    {"negative_decimal", "a=-0.5", "a=-0.5"},
    {"unit_ms", "rta=0.009ms", "rta=0.009[ms]"},
    {"unit_percent", "pl=20%", "pl=20[%]"},
    {"unit_seconds", "time=1.5s", "time=1.5[s]"},
    {"unit_bytes", "used=12B", "used=12[B]"},
    {"unit_counter", "octets=4711c", "octets=4711[c]"},
    {"all_fields", "a=1;2;3;4;5", "a=1{2;3;4;5}"},
    {"warn_only", "a=1;2", "a=1{2;;;}"},
    {"crit_only", "a=1;;3", "a=1{;3;;}"},
    {"max_only", "a=1;;;;5", "a=1{;;;5}"},
    {"trailing_semicolons", "rtmax=1.2ms;;;;", "rtmax=1.2[ms]"},
    {"check_icmp", "rta=0.009ms;100.000;500.000;0; pl=0%;20;60;;",
     "rta=0.009[ms]{100.000;500.000;0;} | pl=0[%]{20;60;;}"},
    {"ranges_kept_as_written", "a=1;@5:10;~:20", "a=1{@5:10;~:20;;}"},
    {"more_than_four_fields", "a=1;2;3;4;5;6;7", "a=1{2;3;4;5}"},
    {"several_blanks", "a=1   b=2", "a=1 | b=2"},
    {"leading_and_trailing_blanks", "  a=1  ", "a=1"},
    {"tab_between", "a=1\tb=2", "a=1 | b=2"},
    {"newline_between", "a=1\nb=2\r\n", "a=1 | b=2"},
    {"empty", "", ""},
    {"blanks_only", "   ", ""},
    {"unknown", "a=U", "a=U"},
    {"unknown_with_limits", "a=U;1;2", "a=U{1;2;;}"},
    {"same_label_twice", "a=1 a=2", "a=1 | a=2"},
    {"path_as_label", "/var/log=5MB;;;0;100", "/var/log=5[MB]{;;0;100}"},
    {"backslash_label", "C:\\=5GB", "C:\\=5[GB]"},
    {"colons_in_label", "host::check_x::rta=5", "host::check_x::rta=5"},
    {"command_at_end", "a=1 b=2 [check_multi]", "a=1 | b=2 [check_multi]"},
    {"command_alone", "[check_multi]", " [check_multi]"},
};
INSTANTIATE_TEST_SUITE_P(well_formed, PerfdataTable, testing::ValuesIn(kWellFormed),
                         [](const auto& row) { return row.param.name; });

constexpr Row kLabels[] = {
    {"quoted", "'a b'=5", "a b=5"},
    {"quoted_without_need", "'a'=5", "a=5"},
    {"quoted_with_equal_sign", "'a=b'=5", "a=b=5"},
    {"quoted_with_quote", "'it''s'=5", "it's=5"},
    {"quoted_quote_only", "''''=5", "'=5"},
    {"quoted_ends_with_quote", "'a'''=5", "a'=5"},
    {"quoted_with_semicolon", "'a;b'=5;1", "a;b=5{1;;;}"},
    {"quoted_with_tab", "'a\tb'=5", "a\tb=5"},
    {"rewritten_by_icinga", "it''s=5", "it's=5"},
    {"single_quote_inside", "it's=5", "it's=5"},
    {"quoted_then_plain", "'a b'=5 c=6", "a b=5 | c=6"},
    {"utf8", "température=21.5°C", "température=21.5[°C]"},
    {"brackets", "eth[0]=5", "eth[0]=5"},
    {"numeric_label", "5=5", "5=5"},
};
INSTANTIATE_TEST_SUITE_P(labels, PerfdataTable, testing::ValuesIn(kLabels),
                         [](const auto& row) { return row.param.name; });

constexpr Row kNumbers[] = {
    {"scientific", "a=1.5e-05s;1;2", "a=1.5e-05[s]{1;2;;}"},
    {"scientific_upper", "a=1E3", "a=1000"},
    {"scientific_plus", "a=2e+2B", "a=200[B]"},
    {"plus_sign", "a=+5", "a=5"},
    {"plus_decimal", "a=+5.25ms", "a=5.25[ms]"},
    {"no_leading_digit", "a=.5", "a=0.5"},
    {"negative_no_leading_digit", "a=-.5", "a=-0.5"},
    {"no_trailing_digit", "a=5.", "a=5"},
    {"comma_decimal", "a=1,5", "a=1.5"},
    {"comma_decimal_unit", "a=-0,25ms", "a=-0.25[ms]"},
    {"leading_zero", "a=010", "a=10"},
    {"seventeen_digits", "a=0.30000000000000004", "a=0.30000000000000004"},
    {"large_counter", "a=18446744073709551615c", "a=18446744073709551616[c]"},
    {"unit_beginning_with_e", "a=5eur", "a=5[eur]"},
    {"unit_capital_e", "a=5E", "a=5[E]"},
    {"unit_degree", "a=5°C", "a=5[°C]"},
    {"unit_micro", "a=5µs", "a=5[µs]"},
    {"unit_slash", "a=5MB/s", "a=5[MB/s]"},
    {"unit_parens", "a=5(x)", "a=5[(x)]"},
    {"unit_behind_blank", "temp=5 ms hum=3", "temp=5[ms] | hum=3"},
    {"unit_behind_blank_with_limits", "temp=5 °C;10;20 hum=3", "temp=5[°C]{10;20;;} | hum=3"},
    {"infinite", "a=inf", "a=U"},
    {"infinite_upper", "a=INF;1", "a=U{1;;;}"},
    {"infinite_negative", "a=-inf", "a=U"},
    {"infinity", "a=Infinity", "a=U"},
    {"infinite_with_unit", "a=infms", "a=U[ms]"},
    {"nan", "a=nan", "a=U"},
    {"nan_negative", "a=-nan", "a=U"},
    {"nan_mixed", "a=NaN%", "a=U[%]"},
    {"unknown_lower", "a=u", "a=U"},
};
INSTANTIATE_TEST_SUITE_P(numbers, PerfdataTable, testing::ValuesIn(kNumbers),
                         [](const auto& row) { return row.param.name; });

constexpr Row kBad[] = {
    {"empty_quoted_label", "''=5", "=U !1: no label"},
    {"empty_label", "=5", "=U !1: no label"},
    {"empty_label_among_others", "a=1 =5 b=2", "a=1 | =U | b=2 !2: no label"},
    {"hexadecimal", "a=0x10 b=2", "a=U | b=2 !1: its value is not a number"},
    {"thousands", "a=1,234.5 b=2", "a=U | b=2 !1: its value is not a number"},
    {"thousands_european", "a=1.234,5", "a=U !1: its value is not a number"},
    {"two_points", "a=1.2.3", "a=U !1: its value is not a number"},
    {"two_signs", "a=--5", "a=U !1: its value is not a number"},
    {"trailing_comma", "a=5,", "a=U !1: its value is not a number"},
    {"trailing_minus", "a=5-", "a=U !1: its value is not a number"},
    {"sign_alone", "a=-", "a=U !1: its value is not a number"},
    {"point_alone", "a=.", "a=U !1: its value is not a number"},
    {"text", "a=up", "a=U !1: its value is not a number"},
    {"text_like_inf", "a=info", "a=U !1: its value is not a number"},
    {"time_of_day", "a=10:30", "a=U !1: its value is not a number"},
    {"unit_with_digit", "a=5m2", "a=U !1: its value is not a number"},
    {"value_with_equal_sign", "a=5=6", "a=U !1: its value is not a number"},
    {"quoted_value", "a='5'", "a=U !1: its value is not a number"},
    {"double_quoted_value", "a=\"5\"", "a=U !1: its value is not a number"},
    {"too_large", "a=1e400", "a=U !1: its value does not fit"},
    {"no_value", "a=", "a=U !1: no value"},
    {"no_value_limits_kept", "a=;1;2 b=3", "a=U{1;2;;} | b=3 !1: no value"},
    {"word", "a=1 12:30 b=2", "a=1 | =U | b=2 !2: no '=' in it"},
    {"word_first", "OK a=1", "=U | a=1 !1: no '=' in it"},
    {"quote_never_closed", "'abc=5 b=3",
     "=U | b=3 !1: the quote of its label does not end before '='"},
    {"quote_closed_by_the_next", "'abc=5 'd e'=6",
     "=U | d e=6 !1: the quote of its label does not end before '='"},
    {"text_behind_quote", "'a'b=5 c=6",
     "=U | c=6 !1: the quote of its label does not end before '='"},
    {"lone_quote", "' a=1", "=U | a=1 !1: the quote of its label does not end before '='"},
    {"quoted_blank_before_equal_sign", "'a' =5",
     "=U | =U !1: the quote of its label does not end before '=' !2: no label"},
    {"two_bad", "a=x b=y", "a=U | b=U !1: its value is not a number !2: its value is not a number"},
    {"control_byte_in_unit", "a=5\x01s", "a=U !1: its value is not a number"},
    {"command_not_last", "[check_x] a=1", "=U | a=1 !1: no '=' in it"},
};
INSTANTIATE_TEST_SUITE_P(bad, PerfdataTable, testing::ValuesIn(kBad),
                         [](const auto& row) { return row.param.name; });

TEST(parse_perfdata, keeps_a_line_of_13_kilobytes_whole) {
  std::string line;
  for (int i = 0; i < 800; ++i)
    line += "label_" + std::to_string(i) + "=" + std::to_string(i) + "B;;;; ";
  ASSERT_GT(line.size(), 13000U);
  const Perfdata perfdata = parse_perfdata(line);
  ASSERT_EQ(perfdata.metrics.size(), 800U);
  EXPECT_EQ(perfdata.metrics.back(), (Metric{"label_799", 799.0, "B", "", "", "", ""}));
  EXPECT_TRUE(perfdata.bad.empty());
}

TEST(parse_perfdata, reads_decimal_points_in_a_locale_with_commas) {
  // With no such locale installed this sets none, and the test still holds for the C locale.
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  EXPECT_EQ(stored("a=1.5"), "a=1.5");
  EXPECT_EQ(stored("a=1,5"), "a=1.5");
  std::setlocale(LC_ALL, "C");
}

TEST(item_reader, gives_the_digits_as_they_were_written) {
  ItemReader reader("octets=18446744073709551615c b=U");
  Item item;
  ASSERT_TRUE(reader.next(item));
  EXPECT_EQ(item.number, "18446744073709551615");
  ASSERT_TRUE(reader.next(item));
  EXPECT_EQ(item.number, "");
  EXPECT_FALSE(reader.next(item));
}

class FormatTable : public testing::TestWithParam<Row> {};

TEST_P(FormatTable, parses_and_formats_to) {
  EXPECT_EQ(format_perfdata(parse_perfdata(GetParam().input).metrics), GetParam().want);
}

constexpr Row kFormats[] = {
    {"plain", "a=5", "a=5"},
    {"fields", "a=1ms;2;3;4;5", "a=1ms;2;3;4;5"},
    {"drops_trailing_semicolons", "a=1;;;;", "a=1"},
    {"keeps_inner_gaps", "a=1;;3", "a=1;;3"},
    {"quotes_blank", "'a b'=1", "'a b'=1"},
    {"quotes_equal_sign", "'a=b'=1", "'a=b'=1"},
    {"doubles_quote", "it's=1", "'it''s'=1"},
    {"unquotes_without_need", "'a'=1", "a=1"},
    {"unknown", "a=inf", "a=U"},
    {"no_exponent_small", "a=1.5e-05s", "a=0.000015s"},
    {"no_exponent_large", "a=1e20", "a=100000000000000000000"},
    {"several", "a=1  b=2", "a=1 b=2"},
    {"empty", "", ""},
};
INSTANTIATE_TEST_SUITE_P(format_perfdata, FormatTable, testing::ValuesIn(kFormats),
                         [](const auto& row) { return row.param.name; });

TEST(format_perfdata, is_read_back_as_what_was_written) {
  const std::vector<Metric> metrics = {{"a b", 0.1, "ms", "1", "~:2", "0", ""},
                                       {"it's", std::nullopt, "", "", "", "", ""},
                                       {"x=y", -1e-9, "%", "", "@1:2", "", "100"}};
  EXPECT_EQ(parse_perfdata(format_perfdata(metrics)).metrics, metrics);
}

}  // namespace
}  // namespace pingtrail::text
