// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/tls.h"

#include <arpa/inet.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace pingtrail::http {
namespace {

using base::Expected;
using base::invalid_input;

gnutls_datum_t datum_of(const std::string& text) {
  // GnuTLS reads only.
  gnutls_datum_t out;
  out.data = reinterpret_cast<unsigned char*>(const_cast<char*>(text.data()));
  out.size = static_cast<unsigned>(text.size());
  return out;
}

std::string name_of(const TextSource& source, const char* inline_name) {
  return source.file.empty() ? inline_name : source.file;
}

// The id of a public key, to tell whether two are the same.
std::string key_id(gnutls_pubkey_t key) {
  constexpr std::size_t kIdBytes = 64;
  std::string out(kIdBytes, '\0');
  std::size_t size = out.size();
  const int done = gnutls_pubkey_get_key_id(key, GNUTLS_KEYID_USE_SHA256,
                                            reinterpret_cast<unsigned char*>(out.data()), &size);
  out.resize(done == 0 ? size : 0);
  return out;
}

bool is_pair(const gnutls_pcert_st& certificate, gnutls_privkey_t key) {
  gnutls_pubkey_t mine = nullptr;
  if (gnutls_pubkey_init(&mine) != 0) return false;
  const bool read = gnutls_pubkey_import_privkey(mine, key, 0, 0) == 0;
  const std::string id = read ? key_id(mine) : "";
  gnutls_pubkey_deinit(mine);
  return !id.empty() && id == key_id(certificate.pubkey);
}

// The chain a client showed, as certificates; empty when there is none or it cannot be read.
class PeerChain {
 public:
  explicit PeerChain(gnutls_session_t session) {
    unsigned count = 0;
    const gnutls_datum_t* raw = gnutls_certificate_get_peers(session, &count);
    constexpr unsigned kLongest = 16;
    for (unsigned i = 0; raw != nullptr && i < std::min(count, kLongest); ++i) {
      gnutls_x509_crt_t one = nullptr;
      if (gnutls_x509_crt_init(&one) != 0) break;
      certificates_.push_back(one);
      if (gnutls_x509_crt_import(one, &raw[i], GNUTLS_X509_FMT_DER) != 0) {
        clear();
        return;
      }
    }
  }
  ~PeerChain() { clear(); }
  PeerChain(const PeerChain&) = delete;
  PeerChain& operator=(const PeerChain&) = delete;

  bool empty() const { return certificates_.empty(); }

  bool verified_by(gnutls_x509_trust_list_t trust) {
    unsigned status = 0;
    std::string purpose = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st wanted{};
    wanted.type = GNUTLS_DT_KEY_PURPOSE_OID;
    wanted.data = reinterpret_cast<unsigned char*>(purpose.data());
    const int done = gnutls_x509_trust_list_verify_crt2(trust, certificates_.data(),
                                                        static_cast<unsigned>(certificates_.size()),
                                                        &wanted, 1, 0, &status, nullptr);
    return done == 0 && status == 0;
  }

  // Subject alternative names of the client's own certificate as text.
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (unsigned i = 0;; ++i) {
      std::array<char, 1024> buffer{};
      std::size_t size = buffer.size();
      const int type = gnutls_x509_crt_get_subject_alt_name(certificates_.front(), i, buffer.data(),
                                                            &size, nullptr);
      if (type == GNUTLS_E_SHORT_MEMORY_BUFFER) continue;
      if (type < 0) return out;
      if (type == GNUTLS_SAN_IPADDRESS) {
        std::array<char, INET6_ADDRSTRLEN> text{};
        const int family = size == 4 ? AF_INET : AF_INET6;
        if (inet_ntop(family, buffer.data(), text.data(), text.size()) != nullptr) {
          out.emplace_back(text.data());
        }
      } else {
        out.emplace_back(buffer.data(), size);
      }
    }
  }

 private:
  void clear() {
    for (gnutls_x509_crt_t one : certificates_) gnutls_x509_crt_deinit(one);
    certificates_.clear();
  }
  std::vector<gnutls_x509_crt_t> certificates_;
};

}  // namespace

struct TlsMaterial::Parts {
  TlsConfig config;
  std::vector<gnutls_pcert_st> chain;
  gnutls_privkey_t key = nullptr;
  gnutls_x509_trust_list_t trust = nullptr;

  ~Parts() {
    for (gnutls_pcert_st& one : chain) gnutls_pcert_deinit(&one);
    if (key != nullptr) gnutls_privkey_deinit(key);
    if (trust != nullptr) gnutls_x509_trust_list_deinit(trust, 1);
  }
  Parts() = default;
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  Expected<base::Done> take_chain(const std::string& text) {
    constexpr unsigned kLongestChain = 16;
    std::vector<gnutls_pcert_st> read(kLongestChain);
    unsigned count = kLongestChain;
    const gnutls_datum_t data = datum_of(text);
    const int done =
        gnutls_pcert_list_import_x509_raw(read.data(), &count, &data, GNUTLS_X509_FMT_PEM, 0);
    if (done < 0 || count == 0) {
      return invalid_input(name_of(config.certificate, "cert"), "no certificate in PEM form");
    }
    read.resize(count);
    chain = std::move(read);
    return base::ok();
  }

  Expected<base::Done> take_key(const std::string& text) {
    const std::string name = name_of(config.key, "key");
    const gnutls_datum_t data = datum_of(text);
    if (gnutls_privkey_init(&key) != 0) return invalid_input(name, "out of memory");
    if (gnutls_privkey_import_x509_raw(key, &data, GNUTLS_X509_FMT_PEM, nullptr, 0) != 0) {
      return invalid_input(name, "no private key in PEM form");
    }
    if (!is_pair(chain.front(), key)) {
      return invalid_input(name, "does not belong to the certificate");
    }
    return base::ok();
  }

  Expected<base::Done> take_trust(const std::string& text) {
    if (!config.client_ca.given()) return base::ok();
    const std::string name = name_of(config.client_ca, "client_ca");
    if (gnutls_x509_trust_list_init(&trust, 0) != 0) return invalid_input(name, "out of memory");
    const gnutls_datum_t data = datum_of(text);
    if (gnutls_x509_trust_list_add_trust_mem(trust, &data, nullptr, GNUTLS_X509_FMT_PEM, 0, 0) <=
        0) {
      return invalid_input(name, "no certificate in PEM form");
    }
    return base::ok();
  }
};

TlsMaterial::TlsMaterial() : parts_(std::make_unique<Parts>()) {}
TlsMaterial::~TlsMaterial() = default;

Expected<std::shared_ptr<const TlsMaterial>> TlsMaterial::make(const TlsConfig& config,
                                                               const TlsTexts& texts) {
  std::shared_ptr<TlsMaterial> out(new TlsMaterial());
  out->parts_->config = config;
  if (auto done = out->parts_->take_chain(texts.certificate); !done) return done.error();
  if (auto done = out->parts_->take_key(texts.key); !done) return done.error();
  if (auto done = out->parts_->take_trust(texts.client_ca); !done) return done.error();
  return std::shared_ptr<const TlsMaterial>(std::move(out));
}

std::optional<std::string> TlsMaterial::client_fault(void* session) const {
  const TlsConfig& config = parts_->config;
  if (config.client_auth == ClientAuth::none || config.client_auth == ClientAuth::request) {
    return std::nullopt;
  }
  PeerChain chain(static_cast<gnutls_session_t>(session));
  if (chain.empty()) {
    if (config.client_auth == ClientAuth::verify_if_given) return std::nullopt;
    return "a client certificate is needed";
  }
  const bool verifies = config.client_auth != ClientAuth::require_any;
  if (verifies && !chain.verified_by(parts_->trust)) return "the client certificate is not trusted";
  if (config.client_allowed_sans.empty()) return std::nullopt;
  for (const std::string& name : chain.names()) {
    const auto& allowed = config.client_allowed_sans;
    if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) return std::nullopt;
  }
  return "the client certificate's names are not among those allowed";
}

// What the callback of GnuTLS sees.
struct Handshakes {
  std::mutex mutex;
  // The newest last; older ones for handshakes that took them and are still at it.
  std::deque<std::shared_ptr<const TlsMaterial>> materials;

  static Handshakes& all() {
    static Handshakes only;
    return only;
  }

  static int answer(gnutls_session_t session, const gnutls_datum_t*, int,
                    const gnutls_pk_algorithm_t*, int, gnutls_pcert_st** chain,
                    unsigned* chain_length, gnutls_privkey_t* key) {
    Handshakes& handshakes = all();
    const std::lock_guard lock(handshakes.mutex);
    if (handshakes.materials.empty()) return -1;
    TlsMaterial::Parts& parts = *handshakes.materials.back()->parts_;
    if (parts.config.client_auth != ClientAuth::none) {
      gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
    }
    *chain = parts.chain.data();
    *chain_length = static_cast<unsigned>(parts.chain.size());
    *key = parts.key;
    return 0;
  }
};

void use_for_handshakes(std::shared_ptr<const TlsMaterial> material) {
  // A handshake lasts seconds, a certificate weeks.
  constexpr std::size_t kKept = 32;
  Handshakes& handshakes = Handshakes::all();
  const std::lock_guard lock(handshakes.mutex);
  handshakes.materials.push_back(std::move(material));
  if (handshakes.materials.size() > kKept) handshakes.materials.pop_front();
}

void* handshake_callback() { return reinterpret_cast<void*>(&Handshakes::answer); }

namespace {

struct Word {
  std::string_view go;
  std::string_view gnutls;
};
constexpr std::array<Word, 3> kExchanges{
    {{"ECDHE_RSA", "ECDHE-RSA"}, {"ECDHE_ECDSA", "ECDHE-ECDSA"}, {"RSA", "RSA"}}};
constexpr std::array<Word, 7> kCiphers{{{"AES_128_GCM_SHA256", "AES-128-GCM"},
                                        {"AES_256_GCM_SHA384", "AES-256-GCM"},
                                        {"CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"},
                                        {"CHACHA20_POLY1305", "CHACHA20-POLY1305"},
                                        {"AES_128_CBC_SHA256", "AES-128-CBC"},
                                        {"AES_128_CBC_SHA", "AES-128-CBC"},
                                        {"AES_256_CBC_SHA", "AES-256-CBC"}}};
constexpr std::array<Word, 3> kNewSuites{{{"TLS_AES_128_GCM_SHA256", "AES-128-GCM"},
                                          {"TLS_AES_256_GCM_SHA384", "AES-256-GCM"},
                                          {"TLS_CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"}}};
constexpr std::array<Word, 4> kGroups{{{"CurveP256", "SECP256R1"},
                                       {"CurveP384", "SECP384R1"},
                                       {"CurveP521", "SECP521R1"},
                                       {"X25519", "X25519"}}};

template <std::size_t N>
std::string_view lookup(const std::array<Word, N>& words, std::string_view go) {
  const auto at =
      std::find_if(words.begin(), words.end(), [go](const Word& word) { return word.go == go; });
  return at == words.end() ? std::string_view() : at->gnutls;
}

// "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
Expected<base::Done> add_suite(std::string& out, std::string_view suite) {
  // Those of TLS 1.3 name no key exchange.
  if (!lookup(kNewSuites, suite).empty()) {
    out += ":+" + std::string(lookup(kNewSuites, suite));
    return base::ok();
  }
  constexpr std::string_view kBegin = "TLS_";
  constexpr std::string_view kWith = "_WITH_";
  const std::size_t with = suite.find(kWith);
  if (suite.starts_with(kBegin) && with != std::string_view::npos) {
    const auto exchange = lookup(kExchanges, suite.substr(kBegin.size(), with - kBegin.size()));
    const auto cipher = lookup(kCiphers, suite.substr(with + kWith.size()));
    if (!exchange.empty() && !cipher.empty()) {
      out += ":+" + std::string(exchange) + ":+" + std::string(cipher);
      return base::ok();
    }
  }
  return invalid_input("cipher_suites", std::string(suite) + " is not known here");
}

}  // namespace

Expected<std::string> tls_priorities(const TlsConfig& config) {
  constexpr std::array<std::string_view, 4> kVersions{"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};
  std::string out = "NORMAL:-VERS-ALL";
  for (auto version = static_cast<std::size_t>(config.max_version);; --version) {
    out += ":+VERS-" + std::string(kVersions[version]);
    if (version == static_cast<std::size_t>(config.min_version)) break;
  }
  if (!config.cipher_suites.empty()) {
    out += ":-KX-ALL:-CIPHER-ALL:-MAC-ALL:+AEAD:+SHA1:+SHA256";
    for (const std::string& suite : config.cipher_suites) {
      if (auto done = add_suite(out, suite); !done) return done.error();
    }
  }
  if (!config.curve_preferences.empty()) out += ":-GROUP-ALL";
  for (const std::string& curve : config.curve_preferences) {
    out += ":+GROUP-" + std::string(lookup(kGroups, curve));
  }
  return out;
}

}  // namespace pingtrail::http
