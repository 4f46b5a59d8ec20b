// SPDX-License-Identifier: GPL-3.0-or-later
// The peer pingtrail-rrd is measured by, and its reading alone.
//   rrd_plain update < LIST   one rrd_update_r() a line "archive time:value:value..."
//   rrd_plain parse FILE N    reads FILE N times: lines, items, values; prints lines a second of
//   CPU
#include <rrd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "perfdata/spool/record.h"
#include "perfdata/text/perfdata.h"

namespace {

int update() {
  long failures = 0;
  for (std::string archive, row; std::cin >> archive >> row;) {
    const char* rows[] = {row.c_str()};
    if (rrd_update_r(archive.c_str(), nullptr, 1, rows) != 0) {
      ++failures;
      rrd_clear_error();
    }
  }
  return failures == 0 ? 0 : 1;
}

int parse(const std::string& path, int times) {
  namespace text = pingtrail::text;
  namespace spool = pingtrail::spool;
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  const std::string bytes = content.str();
  double sum = 0;
  std::size_t lines = 0;
  const std::clock_t begin = std::clock();
  for (int i = 0; i < times; ++i) {
    spool::SpoolBatch batch;
    spool::parse_spool(bytes, 1, batch);
    lines += batch.records.size();
    for (const spool::NumberedRecord& line : batch.records) {
      text::ItemReader reader(line.record.perfdata);
      for (text::Item item; reader.next(item);) sum += item.value.value_or(0);
    }
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::cout << static_cast<double>(lines) / seconds << ' ' << sum << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "update") return update();
  if (argc == 4 && std::string(argv[1]) == "parse") return parse(argv[2], std::atoi(argv[3]));
  std::cerr << "usage: rrd_plain update < LIST | rrd_plain parse FILE TIMES\n";
  return 2;
}
