// SPDX-License-Identifier: GPL-3.0-or-later
// Spool text and perfdata from anywhere: whatever the bytes, the readers stay inside of them,
// account for every line, and read back what the writers write. Runs over seeds mutated by a
// generator of fixed seed, so that it is an ordinary test and the sanitizers see it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/rrd/header.h"
#include "perfdata/rrd/layout.h"
#include "perfdata/rrd/rra_config.h"
#include "perfdata/rrd/source_table.h"
#include "perfdata/rrd/xml_page.h"
#include "perfdata/spool/record.h"
#include "perfdata/text/perfdata.h"
#include "perfdata/text/range.h"

namespace pingtrail {
namespace {

using namespace std::string_literals;

constexpr int kRounds = 20'000;

const std::array<std::string, 12> kSeeds = {
    "rta=0.009ms;100.000;500.000;0; pl=0%;20;60;;",
    "'a b'=5 'it''s'=1.5e-05s;1;2 =5 ''=5 x=0x10 [check_x]",
    "a=U b=inf c=-nanms d=+5 e=1,5 f=.5 g=5. h=5 ms;1;2",
    "'never closed=5 b='x' c=1;@~:5;10:;0;100;;;",
    "DATATYPE::SERVICEPERFDATA\tTIMET::1795196760\tHOSTNAME::h\tSERVICEDESC::s\tSERVICEPERFDATA::a="
    "1\n",
    "DATATYPE::HOSTPERFDATA\tTIMET::5\tHOSTNAME::h\tHOSTPERFDATA::a=1\tHOSTCHECKCOMMAND::c!x\r\n\n",
    "[SERVICEPERFDATA]\t5\th\ts\t0.1\t0.2\tOK - fine\ta=1 b=2\n[HOSTPERFDATA]\t5\th\t0.1\tOK\ta=1",
    "RRA_STEP=60\nRRA:AVERAGE:0.5:1:2880 # x\nRRD_HEARTBEAT=8460\n",
    "<NAGIOS><DATASOURCE><DS>1</DS><LABEL>a&lt;b</LABEL><UNIT>%%</UNIT></DATASOURCE></NAGIOS>",
    "@10:20",
    "~:1e300",
    "RRD\0"s
    "0003\0"s,
};

class Mutator {
 public:
  std::string next() {
    std::string text = kSeeds[below(kSeeds.size())];
    for (std::size_t i = below(6); i > 0; --i) mutate(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  void mutate(std::string& text) {
    static constexpr std::string_view kLiked = "'=;: \t\n%0159.,eE+-[]@~<>/\\U\0\x80\xff";
    const std::size_t at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.insert(at, 1, kLiked[below(kLiked.size())]);
        break;
      case 1:
        text.erase(at, below(4));
        break;
      case 2:
        text.insert(at, kSeeds[below(kSeeds.size())]);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
    }
  }

  std::mt19937 random_{20261121};
};

bool within(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

TEST(fuzz, items_stay_inside_their_text_and_have_values_or_reasons) {
  Mutator mutator;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.next();
    text::ItemReader reader(text);
    std::size_t bytes = 0;
    for (text::Item item; reader.next(item);) {
      ASSERT_FALSE(item.text.empty()) << text;
      bytes += item.text.size();
      for (const std::string_view part : {item.text, item.label, item.unit, item.number, item.warn,
                                          item.crit, item.min, item.max}) {
        ASSERT_TRUE(within(part, text)) << text;
      }
      ASSERT_FALSE(item.value && item.fault != text::ItemFault::none) << text;
      ASSERT_TRUE(!item.value || std::isfinite(*item.value)) << text;
    }
    ASSERT_LE(bytes, text.size());
  }
}

TEST(fuzz, good_metrics_are_read_back_as_written) {
  Mutator mutator;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.next();
    std::vector<text::Metric> metrics = text::parse_perfdata(text).metrics;
    std::erase_if(metrics,
                  [](const text::Metric& metric) { return metric.label.empty() || !metric.value; });
    const std::string written = text::format_perfdata(metrics);
    ASSERT_EQ(text::parse_perfdata(written).metrics, metrics) << text << "\n" << written;
  }
}

TEST(fuzz, every_line_of_a_spool_is_taken_or_named) {
  Mutator mutator;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.next() + mutator.next();
    spool::SpoolBatch batch;
    const std::size_t end = parse_spool(text, 1, batch);
    std::size_t lines = 0;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t newline = std::min(text.find('\n', at), text.size());
      const std::string_view line = std::string_view(text).substr(at, newline - at);
      lines += line.empty() || line == "\r" ? 0U : 1U;
      at = newline + 1;
    }
    ASSERT_EQ(batch.records.size() + batch.bad.size(), lines) << text;
    for (const spool::NumberedRecord& record : batch.records) {
      ASSERT_LT(record.line, end);
      rrd::ArchiveName name;
      if (!archive_name(record.record, name).empty()) continue;
      ASSERT_EQ((name.host + name.service).find('/'), std::string::npos) << text;
      ASSERT_NE(name.host.front(), '.') << text;
    }
  }
}

TEST(fuzz, readers_of_files_survive_anything) {
  Mutator mutator;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = mutator.next();
    (void)rrd::parse_rra_config(text);
    (void)text::parse_range(text);
    for (const rrd::Source& source : rrd::parse_xml_sources(text)) {
      ASSERT_EQ(rrd::printable(source.label), source.label);
    }
    // A head of whole length whose fields are anything.
    std::string head =
        "RRD\0"s
        "0003\0"s;
    head.resize(8192);
    std::copy_n(text.begin(), std::min<std::size_t>(text.size(), 200),
                head.begin() + 16 + static_cast<std::ptrdiff_t>(round % 100) * 8);
    rrd::Header header;
    (void)rrd::parse_header(head, head.size(), header);
  }
}

}  // namespace
}  // namespace pingtrail
