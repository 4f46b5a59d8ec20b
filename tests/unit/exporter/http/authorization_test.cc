// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/authorization.h"

#include <gtest/gtest.h>

namespace pingtrail::http {
namespace {

TEST(basic_credentials, are_read) {
  const Credentials alice{"alice", "secret"};
  EXPECT_EQ(basic_credentials("Basic YWxpY2U6c2VjcmV0"), alice);
  EXPECT_EQ(basic_credentials("basic YWxpY2U6c2VjcmV0"), alice);
  EXPECT_EQ(basic_credentials("BASIC   YWxpY2U6c2VjcmV0"), alice);
  EXPECT_EQ(basic_credentials("Basic YTo="), (Credentials{"a", ""}));
  EXPECT_EQ(basic_credentials("Basic Og=="), (Credentials{"", ""}));
  EXPECT_EQ(basic_credentials("Basic YTpiOmM="), (Credentials{"a", "b:c"}));
  EXPECT_EQ(basic_credentials("Basic w6k6w6k="), (Credentials{"\u00e9", "\u00e9"}));
}

TEST(basic_credentials, are_absent_where_they_cannot_be_read) {
  for (const char* text : {"", "Basic", "Basic ", "Bearer YTpi", "BasicYTpi", "Basic\tYTpi",
                           "Basic YWJj", "Basic YTpi=", "Basic YTp", "Basic YTpi YTpi",
                           "Basic YT-i", "Basic !!!!", "Basic YTo===", "Basic YTpi\n",
                           "Basic YWxpY2U6c2VjcmV0AHg=" /* a NUL in it */, "Basic AGE6Yg=="}) {
    EXPECT_EQ(basic_credentials(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pingtrail::http
