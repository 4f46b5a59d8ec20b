// SPDX-License-Identifier: GPL-3.0-or-later
// The web configuration file of Prometheus' exporter-toolkit (docs/web-configuration.md there, as
// of version 0.13): who may ask, and over what. Pure; the files it names are read by others.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::http {

// From the weakest to the strictest.
enum class ClientAuth {
  none,               // NoClientCert
  request,            // RequestClientCert: asked for, not looked at
  verify_if_given,    // VerifyClientCertIfGiven
  require_any,        // RequireAnyClientCert: some certificate, whoever signed it
  require_and_verify  // RequireAndVerifyClientCert
};

// A file's name, or the text itself.
struct TextSource {
  std::string file;
  std::string text;
  bool given() const { return !file.empty() || !text.empty(); }
  bool operator==(const TextSource&) const = default;
};

enum class TlsVersion { tls10, tls11, tls12, tls13 };

struct TlsConfig {
  TextSource certificate, key, client_ca;
  ClientAuth client_auth = ClientAuth::none;
  std::vector<std::string> client_allowed_sans;
  TlsVersion min_version = TlsVersion::tls12;
  TlsVersion max_version = TlsVersion::tls13;
  std::vector<std::string> cipher_suites;      // Go's names; of TLS 1.2
  std::vector<std::string> curve_preferences;  // Go's names
  bool operator==(const TlsConfig&) const = default;
};

struct RateLimit {
  std::chrono::nanoseconds interval{0};  // one request more each interval; 0: no limit
  std::uint32_t burst = 0;
  bool operator==(const RateLimit&) const = default;
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string> users;  // name to bcrypt hash
  RateLimit rate;
  bool operator==(const WebConfig&) const = default;
};

// Relative file names are taken from `directory`. The error names the line (where one is known),
// the key and the fact. Everything that is not known is refused: a mistyped key must not leave a
// door open.
base::Expected<WebConfig> parse_web_config(const std::string& yaml, const std::string& directory);

}  // namespace pingtrail::http
