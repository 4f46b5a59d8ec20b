// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/protocol.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "perfdata/rrd/counters.h"

namespace pingtrail::rrd {
namespace {

TEST(protocol, commands_are_one_line_with_the_path_escaped) {
  const std::vector<std::string> rows = {"100:1:U", "160:2:3"};
  EXPECT_EQ(update_commands("/rrd/h/s.rrd", rows), "UPDATE /rrd/h/s.rrd 100:1:U 160:2:3\n");
  EXPECT_EQ(flush_command("/r d/h\\s.rrd"), "FLUSH /r\\ d/h\\\\s.rrd\n");
  EXPECT_EQ(forget_command("/rrd/h/s.rrd"), "FORGET /rrd/h/s.rrd\n");
}

TEST(protocol, rows_are_spread_over_lines_the_daemon_takes) {
  const std::string row(1500, '1');
  const std::string lines = update_commands("/p", std::vector<std::string>{row, row, row});
  EXPECT_EQ(lines, "UPDATE /p " + row + " " + row + "\nUPDATE /p " + row + "\n");
  const std::string longest(kLongestCommand - std::string("UPDATE /p \n").size(), '1');
  EXPECT_EQ(update_commands("/p", std::vector<std::string>{longest}).size(), kLongestCommand);
  EXPECT_EQ(update_commands("/p", std::vector<std::string>{row, longest + "1"}), "");
}

TEST(protocol, reads_status_lines) {
  EXPECT_EQ(parse_status("0 PONG"), (Status{0, "PONG"}));
  EXPECT_EQ(parse_status("-1 No such file: x"), (Status{-1, "No such file: x"}));
  EXPECT_EQ(parse_status("2 errors"), (Status{2, "errors"}));
  EXPECT_EQ(parse_status("5"), (Status{5, ""}));
  EXPECT_EQ(parse_status(""), std::nullopt);
  EXPECT_EQ(parse_status("PONG"), std::nullopt);
}

TEST(protocol, puts_lines_together_however_they_arrive) {
  LineBuffer lines;
  lines.add("0 a\n1");
  EXPECT_EQ(lines.next(), "0 a");
  EXPECT_EQ(lines.next(), std::nullopt);
  lines.add(" b\n\n");
  EXPECT_EQ(lines.next(), "1 b");
  EXPECT_EQ(lines.next(), "");
  EXPECT_EQ(lines.next(), std::nullopt);
}

struct Row {
  const char* name;
  const char* input;
  std::optional<CacheAddress> want;
};

class AddressTable : public testing::TestWithParam<Row> {};

TEST_P(AddressTable, reads) { EXPECT_EQ(parse_cache_address(GetParam().input), GetParam().want); }

const Row kAddresses[] = {
    {"unix", "unix:/run/rrdcached.sock", CacheAddress{"/run/rrdcached.sock", "", ""}},
    {"path", "/run/rrdcached.sock", CacheAddress{"/run/rrdcached.sock", "", ""}},
    {"host", "localhost", CacheAddress{"", "localhost", "42217"}},
    {"host_port", "127.0.0.1:1234", CacheAddress{"", "127.0.0.1", "1234"}},
    {"v6", "[::1]", CacheAddress{"", "::1", "42217"}},
    {"v6_port", "[::1]:1234", CacheAddress{"", "::1", "1234"}},
    {"v6_bare", "::1", CacheAddress{"", "::1", "42217"}},
    {"empty", "", std::nullopt},
    {"bad_port", "localhost:x", std::nullopt},
    {"port_zero", "localhost:0", std::nullopt},
    {"port_too_large", "localhost:65536", std::nullopt},
    {"bracket_open", "[::1", std::nullopt},
    {"behind_bracket", "[::1]x", std::nullopt},
};
INSTANTIATE_TEST_SUITE_P(cache_address, AddressTable, testing::ValuesIn(kAddresses),
                         [](const auto& row) { return row.param.name; });

TEST(counters, are_read_back_as_written) {
  Counters counters;
  counters.samples_written_total = 5;
  counters.rejects_total = 7;
  counters.newest_sample_s = 1795196760;
  counters.pending_bytes = 9;
  EXPECT_EQ(parse_counters(format_counters(counters)), counters);
}

TEST(counters, pass_over_what_they_do_not_know) {
  Counters counters;
  counters.pending_files = 3;
  EXPECT_EQ(parse_counters("new_name 5\npending_files 3\ngarbage\npending_bytes x\n"), counters);
}

TEST(counters, add_totals_and_keep_the_newest_time) {
  Counters sum;
  sum.samples_written_total = 1;
  sum.newest_sample_s = 10;
  Counters more;
  more.samples_written_total = 2;
  more.newest_sample_s = 5;
  more.pending_files = 4;
  add_totals(sum, more);
  EXPECT_EQ(sum.samples_written_total, 3);
  EXPECT_EQ(sum.newest_sample_s, 10);
  EXPECT_EQ(sum.pending_files, 0);
}

}  // namespace
}  // namespace pingtrail::rrd
