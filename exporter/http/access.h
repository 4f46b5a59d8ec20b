// SPDX-License-Identifier: GPL-3.0-or-later
// Who may ask: the web configuration with the files it names, read again when they change. An edge.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/http/tls.h"
#include "exporter/http/web_config.h"
#include "perfdata/base/expected.h"
#include "perfdata/base/log.h"
#include "perfdata/base/time.h"

namespace pingtrail::http {

// What is in force. Never changes.
struct Policy {
  WebConfig config;
  std::string priorities;                  // GnuTLS', with TLS
  std::shared_ptr<const TlsMaterial> tls;  // null without
};

// Any thread may call everything.
class Access {
 public:
  // `path` "" is no configuration: open, without TLS. At start a faulty one is refused.
  static base::Expected<std::unique_ptr<Access>> open(const std::string& path,
                                                      const base::Log& log);

  std::shared_ptr<const Policy> policy() const;

  // Looks whether the configuration or a file it names changed, and takes it. What is faulty is
  // told once, and the last good one stays in force. So it is with what would open a door: a file
  // that is being written may lack its second half, so no TLS, no users or no client certificates
  // any more need a restart. True when the policy is another one now.
  bool refresh();

 private:
  struct Reading;
  Access(std::string path, const base::Log& log);
  base::Expected<Reading> read() const;
  void take(Reading reading);

  const std::string path_;
  const base::Log& log_;
  mutable std::mutex mutex_;  // of policy_
  std::shared_ptr<const Policy> policy_;
  std::mutex refreshing_;                                    // of the rest
  std::vector<std::pair<std::string, std::string>> stamps_;  // file and what stat said of it
  std::string told_;                                         // the fault that was told last
};

// What the second policy no longer asks for though the first one did, as a message; absent when it
// asks for no less. Pure.
std::optional<std::string> opened_door(const WebConfig& before, const WebConfig& after);

// Remembers who was let in, so that bcrypt is asked once a user and not once a request.
class UserCheck {
 public:
  UserCheck();

  // Whether this pair was verified before, against the hash that is in force. Cheap.
  bool known(const Policy& policy, const std::string& user, const std::string& password);

  // bcrypt: some 50 ms and more. A user that there is not takes as long as one that there is.
  bool verified(const Policy& policy, const std::string& user, const std::string& password);

 private:
  // A keyed digest of hash, user and password: nothing of it tells the password.
  std::string digest(std::string_view hash, const std::string& user,
                     const std::string& password) const;

  std::string key_;
  std::mutex mutex_;
  std::vector<std::string> verified_;  // digests, oldest first
};

// Requests in a row and then so many a time, as exporter-toolkit's rate_limit has it. Pure but for
// what it remembers.
class RateMeter {
 public:
  // Whether one more may pass at `now`.
  bool passes(const RateLimit& limit, base::MonoTime now);

 private:
  std::mutex mutex_;
  std::optional<base::MonoTime> full_at_;  // when the whole burst will be there again
};

}  // namespace pingtrail::http
