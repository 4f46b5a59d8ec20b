// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/access.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "exporter/http/budget.h"
#include "exporter/http/tls.h"
#include "tests/support/temp_directory.h"

namespace pingtrail::http {
namespace {

using std::chrono::milliseconds;

// "right" and "left" at cost 4, made with htpasswd -nbBC 4.
const std::string kRight = "$2y$04$7HN.k92H1YbjtkQIF96oQ.hVo4sPuhHoiQ1KstXsPY0smbvFFJCPC";
const std::string kLeft = "$2y$04$RmxiFR9Uz0ErNkmXYZIstupzp8R5voMSbKSD5LtOk.7tYFxpZq/PC";

const base::Log& quiet() {
  static const base::Log kQuiet(base::LogLevel::error);
  return kQuiet;
}

Policy users(const std::string& name, const std::string& hash) {
  Policy out;
  out.config.users[name] = hash;
  return out;
}

TEST(user_check, lets_in_who_has_the_password) {
  UserCheck check;
  const Policy policy = users("alice", kRight);
  EXPECT_FALSE(check.known(policy, "alice", "right"));
  EXPECT_TRUE(check.verified(policy, "alice", "right"));
  EXPECT_TRUE(check.known(policy, "alice", "right"));
  for (const auto& [user, password] :
       {std::pair("alice", "wrong"), std::pair("alice", ""), std::pair("alice", "right "),
        std::pair("Alice", "right"), std::pair("", "right"), std::pair("bob", "right")}) {
    EXPECT_FALSE(check.verified(policy, user, password)) << user << password;
    EXPECT_FALSE(check.known(policy, user, password)) << user << password;
  }
  EXPECT_FALSE(check.verified(policy, "alice", std::string("right\0x", 7)));
}

TEST(user_check, forgets_who_was_let_in_by_another_hash) {
  UserCheck check;
  ASSERT_TRUE(check.verified(users("alice", kRight), "alice", "right"));
  EXPECT_FALSE(check.known(users("alice", kLeft), "alice", "right"));
  EXPECT_FALSE(check.known(users("bob", kRight), "alice", "right"));
  EXPECT_FALSE(check.known(users("bob", kRight), "bob", "right"));
}

TEST(rate_meter, lets_a_burst_pass_and_then_one_an_interval) {
  RateMeter meter;
  const RateLimit limit{milliseconds(100), 3};
  base::MonoTime now{};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(meter.passes(limit, now));
  EXPECT_FALSE(meter.passes(limit, now));
  now += milliseconds(99);
  EXPECT_FALSE(meter.passes(limit, now));
  now += milliseconds(1);
  EXPECT_TRUE(meter.passes(limit, now));
  EXPECT_FALSE(meter.passes(limit, now));
  now += std::chrono::hours(1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(meter.passes(limit, now));
  EXPECT_FALSE(meter.passes(limit, now));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(meter.passes(RateLimit{}, now));
}

WebConfig with_tls(ClientAuth auth, std::vector<std::string> sans = {}) {
  WebConfig out;
  out.tls.emplace().client_auth = auth;
  out.tls->client_allowed_sans = std::move(sans);
  return out;
}

TEST(opened_door, is_what_is_no_longer_asked_for) {
  WebConfig open;
  const WebConfig guarded = users("a", kRight).config;
  const WebConfig strict = with_tls(ClientAuth::require_and_verify, {"a"});
  EXPECT_EQ(opened_door(guarded, open),
            "basic_auth_users: gone, and only a restart takes that away");
  EXPECT_EQ(opened_door(guarded, strict),
            "basic_auth_users: gone, and only a restart takes that away");
  EXPECT_EQ(opened_door(strict, open),
            "tls_server_config: gone, and only a restart takes that away");
  EXPECT_EQ(opened_door(strict, with_tls(ClientAuth::require_any, {"a"})),
            "client_auth_type: weaker than before, and only a restart takes that");
  EXPECT_EQ(opened_door(strict, with_tls(ClientAuth::require_and_verify)),
            "client_allowed_sans: gone, and only a restart takes that away");
  EXPECT_EQ(opened_door(open, open), std::nullopt);
  EXPECT_EQ(opened_door(open, guarded), std::nullopt);
  EXPECT_EQ(opened_door(guarded, users("b", kLeft).config), std::nullopt);
  EXPECT_EQ(opened_door(with_tls(ClientAuth::none), strict), std::nullopt);
  EXPECT_EQ(opened_door(strict, with_tls(ClientAuth::require_and_verify, {"b", "c"})),
            std::nullopt);
}

TEST(access, keeps_the_last_good_configuration) {
  const support::TempDirectory directory;
  directory.write("web.yml", "basic_auth_users: {a: '" + kRight + "'}\n");
  const auto access = Access::open(directory.path("web.yml"), quiet());
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_FALSE((*access)->refresh());
  for (const char* text : {"", "junk", "basic_auth_users: {a: b}", "basic_auth_users: {}"}) {
    directory.write("web.yml", text);
    EXPECT_FALSE((*access)->refresh()) << text;
    EXPECT_EQ((*access)->policy()->config.users.at("a"), kRight) << text;
  }
  directory.write("web.yml", "basic_auth_users: {bob: '" + kLeft + "'}\n");
  EXPECT_TRUE((*access)->refresh());
  EXPECT_EQ((*access)->policy()->config.users.count("a"), 0U);
  EXPECT_EQ((*access)->policy()->config.users.at("bob"), kLeft);
}

TEST(access, refuses_to_begin_with_a_broken_file) {
  const support::TempDirectory directory;
  const std::string path = directory.path("web.yml");
  EXPECT_EQ(Access::open(path, quiet()).error().message, path + ": No such file or directory");
  directory.write("web.yml", "nothing: 1\n");
  EXPECT_EQ(Access::open(path, quiet()).error().message, path + ": line 1: nothing: no such key");
  directory.write("web.yml", "tls_server_config: {cert: junk, key: junk}\n");
  EXPECT_EQ(Access::open(path, quiet()).error().message,
            path + ": cert: no certificate in PEM form");
  directory.write("web.yml", "tls_server_config: {cert: a, key: b, cipher_suites: [NULL_MD5]}\n");
  EXPECT_EQ(Access::open(path, quiet()).error().message,
            path + ": cipher_suites: NULL_MD5 is not known here");
  EXPECT_TRUE(Access::open("", quiet()));
}

TEST(tls_priorities, name_versions_suites_and_curves) {
  TlsConfig config;
  EXPECT_EQ(*tls_priorities(config), "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2");
  config.min_version = config.max_version = TlsVersion::tls12;
  config.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"};
  config.curve_preferences = {"X25519"};
  EXPECT_EQ(*tls_priorities(config),
            "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:-CIPHER-ALL:-MAC-ALL:+AEAD:+SHA1:+SHA256:+ECDHE-"
            "RSA:+AES-128-GCM:"
            "+AES-256-GCM:-GROUP-ALL:+GROUP-X25519");
}

TEST(budget, is_given_back) {
  const auto budget = std::make_shared<Budget>(100);
  auto first = budget->take(60);
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(budget->take(41), nullptr);
  const auto second = budget->take(40);
  EXPECT_NE(second, nullptr);
  first.reset();
  EXPECT_NE(budget->take(60), nullptr);
}

TEST(budget, has_room_for_one_answer_of_any_size) {
  const auto budget = std::make_shared<Budget>(100);
  EXPECT_NE(budget->take(1000), nullptr);
}

}  // namespace
}  // namespace pingtrail::http
