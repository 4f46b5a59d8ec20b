// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/web_config.h"

#include <gtest/gtest.h>

namespace pingtrail::http {
namespace {

const char* const kHash = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG";

TEST(WebConfig, OfNothingIsOpen) {
  for (const char* text : {"", "# only a comment\n", "{}"}) {
    const auto got = parse_web_config(text, "/etc");
    ASSERT_TRUE(got) << text;
    EXPECT_EQ(*got, WebConfig{}) << text;
  }
}

TEST(WebConfig, TakesEveryKey) {
  const auto got = parse_web_config(
      "tls_server_config:\n"
      "  cert_file: server.crt\n"
      "  key_file: /secret/server.key\n"
      "  client_auth_type: RequireAndVerifyClientCert\n"
      "  client_ca_file: ca.crt\n"
      "  client_allowed_sans: [prometheus.example]\n"
      "  min_version: TLS12\n"
      "  max_version: TLS13\n"
      "  cipher_suites:\n    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n"
      "  prefer_server_cipher_suites: true\n"
      "  curve_preferences: [X25519, CurveP256]\n"
      "http_server_config:\n"
      "  http2: false\n"
      "  headers:\n"
      "    X-Frame-Options: deny\n"
      "basic_auth_users:\n"
      "  alice: " +
          std::string(kHash) + "\nrate_limit:\n  interval: 250ms\n  burst: 20\n",
      "/etc/pingtrail");
  ASSERT_TRUE(got) << got.error().message;
  WebConfig want;
  TlsConfig& tls = want.tls.emplace();
  tls.certificate.file = "/etc/pingtrail/server.crt";
  tls.key.file = "/secret/server.key";
  tls.client_ca.file = "/etc/pingtrail/ca.crt";
  tls.client_auth = ClientAuth::require_and_verify;
  tls.client_allowed_sans = {"prometheus.example"};
  tls.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
  tls.curve_preferences = {"X25519", "CurveP256"};
  want.headers = {{"X-Frame-Options", "deny"}};
  want.users = {{"alice", kHash}};
  want.rate = {std::chrono::milliseconds(250), 20};
  EXPECT_EQ(*got, want);
}

TEST(WebConfig, TakesTextsInPlaceOfFiles) {
  const auto got = parse_web_config(
      "tls_server_config:\n  cert: |\n    one\n  key: |\n    two\n  client_ca: three\n"
      "  client_auth_type: VerifyClientCertIfGiven\n",
      "/etc");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->tls->certificate.text, "one\n");
  EXPECT_EQ(got->tls->key.text, "two\n");
  EXPECT_EQ(got->tls->client_ca.text, "three");
}

struct Row {
  const char* name;
  std::string yaml;
  std::string message;
};
class BadWebConfig : public ::testing::TestWithParam<Row> {};

TEST_P(BadWebConfig, IsRefusedByLineAndName) {
  const auto got = parse_web_config(GetParam().yaml, "/etc");
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().message, GetParam().message);
}

const std::string kPair = "tls_server_config:\n  cert_file: c\n  key_file: k\n";
const std::string kUsers = "basic_auth_users:\n  alice: ";

INSTANTIATE_TEST_SUITE_P(
    Table, BadWebConfig,
    ::testing::Values(
        Row{"top_key", "basic_auth_user:\n  a: b\n", "line 1: basic_auth_user: no such key"},
        Row{"tls_key", kPair + "  certfile: x\n", "line 4: certfile: no such key"},
        Row{"twice", "http_server_config: {}\nhttp_server_config: {}\n",
            "line 2: http_server_config: given twice"},
        Row{"list", "- a\n", "line 1: web configuration: not a map"},
        Row{"no_certificate", "tls_server_config:\n  key_file: k\n",
            "line 2: tls_server_config: no cert_file"},
        Row{"no_key", "tls_server_config:\n  cert_file: c\n",
            "line 2: tls_server_config: no key_file"},
        Row{"file_and_text", kPair + "  cert: x\n", "line 2: cert: given beside cert_file"},
        Row{"empty_file", "tls_server_config:\n  cert_file: ''\n", "line 2: cert_file: empty"},
        Row{"auth_type", kPair + "  client_auth_type: Always\n",
            "line 4: client_auth_type: Always is none of NoClientCert, RequestClientCert, "
            "RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert"},
        Row{"no_ca", kPair + "  client_auth_type: RequireAndVerifyClientCert\n",
            "line 2: client_auth_type: needs client_ca_file"},
        Row{"ca_without_type", kPair + "  client_ca_file: x\n",
            "line 2: client_ca_file: needs a client_auth_type"},
        Row{"sans_without_verification", kPair + "  client_allowed_sans: [a]\n",
            "line 2: client_allowed_sans: needs a client_auth_type that verifies"},
        Row{"version", kPair + "  min_version: TLS14\n",
            "line 4: min_version: TLS14 is none of TLS10, TLS11, TLS12, TLS13"},
        Row{"versions", kPair + "  min_version: TLS13\n  max_version: TLS12\n",
            "line 2: min_version: above max_version"},
        Row{"curve", kPair + "  curve_preferences: [P1]\n",
            "line 4: curve_preferences: P1 is not a curve known here"},
        Row{"suites_no_list", kPair + "  cipher_suites: all\n",
            "line 4: cipher_suites: not a list"},
        Row{"flag", "http_server_config:\n  http2: maybe\n",
            "line 2: http2: neither true nor false"},
        Row{"header", "http_server_config:\n  headers:\n    X-Other: a\n",
            "line 3: X-Other: no such key"},
        Row{"header_injection",
            "http_server_config:\n  headers:\n    X-Frame-Options: \"a\\r\\nb\"\n",
            "line 3: X-Frame-Options: a control character"},
        Row{"plain_password", kUsers + "secret\n",
            "line 2: alice: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Row{"md5_hash", kUsers + "$1$abcdefgh$0123456789012345678901\n",
            "line 2: alice: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Row{"cost", kUsers + "$2y$31$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG\n",
            "line 2: alice: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Row{"user_list", "basic_auth_users: [a]\n", "line 1: basic_auth_users: not a map"},
        Row{"colon", "basic_auth_users:\n  'a:b': x\n",
            "line 2: basic_auth_users: a name that is empty or has a colon"},
        Row{"interval", "rate_limit:\n  interval: fast\n",
            "line 2: interval: fast is no duration as 1s or 250ms"},
        Row{"burst", "rate_limit:\n  burst: 0\n", "line 2: burst: not a number from 1 to 1000000"}),
    [](const auto& row) { return row.param.name; });

TEST(BadYaml, IsRefusedByLine) {
  const auto got = parse_web_config("a: b\n c: [\n", "/etc");
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().message.starts_with("line ")) << got.error().message;
}

}  // namespace
}  // namespace pingtrail::http
