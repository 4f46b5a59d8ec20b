// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/probe/address.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace pingtrail::probe {
namespace {

TEST(Address, IsWrittenAsItWasRead) {
  for (const char* text : {"192.0.2.7", "127.0.0.1", "2001:db8::7", "::1", "::ffff:192.0.2.1"}) {
    ASSERT_TRUE(parse_address(text)) << text;
    EXPECT_EQ(format_address(*parse_address(text)), text);
  }
}

TEST(Address, TakesNoShortOrOctalForms) {
  for (const char* text : {"", "127.1", "010.0.0.1x", "0x7f000001", "2130706433", "1.2.3.4.5",
                           "fe80::1%eth0", "example", "1.2.3.4 "}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_FALSE(parse_address(std::string_view("127.0.0.1\0x", 11)));
}

TEST(Address, ShowsItsScope) {
  Address address = *parse_address("fe80::1");
  address.scope_id = 3;
  EXPECT_EQ(format_address(address), "fe80::1%3");
}

TEST(Address, HashesNeighboursApart) {
  std::unordered_set<std::size_t> hashes;
  Address address = *parse_address("198.18.0.0");
  for (unsigned i = 0; i < 65536; ++i) {
    address.bytes[2] = static_cast<std::uint8_t>(i >> 8U);
    address.bytes[3] = static_cast<std::uint8_t>(i & 0xFFU);
    hashes.insert(AddressHash()(address));
  }
  EXPECT_EQ(hashes.size(), 65536U);
}

}  // namespace
}  // namespace pingtrail::probe
