// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/source_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pingtrail::rrd {
namespace {

std::vector<text::Item> items_of(std::string_view perfdata) {
  std::vector<text::Item> items;
  text::ItemReader reader(perfdata);
  for (text::Item item; reader.next(item);) items.push_back(item);
  return items;
}

std::string labels(const SourceTable& table) {
  std::string out;
  for (const Source& source : table.sources()) out += (out.empty() ? "" : ",") + source.label;
  return out;
}

// Places of the items, counted from 1 as the sources are; '-' for none.
std::string places(SourceTable& table, std::string_view perfdata) {
  if (!table.assign(items_of(perfdata))) return "full";
  std::string out;
  for (const auto& place : table.places()) {
    if (!out.empty()) out += ' ';
    out += place ? std::to_string(*place + 1) : "-";
  }
  return out;
}

TEST(source_table, numbers_the_sources_of_a_new_archive_in_order) {
  SourceTable table;
  EXPECT_EQ(places(table, "rta=1 pl=2"), "1 2");
  EXPECT_EQ(labels(table), "rta,pl");
}

TEST(source_table, labels_follow_their_name_when_the_order_changes) {
  SourceTable table;
  places(table, "rta=1 pl=2 rtmax=3");
  EXPECT_EQ(places(table, "pl=2 rtmax=3 rta=1"), "2 3 1");
}

TEST(source_table, a_missing_label_shifts_nobody) {
  SourceTable table;
  places(table, "rta=1 pl=2 rtmax=3");
  EXPECT_EQ(places(table, "pl=2 rtmax=3"), "2 3");
}

TEST(source_table, a_new_label_goes_to_the_end) {
  SourceTable table;
  places(table, "rta=1 pl=2");
  EXPECT_EQ(places(table, "new=0 rta=1 pl=2"), "3 1 2");
  EXPECT_EQ(labels(table), "rta,pl,new");
}

TEST(source_table, a_label_that_comes_twice_has_two_sources) {
  SourceTable table;
  EXPECT_EQ(places(table, "a=1 a=2"), "1 2");
  EXPECT_EQ(places(table, "a=1 a=2"), "1 2");
  EXPECT_EQ(places(table, "a=1"), "1");
}

TEST(source_table, a_bad_item_keeps_its_place_in_a_new_archive) {
  SourceTable table;
  EXPECT_EQ(places(table, "=5 rta=1 12:30 pl=2"), "1 2 3 4");
  EXPECT_EQ(labels(table), "ds1,rta,ds3,pl");
}

TEST(source_table, a_bad_item_makes_no_source_in_an_archive_that_is_there) {
  SourceTable table;
  places(table, "rta=1 pl=2");
  EXPECT_EQ(places(table, "rta=1 12:30 pl=2 =7"), "1 - 2 -");
  EXPECT_EQ(table.size(), 2U);
}

TEST(source_table, quoted_and_escaped_labels_meet_their_plain_form) {
  SourceTable table;
  places(table, "'it''s'=1 'a b'=2");
  EXPECT_EQ(places(table, "it''s=1 'a b'=2"), "1 2");
}

TEST(source_table, labels_that_are_no_utf8_find_themselves_again) {
  SourceTable table;
  places(table,
         "\xB0"
         "C=1");
  EXPECT_EQ(labels(table), "?C");
  EXPECT_EQ(places(table,
                   "\xB0"
                   "C=1"),
            "1");
}

TEST(source_table, refuses_more_sources_than_it_may_have) {
  std::string perfdata;
  for (std::size_t i = 0; i <= SourceTable::kMostSources; ++i)
    perfdata += "l" + std::to_string(i) + "=1 ";
  SourceTable table;
  EXPECT_EQ(places(table, perfdata), "full");
  EXPECT_EQ(table.size(), 0U);
}

TEST(source_table, adopts_sources_nobody_named) {
  SourceTable table;
  table.adopt(items_of("rta=1 =2"), 3);
  EXPECT_EQ(labels(table), "rta,ds2,ds3");
}

TEST(source_table, remembers_what_was_said_last) {
  SourceTable table;
  auto items = items_of("rta=1.50ms;2;3;0;9 pl=5%");
  ASSERT_TRUE(table.assign(items));
  table.remember(items);
  EXPECT_EQ(table.sources()[0], (Source{"rta", "ms", "1.50", "2", "3", "0", "9"}));
  items = items_of("pl=U");
  ASSERT_TRUE(table.assign(items));
  table.remember(items);
  EXPECT_EQ(table.sources()[0].value, "U");
  EXPECT_EQ(table.sources()[1], (Source{"pl", "%", "U", "", "", "", ""}));
}

struct Row {
  const char* name;
  const char* item;
  SourceType type;
  const char* want;
};

class ValueTable : public testing::TestWithParam<Row> {};

TEST_P(ValueTable, becomes) {
  std::string out;
  append_update_value(out, items_of(GetParam().item).at(0), GetParam().type);
  EXPECT_EQ(out, GetParam().want);
}

constexpr Row kValues[] = {
    {"as_written", "a=0.8330ms", SourceType::decimal, "0.8330"},
    {"negative", "a=-5", SourceType::decimal, "-5"},
    {"plus", "a=+5", SourceType::decimal, "5"},
    {"comma", "a=1,5", SourceType::decimal, "1.5"},
    {"no_leading_digit", "a=.5", SourceType::decimal, "0.5"},
    {"exponent", "a=1.5e-05", SourceType::decimal, "1.5e-05"},
    {"long_digits", "a=0.1234567890123456789012345678901234", SourceType::decimal,
     "0.12345678901234568"},
    {"unknown", "a=U", SourceType::decimal, "U"},
    {"infinite", "a=inf", SourceType::decimal, "U"},
    {"bad", "a=0x10", SourceType::decimal, "U"},
    {"counter", "a=18446744073709551615c", SourceType::counter, "18446744073709551615"},
    {"counter_negative", "a=-1c", SourceType::counter, "U"},
    {"derive_negative", "a=-1c", SourceType::derive, "-1"},
    {"derive_decimal", "a=2.6c", SourceType::derive, "3"},
    {"derive_exponent", "a=1e3c", SourceType::derive, "1000"},
    {"derive_beyond", "a=1e30c", SourceType::derive, "U"},
    {"derive_unknown", "a=Uc", SourceType::derive, "U"},
};
INSTANTIATE_TEST_SUITE_P(append_update_value, ValueTable, testing::ValuesIn(kValues),
                         [](const auto& row) { return row.param.name; });

TEST(printable, keeps_utf8_and_replaces_the_rest) {
  EXPECT_EQ(printable("aä€😀"), "aä€😀");
  EXPECT_EQ(printable("a\x01\x7f\xff"
                      "b"),
            "a???b");
  EXPECT_EQ(printable("\xc0\xaf\xed\xa0\x80\xe2\x82"), "???????");
}

}  // namespace
}  // namespace pingtrail::rrd
