// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/text.h"

#include <gtest/gtest.h>

namespace pingtrail::check {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Text, PrintableReplacesWhatBreaksTheOutput) {
  EXPECT_EQ(printable("a|b\nc\td\x7f"
                      "e\x1b[0m"),
            "a?b?c?d?e?[0m");
  EXPECT_EQ(printable("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
}

TEST(Text, DurationCountsDaysAndWholeSeconds) {
  EXPECT_EQ(duration_text(milliseconds(0)), "0 days 00:00:00");
  EXPECT_EQ(duration_text(milliseconds(202999)), "0 days 00:03:22");
  EXPECT_EQ(duration_text(hours(24 * 400) + seconds(86399)), "400 days 23:59:59");
}

TEST(Text, TimeIsLocalWithItsOffset) {
  const base::WallTime instant(milliseconds(1795192144123));  // 2026-11-20T16:29:04.123Z
  EXPECT_EQ(iso_time(instant, hours(1)), "2026-11-20T17:29:04+01:00");
  EXPECT_EQ(iso_time(instant, seconds(0)), "2026-11-20T16:29:04+00:00");
  EXPECT_EQ(iso_time(instant, -hours(3) - minutes(30)), "2026-11-20T12:59:04-03:30");
  EXPECT_EQ(iso_time(base::WallTime(milliseconds(0)), -hours(1)), "1969-12-31T23:00:00-01:00");
}

}  // namespace
}  // namespace pingtrail::check
