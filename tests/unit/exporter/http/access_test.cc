// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/access.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "exporter/http/tls.h"
#include "tests/support/temp_directory.h"

namespace pingtrail::http {
namespace {

// bcrypt of "secret", cost 4.
const char* const kSecret = "$2y$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW";
const base::Log kQuiet{base::LogLevel::error};

TEST(Access, WithoutAFileIsOpen) {
  const auto access = Access::open("", kQuiet);
  ASSERT_TRUE(access);
  EXPECT_TRUE((*access)->policy()->config.users.empty());
  EXPECT_EQ((*access)->policy()->tls, nullptr);
  EXPECT_FALSE((*access)->refresh());
}

TEST(Access, RefusesAFaultyFileAtStart) {
  const support::TempDirectory scratch;
  const std::string path = scratch.path("web.yml");
  const auto missing = Access::open(path, kQuiet);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, path + ": No such file or directory");
  scratch.write("web.yml", "users: {}\n");
  const auto faulty = Access::open(path, kQuiet);
  ASSERT_FALSE(faulty);
  EXPECT_EQ(faulty.error().message, path + ": line 1: users: no such key");
  scratch.write("web.yml", "tls_server_config:\n  cert_file: c.pem\n  key_file: k.pem\n");
  EXPECT_FALSE(Access::open(path, kQuiet));
}

TEST(Access, TakesAChangedFileAndKeepsTheLastGoodOne) {
  const support::TempDirectory scratch;
  const std::string path = scratch.path("web.yml");
  scratch.write("web.yml", std::string("basic_auth_users:\n  alice: ") + kSecret + "\n");
  const auto access = Access::open(path, kQuiet);
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_FALSE((*access)->refresh());
  // Broken while running: those users stay the ones.
  scratch.write("web.yml", "basic_auth_users:\n  alice: open\n");
  EXPECT_FALSE((*access)->refresh());
  EXPECT_EQ((*access)->policy()->config.users.count("alice"), 1U);
  std::filesystem::remove(path);
  EXPECT_FALSE((*access)->refresh());
  EXPECT_EQ((*access)->policy()->config.users.count("alice"), 1U);
  scratch.write("web.yml", std::string("basic_auth_users:\n  bob: ") + kSecret + "\n");
  EXPECT_TRUE((*access)->refresh());
  EXPECT_EQ((*access)->policy()->config.users.count("alice"), 0U);
  EXPECT_EQ((*access)->policy()->config.users.count("bob"), 1U);
}

Policy with_user(const std::string& name, const std::string& hash) {
  Policy out;
  out.config.users[name] = hash;
  return out;
}

TEST(UserCheck, LetsInWhoeverKnowsThePassword) {
  const Policy policy = with_user("alice", kSecret);
  UserCheck check;
  EXPECT_FALSE(check.known(policy, "alice", "secret"));
  EXPECT_TRUE(check.verified(policy, "alice", "secret"));
  EXPECT_TRUE(check.known(policy, "alice", "secret"));
  EXPECT_FALSE(check.known(policy, "alice", "Secret"));
  EXPECT_FALSE(check.verified(policy, "alice", "Secret"));
  EXPECT_FALSE(check.verified(policy, "bob", "secret"));
  EXPECT_FALSE(check.verified(policy, "", ""));
  using namespace std::string_literals;
  EXPECT_FALSE(check.verified(policy, "alice", "secret\0more"s));
}

TEST(UserCheck, ForgetsWhenTheHashChanges) {
  UserCheck check;
  const Policy policy = with_user("alice", kSecret);
  EXPECT_TRUE(check.verified(policy, "alice", "secret"));
  const Policy changed =
      with_user("alice", "$2y$04$abcdefghijklmnopqrstuu0HtfOlPbTiymk5tcV.3TsFPDd3SYZqu");
  EXPECT_FALSE(check.known(changed, "alice", "secret"));
  EXPECT_FALSE(check.verified(changed, "alice", "secret"));
}

TEST(RateMeter, LetsABurstThroughAndThenOneAnInterval) {
  using std::chrono::milliseconds;
  const RateLimit limit{milliseconds(100), 3};
  RateMeter meter;
  const base::MonoTime begin{std::chrono::seconds(10)};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(meter.passes(limit, begin)) << i;
  EXPECT_FALSE(meter.passes(limit, begin));
  EXPECT_FALSE(meter.passes(limit, begin + milliseconds(99)));
  EXPECT_TRUE(meter.passes(limit, begin + milliseconds(100)));
  EXPECT_FALSE(meter.passes(limit, begin + milliseconds(100)));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(meter.passes(limit, begin + milliseconds(5000))) << i;
  EXPECT_FALSE(meter.passes(limit, begin + milliseconds(5000)));
  EXPECT_TRUE(meter.passes({}, begin));
}

struct Priority {
  const char* name;
  TlsConfig config;
  const char* want;
};
class Priorities : public ::testing::TestWithParam<Priority> {};

TEST_P(Priorities, AreThoseOfTheConfiguration) {
  const auto got = tls_priorities(GetParam().config);
  ASSERT_TRUE(got);
  EXPECT_EQ(*got, GetParam().want);
}

TlsConfig versions(TlsVersion least, TlsVersion most) {
  TlsConfig out;
  out.min_version = least;
  out.max_version = most;
  return out;
}
TlsConfig suites() {
  TlsConfig out;
  out.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"};
  out.curve_preferences = {"X25519", "CurveP384"};
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Priorities,
    ::testing::Values(
        Priority{"usual", {}, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        Priority{"only_13", versions(TlsVersion::tls13, TlsVersion::tls13),
                 "NORMAL:-VERS-ALL:+VERS-TLS1.3"},
        Priority{"old", versions(TlsVersion::tls10, TlsVersion::tls11),
                 "NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0"},
        Priority{"suites", suites(),
                 "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:-CIPHER-ALL:-MAC-ALL:+AEAD:"
                 "+SHA1:+SHA256:+ECDHE-ECDSA:+AES-256-GCM:-GROUP-ALL:+GROUP-X25519:"
                 "+GROUP-SECP384R1"}),
    [](const auto& row) { return row.param.name; });

TEST(Priorities, RefuseASuiteThatIsNotKnown) {
  TlsConfig config;
  config.cipher_suites = {"TLS_NULL_WITH_NULL_NULL"};
  EXPECT_EQ(tls_priorities(config).error().message,
            "cipher_suites: TLS_NULL_WITH_NULL_NULL is not known here");
}

}  // namespace
}  // namespace pingtrail::http
