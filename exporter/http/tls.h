// SPDX-License-Identifier: GPL-3.0-or-later
// Certificates: our own, and those of clients. The only user of GnuTLS; an edge for its callback
// alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "exporter/http/web_config.h"
#include "perfdata/base/expected.h"

namespace pingtrail::http {

// The files of a TlsConfig as they were read.
struct TlsTexts {
  std::string certificate, key, client_ca;
  bool operator==(const TlsTexts&) const = default;
};

// A certificate with its key and what clients are held to, ready for handshakes. Never changes.
class TlsMaterial {
 public:
  // The error names what does not fit: the certificate, the key, their pairing, the CA.
  static base::Expected<std::shared_ptr<const TlsMaterial>> make(const TlsConfig& config,
                                                                 const TlsTexts& texts);
  ~TlsMaterial();
  TlsMaterial(const TlsMaterial&) = delete;
  TlsMaterial& operator=(const TlsMaterial&) = delete;

  // Why this client may not go on; absent when it may. `session` is the handshaken gnutls_session_t
  // of the connection.
  std::optional<std::string> client_fault(void* session) const;

 private:
  struct Parts;
  TlsMaterial();
  std::unique_ptr<Parts> parts_;
  friend struct Handshakes;
};

// What versions, suites and curves of the configuration are for GnuTLS (its priority string).
base::Expected<std::string> tls_priorities(const TlsConfig& config);

// The material for the handshakes to come, of the whole process: the callback that GnuTLS knows has
// no other way to it. Handshakes that have begun keep what they took.
void use_for_handshakes(std::shared_ptr<const TlsMaterial> material);

// A gnutls_certificate_retrieve_function2, as libmicrohttpd takes it.
void* handshake_callback();

}  // namespace pingtrail::http
