// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/web_config.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <string_view>

#include "perfdata/base/number.h"

namespace pingtrail::http {
namespace {

// Thrown and caught inside this file: the library throws at every access anyway.
struct Fault {
  std::string message;
};

std::string place(const YAML::Mark& mark) {
  return mark.is_null() ? "" : "line " + std::to_string(mark.line + 1) + ": ";
}

[[noreturn]] void refuse(const YAML::Node& node, const std::string& key, const std::string& fact) {
  throw Fault{place(node.Mark()) + key + ": " + fact};
}

std::string text_of(const YAML::Node& node, const std::string& key) {
  if (!node.IsScalar()) refuse(node, key, "not a text");
  return node.Scalar();
}

bool flag_of(const YAML::Node& node, const std::string& key) {
  const std::string text = text_of(node, key);
  if (text == "true") return true;
  if (text == "false") return false;
  refuse(node, key, "neither true nor false");
}

std::vector<std::string> list_of(const YAML::Node& node, const std::string& key) {
  std::vector<std::string> out;
  if (node.IsNull()) return out;
  if (!node.IsSequence()) refuse(node, key, "not a list");
  for (const YAML::Node& one : node) out.push_back(text_of(one, key));
  return out;
}

using Take = std::function<void(const YAML::Node&, const std::string&)>;
using Keys = std::map<std::string, Take>;

// Hands each value of a map to the one who takes its key; refuses keys that nobody takes, and keys
// that are there twice.
void each_key(const YAML::Node& map, const std::string& name, const Keys& keys) {
  if (map.IsNull()) return;
  if (!map.IsMap()) refuse(map, name, "not a map");
  std::vector<std::string> seen;
  for (const auto& item : map) {
    const std::string key = text_of(item.first, name);
    const auto taker = keys.find(key);
    if (taker == keys.end()) refuse(item.first, key, "no such key");
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      refuse(item.first, key, "given twice");
    }
    seen.push_back(key);
    taker->second(item.second, key);
  }
}

// What Go calls things, and what they are here.
template <typename T, std::size_t N>
T named(const YAML::Node& node, const std::string& key,
        const std::array<std::pair<std::string_view, T>, N>& names) {
  const std::string text = text_of(node, key);
  std::string known;
  for (const auto& [name, value] : names) {
    if (name == text) return value;
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  refuse(node, key, text + " is none of " + known);
}

constexpr std::array<std::pair<std::string_view, ClientAuth>, 5> kClientAuth{
    {{"NoClientCert", ClientAuth::none},
     {"RequestClientCert", ClientAuth::request},
     {"RequireAnyClientCert", ClientAuth::require_any},
     {"VerifyClientCertIfGiven", ClientAuth::verify_if_given},
     {"RequireAndVerifyClientCert", ClientAuth::require_and_verify}}};

constexpr std::array<std::pair<std::string_view, TlsVersion>, 4> kVersions{
    {{"TLS10", TlsVersion::tls10},
     {"TLS11", TlsVersion::tls11},
     {"TLS12", TlsVersion::tls12},
     {"TLS13", TlsVersion::tls13}}};

constexpr std::array<std::string_view, 5> kHeaders{"Content-Security-Policy", "X-Frame-Options",
                                                   "X-Content-Type-Options", "X-XSS-Protection",
                                                   "Strict-Transport-Security"};

constexpr std::array<std::string_view, 4> kCurves{"CurveP256", "CurveP384", "CurveP521", "X25519"};

class Reader {
 public:
  explicit Reader(std::string directory) : directory_(std::move(directory)) {}

  WebConfig read(const YAML::Node& root) {
    each_key(root, "web configuration",
             {{"tls_server_config", [this](const auto& node, const auto&) { take_tls(node); }},
              {"http_server_config", [this](const auto& node, const auto&) { take_http(node); }},
              {"basic_auth_users", [this](const auto& node, const auto&) { take_users(node); }},
              {"rate_limit", [this](const auto& node, const auto&) { take_rate(node); }}});
    return std::move(out_);
  }

 private:
  Take file_into(TextSource& into) {
    return [this, &into](const YAML::Node& node, const std::string& key) {
      const std::string name = text_of(node, key);
      if (name.empty()) refuse(node, key, "empty");
      into.file = name.front() == '/' ? name : directory_ + "/" + name;
    };
  }
  static Take text_into(TextSource& into) {
    return
        [&into](const YAML::Node& node, const std::string& key) { into.text = text_of(node, key); };
  }

  void take_tls(const YAML::Node& node) {
    if (node.IsNull()) return;
    TlsConfig& tls = out_.tls.emplace();
    each_key(node, "tls_server_config", tls_keys(tls));
    check_tls(node, tls);
  }

  Keys tls_keys(TlsConfig& tls) {
    return {{"cert_file", file_into(tls.certificate)},
            {"key_file", file_into(tls.key)},
            {"client_ca_file", file_into(tls.client_ca)},
            {"cert", text_into(tls.certificate)},
            {"key", text_into(tls.key)},
            {"client_ca", text_into(tls.client_ca)},
            {"client_auth_type",
             [&tls](const auto& n, const auto& k) { tls.client_auth = named(n, k, kClientAuth); }},
            {"client_allowed_sans",
             [&tls](const auto& n, const auto& k) { tls.client_allowed_sans = list_of(n, k); }},
            {"min_version",
             [&tls](const auto& n, const auto& k) { tls.min_version = named(n, k, kVersions); }},
            {"max_version",
             [&tls](const auto& n, const auto& k) { tls.max_version = named(n, k, kVersions); }},
            {"cipher_suites",
             [&tls](const auto& n, const auto& k) { tls.cipher_suites = list_of(n, k); }},
            {"curve_preferences",
             [&tls](const auto& n, const auto& k) {
               tls.curve_preferences = list_of(n, k);
               for (const std::string& curve : tls.curve_preferences) {
                 if (std::find(kCurves.begin(), kCurves.end(), curve) == kCurves.end()) {
                   refuse(n, k, curve + " is not a curve known here");
                 }
               }
             }},
            // Go has ignored it since 1.17, and every suite left here is a good one.
            {"prefer_server_cipher_suites", [](const auto& n, const auto& k) { flag_of(n, k); }}};
  }

  static void check_tls(const YAML::Node& node, const TlsConfig& tls) {
    const auto both = [&node](const TextSource& source, const char* file, const char* text) {
      if (!source.file.empty() && !source.text.empty()) {
        refuse(node, text, "given beside " + std::string(file));
      }
    };
    both(tls.certificate, "cert_file", "cert");
    both(tls.key, "key_file", "key");
    both(tls.client_ca, "client_ca_file", "client_ca");
    if (!tls.certificate.given()) refuse(node, "tls_server_config", "no cert_file");
    if (!tls.key.given()) refuse(node, "tls_server_config", "no key_file");
    const bool verifies = tls.client_auth == ClientAuth::verify_if_given ||
                          tls.client_auth == ClientAuth::require_and_verify;
    if (verifies && !tls.client_ca.given()) {
      refuse(node, "client_auth_type", "needs client_ca_file");
    }
    if (tls.client_ca.given() && tls.client_auth == ClientAuth::none) {
      refuse(node, "client_ca_file", "needs a client_auth_type");
    }
    if (!tls.client_allowed_sans.empty() && tls.client_auth < ClientAuth::require_any) {
      refuse(node, "client_allowed_sans",
             "needs the client_auth_type RequireAnyClientCert or RequireAndVerifyClientCert");
    }
    if (tls.min_version > tls.max_version) refuse(node, "min_version", "above max_version");
  }

  void take_http(const YAML::Node& node) {
    each_key(node, "http_server_config",
             {// The answers are HTTP/1.1 either way; clients agree on it by themselves.
              {"http2", [](const auto& n, const auto& k) { flag_of(n, k); }},
              {"headers", [this](const auto& n, const auto&) { take_headers(n); }}});
  }

  void take_headers(const YAML::Node& node) {
    Keys keys;
    for (const std::string_view name : kHeaders) {
      keys[std::string(name)] = [this](const auto& n, const auto& k) {
        const std::string value = text_of(n, k);
        if (std::any_of(value.begin(), value.end(), [](char c) {
              return static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
            })) {
          refuse(n, k, "a control character");
        }
        // Blank is not set, as the toolkit has it: our own stays.
        if (!value.empty()) out_.headers.emplace_back(k, value);
      };
    }
    each_key(node, "headers", keys);
  }

  // "$2y$10$" and 53 characters: bcrypt's alphabet, and a cost that is not past hours.
  static bool is_bcrypt(const std::string& hash) {
    constexpr std::size_t kBytes = 60;
    constexpr std::string_view kAlphabet =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if (hash.size() != kBytes || hash[0] != '$' || hash[1] != '2' || hash[3] != '$' ||
        hash[6] != '$' || std::string_view("aby").find(hash[2]) == std::string_view::npos) {
      return false;
    }
    const auto cost = base::parse_integer(hash.substr(4, 2));
    return cost && *cost >= 4 && *cost <= 20 &&
           hash.find_first_not_of(kAlphabet, 7) == std::string::npos;
  }

  void take_users(const YAML::Node& node) {
    if (node.IsNull()) return;
    if (!node.IsMap()) refuse(node, "basic_auth_users", "not a map");
    for (const auto& item : node) {
      const std::string name = text_of(item.first, "basic_auth_users");
      const std::string hash = text_of(item.second, name);
      if (name.empty() || name.find(':') != std::string::npos) {
        refuse(item.first, "basic_auth_users", "a name that is empty or has a colon");
      }
      if (!is_bcrypt(hash)) refuse(item.second, name, "not a bcrypt hash ($2y$, cost 4 to 20)");
      if (!out_.users.emplace(name, hash).second) refuse(item.first, name, "given twice");
    }
  }

  // Go's durations, as far as they make sense here: "1s", "250ms", "2m".
  static std::chrono::nanoseconds duration_of(const YAML::Node& node, const std::string& key) {
    const std::string text = text_of(node, key);
    if (text == "0") return std::chrono::nanoseconds(0);
    constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{
        {{"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"s", 1e9}, {"m", 6e10}, {"h", 3.6e12}}};
    for (const auto& [unit, ns] : kUnits) {
      if (!text.ends_with(unit)) continue;
      const auto value = base::parse_decimal(text.substr(0, text.size() - unit.size()));
      if (!value || *value < 0 || *value > 1e6) break;
      return std::chrono::nanoseconds(static_cast<std::int64_t>(*value * ns));
    }
    refuse(node, key, text + " is no duration as 1s or 250ms");
  }

  void take_rate(const YAML::Node& node) {
    each_key(node, "rate_limit",
             {{"interval",
               [this](const auto& n, const auto& k) { out_.rate.interval = duration_of(n, k); }},
              {"burst", [this](const auto& n, const auto& k) {
                 const auto value = base::parse_integer(text_of(n, k));
                 if (!value || *value < 1 || *value > 1000000) {
                   refuse(n, k, "not a number from 1 to 1000000");
                 }
                 out_.rate.burst = static_cast<std::uint32_t>(*value);
               }}});
    if (out_.rate.interval.count() > 0 && out_.rate.burst == 0) out_.rate.burst = 1;
  }

  std::string directory_;
  WebConfig out_;
};

}  // namespace

base::Expected<WebConfig> parse_web_config(const std::string& yaml, const std::string& directory) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(yaml);
    if (documents.empty()) return WebConfig{};
    // Nobody would look at what stands in a second one.
    if (documents.size() > 1) refuse(documents[1], "---", "more than one document");
    return Reader(directory).read(documents.front());
  } catch (const Fault& fault) {
    return base::Error{base::ErrorKind::invalid_input, fault.message};
  } catch (const YAML::Exception& error) {
    return base::Error{base::ErrorKind::invalid_input, place(error.mark) + error.msg};
  } catch (const std::exception& error) {
    return base::Error{base::ErrorKind::invalid_input, error.what()};
  }
}

}  // namespace pingtrail::http
