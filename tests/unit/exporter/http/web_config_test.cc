// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/web_config.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace pingtrail::http {
namespace {

const std::string kHash = "$2y$10$" + std::string(53, 'a');

TEST(web_config, that_says_nothing_is_open_and_without_tls) {
  for (const char* text : {"", "\n", "# only a comment\n", "---\n", "{}", "basic_auth_users:\n",
                           "tls_server_config:\n", "http_server_config: {http2: false}\n",
                           "rate_limit: {interval: 0, burst: 5}\n"}) {
    const auto got = parse_web_config(text, "/etc");
    ASSERT_TRUE(got) << text << ": " << got.error().message;
    EXPECT_FALSE(got->tls) << text;
    EXPECT_TRUE(got->users.empty()) << text;
    EXPECT_EQ(got->rate.interval.count(), 0) << text;
  }
}

TEST(web_config, is_read_as_a_whole) {
  const auto got = parse_web_config(R"(
tls_server_config:
  cert_file: a.crt
  key_file: /keys/a.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: ca.crt
  client_allowed_sans: [one.example, 192.0.2.1]
  min_version: TLS11
  max_version: TLS12
  cipher_suites:
    - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
  prefer_server_cipher_suites: false
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: true
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=60
    X-XSS-Protection: ""
rate_limit:
  interval: 250ms
  burst: 20
basic_auth_users:
  alice: )" + kHash + "\n",
                                    "/etc/pingtrail");
  ASSERT_TRUE(got) << got.error().message;
  WebConfig want;
  TlsConfig& tls = want.tls.emplace();
  tls.certificate.file = "/etc/pingtrail/a.crt";
  tls.key.file = "/keys/a.key";
  tls.client_ca.file = "/etc/pingtrail/ca.crt";
  tls.client_auth = ClientAuth::require_and_verify;
  tls.client_allowed_sans = {"one.example", "192.0.2.1"};
  tls.min_version = TlsVersion::tls11;
  tls.max_version = TlsVersion::tls12;
  tls.cipher_suites = {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"};
  tls.curve_preferences = {"X25519", "CurveP256"};
  want.headers = {{"X-Frame-Options", "deny"}, {"Strict-Transport-Security", "max-age=60"}};
  want.rate = {std::chrono::milliseconds(250), 20};
  want.users = {{"alice", kHash}};
  EXPECT_EQ(*got, want);
}

TEST(web_config, takes_every_client_auth_type) {
  const std::string begin = "tls_server_config: {cert: c, key: k, client_auth_type: ";
  for (const auto& [word, want] :
       {std::pair("NoClientCert}", ClientAuth::none),
        std::pair("RequestClientCert}", ClientAuth::request),
        std::pair("RequireAnyClientCert}", ClientAuth::require_any),
        std::pair("VerifyClientCertIfGiven, client_ca: a}", ClientAuth::verify_if_given),
        std::pair("RequireAndVerifyClientCert, client_ca: a}", ClientAuth::require_and_verify)}) {
    const auto got = parse_web_config(begin + word, "/");
    ASSERT_TRUE(got) << word << got.error().message;
    EXPECT_EQ(got->tls->client_auth, want);
    EXPECT_EQ(got->tls->certificate.text, "c");
  }
}

TEST(web_config, takes_every_form_of_bcrypt) {
  for (const char letter : {'a', 'b', 'y'}) {
    std::string hash = kHash;
    hash[2] = letter;
    EXPECT_TRUE(parse_web_config("basic_auth_users: {u: '" + hash + "'}", "/"));
  }
}

struct Bad {
  std::string yaml;
  std::string message;
};
void PrintTo(const Bad& row, std::ostream* out) { *out << testing::PrintToString(row.yaml); }
class BadConfig : public testing::TestWithParam<Bad> {};

TEST_P(BadConfig, is_refused_with_its_place) {
  const auto got = parse_web_config(GetParam().yaml, "/etc");
  ASSERT_FALSE(got) << GetParam().yaml;
  EXPECT_EQ(got.error().message, GetParam().message);
}

const std::string kTls = "tls_server_config:\n  cert_file: a\n  key_file: b\n";

INSTANTIATE_TEST_SUITE_P(
    Files, BadConfig,
    testing::Values(
        Bad{"tls_server_confg:\n  cert_file: a\n", "line 1: tls_server_confg: no such key"},
        Bad{"\n\nusers: {}\n", "line 3: users: no such key"},
        Bad{kTls + "  client_auth: x\n", "line 4: client_auth: no such key"},
        Bad{"http_server_config:\n  headers:\n    Set-Cookie: a\n",
            "line 3: Set-Cookie: no such key"},
        Bad{"just words", "line 1: web configuration: not a map"},
        Bad{"[1, 2]", "line 1: web configuration: not a map"},
        Bad{"basic_auth_users: [a]\n", "line 1: basic_auth_users: not a map"},
        Bad{"basic_auth_users:\n  a: plain\n", "line 2: a: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Bad{"basic_auth_users:\n  a: " + kHash.substr(0, 59) + "\n",
            "line 2: a: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Bad{"basic_auth_users:\n  a: " + kHash + "a\n",
            "line 2: a: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Bad{"basic_auth_users:\n  a: $2y$99$" + kHash.substr(7) + "\n",
            "line 2: a: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Bad{"basic_auth_users:\n  a: $2x$10$" + kHash.substr(7) + "\n",
            "line 2: a: not a bcrypt hash ($2y$, cost 4 to 20)"},
        Bad{"basic_auth_users:\n  a: [x]\n", "line 2: a: not a text"},
        Bad{"basic_auth_users:\n  a:b: x\n",
            "line 2: basic_auth_users: a name that is empty or has a colon"},
        Bad{"basic_auth_users:\n  a: " + kHash + "\n  a: " + kHash + "\n",
            "line 3: a: given twice"},
        Bad{"rate_limit: {}\nrate_limit: {}\n", "line 2: rate_limit: given twice"},
        Bad{"---\nbasic_auth_users: {}\n---\nbasic_auth_users: {}\n",
            "line 4: ---: more than one document"},
        Bad{"tls_server_config:\n  key_file: b\n", "line 2: tls_server_config: no cert_file"},
        Bad{"tls_server_config:\n  cert_file: b\n", "line 2: tls_server_config: no key_file"},
        Bad{kTls + "  cert: x\n", "line 2: cert: given beside cert_file"},
        Bad{kTls + "  key: x\n", "line 2: key: given beside key_file"},
        Bad{"tls_server_config:\n  cert_file: ''\n", "line 2: cert_file: empty"},
        Bad{kTls + "  client_auth_type: Some\n",
            "line 4: client_auth_type: Some is none of NoClientCert, RequestClientCert, "
            "RequireAnyClientCert, "
            "VerifyClientCertIfGiven, RequireAndVerifyClientCert"},
        Bad{kTls + "  client_auth_type: RequireAndVerifyClientCert\n",
            "line 2: client_auth_type: needs client_ca_file"},
        Bad{kTls + "  client_auth_type: VerifyClientCertIfGiven\n",
            "line 2: client_auth_type: needs client_ca_file"},
        Bad{kTls + "  client_ca_file: c\n", "line 2: client_ca_file: needs a client_auth_type"},
        Bad{kTls + "  client_allowed_sans: [a]\n",
            "line 2: client_allowed_sans: needs the client_auth_type RequireAnyClientCert or "
            "RequireAndVerifyClientCert"},
        Bad{kTls + "  client_ca_file: c\n  client_auth_type: VerifyClientCertIfGiven\n  "
                   "client_allowed_sans: [a]\n",
            "line 2: client_allowed_sans: needs the client_auth_type RequireAnyClientCert or "
            "RequireAndVerifyClientCert"},
        Bad{kTls + "  min_version: SSL3\n",
            "line 4: min_version: SSL3 is none of TLS10, TLS11, TLS12, TLS13"},
        Bad{kTls + "  min_version: TLS13\n  max_version: TLS12\n",
            "line 2: min_version: above max_version"},
        Bad{kTls + "  curve_preferences: [CurveP224]\n",
            "line 4: curve_preferences: CurveP224 is not a curve known here"},
        Bad{kTls + "  cipher_suites: x\n", "line 4: cipher_suites: not a list"},
        Bad{kTls + "  prefer_server_cipher_suites: maybe\n",
            "line 4: prefer_server_cipher_suites: neither true nor false"},
        Bad{"http_server_config:\n  http2: 2\n", "line 2: http2: neither true nor false"},
        Bad{"http_server_config:\n  headers:\n    X-Frame-Options: \"a\\nb\"\n",
            "line 3: X-Frame-Options: a control character"},
        Bad{"rate_limit:\n  interval: often\n",
            "line 2: interval: often is no duration as 1s or 250ms"},
        Bad{"rate_limit:\n  interval: -1s\n",
            "line 2: interval: -1s is no duration as 1s or 250ms"},
        Bad{"rate_limit:\n  burst: 0\n", "line 2: burst: not a number from 1 to 1000000"},
        Bad{"a: [", "line 1: end of sequence flow not found"}));

}  // namespace
}  // namespace pingtrail::http
