// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/access.h"

#include <crypt.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "perfdata/base/read_file.h"

namespace pingtrail::http {
namespace {

using base::Error;
using base::Expected;
using base::LogLevel;

constexpr std::size_t kLargestFile = 1 << 20;

// What tells one state of a file from another; "" when it is not there.
std::string stamp_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return std::to_string(found.st_dev) + " " + std::to_string(found.st_ino) + " " +
         std::to_string(found.st_size) + " " + std::to_string(found.st_mtim.tv_sec) + " " +
         std::to_string(found.st_mtim.tv_nsec) + " " + std::to_string(found.st_ctim.tv_sec) + " " +
         std::to_string(found.st_ctim.tv_nsec);
}

bool read_by_all(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0;
}

// Compares without telling by its time where they differ.
bool same_bytes(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |=
        static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  // 32 KB, too much for a thread's small stack.
  const auto work = std::make_unique<crypt_data>();
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), work.get());
  return made != nullptr && same_bytes(made, hash);
}

// A hash of the greatest cost among the users, that no password has: what a name that is not there
// is held against. Its salt and digest are of the right form, and nobody chose them for a password.
std::string nobodys_hash(const WebConfig& config) {
  std::string cost = "10";
  for (const auto& [name, hash] : config.users) cost = std::max(cost, hash.substr(4, 2));
  return "$2y$" + cost + "$" + std::string(21, 'a') + "e" + std::string(31, '.');
}

}  // namespace

// A configuration with all it needs, and the files it came from.
struct Access::Reading {
  std::shared_ptr<const Policy> policy;
  std::vector<std::pair<std::string, std::string>> stamps;
  std::vector<std::string> warnings;
};

namespace {

// Reads the texts of sources; remembers files and what they were like before they were read.
class Sources {
 public:
  explicit Sources(std::vector<std::pair<std::string, std::string>>& stamps) : stamps_(stamps) {}

  Expected<std::string> text(const TextSource& source) {
    return source.file.empty() ? Expected<std::string>(source.text) : file(source.file);
  }
  Expected<std::string> file(const std::string& path) {
    stamps_.emplace_back(path, stamp_of(path));
    return base::read_file(path, kLargestFile);
  }

 private:
  std::vector<std::pair<std::string, std::string>>& stamps_;
};

Expected<base::Done> take_tls(Policy& policy, Sources& sources) {
  const TlsConfig& config = *policy.config.tls;
  auto priorities = tls_priorities(config);
  if (!priorities) return priorities.error();
  policy.priorities = *std::move(priorities);
  TlsTexts texts;
  for (const auto& [source, into] :
       {std::pair(&config.certificate, &texts.certificate), std::pair(&config.key, &texts.key),
        std::pair(&config.client_ca, &texts.client_ca)}) {
    auto text = sources.text(*source);
    if (!text) return text.error();
    *into = *std::move(text);
  }
  auto material = TlsMaterial::make(config, texts);
  if (!material) return material.error();
  policy.tls = *std::move(material);
  return base::ok();
}

}  // namespace

Access::Access(std::string path, const base::Log& log) : path_(std::move(path)), log_(log) {}

Expected<Access::Reading> Access::read() const {
  Reading out;
  Sources sources(out.stamps);
  const auto yaml = sources.file(path_);
  if (!yaml) return yaml.error();
  const std::size_t slash = path_.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path_.substr(0, slash);
  auto config = parse_web_config(*yaml, directory);
  if (!config) return Error{config.error().kind, path_ + ": " + config.error().message};
  auto policy = std::make_shared<Policy>();
  policy->config = *std::move(config);
  if (policy->config.tls) {
    if (auto done = take_tls(*policy, sources); !done) {
      return Error{done.error().kind, path_ + ": " + done.error().message};
    }
    const std::string& key = policy->config.tls->key.file;
    if (!key.empty() && read_by_all(key)) {
      out.warnings.push_back(key + ": everybody on this machine may read this private key");
    }
  }
  out.policy = std::move(policy);
  return out;
}

void Access::take(Reading reading) {
  for (const std::string& warning : reading.warnings) log_(LogLevel::warning, warning);
  if (reading.policy->tls) use_for_handshakes(reading.policy->tls);
  stamps_ = std::move(reading.stamps);
  const std::lock_guard lock(mutex_);
  policy_ = std::move(reading.policy);
}

Expected<std::unique_ptr<Access>> Access::open(const std::string& path, const base::Log& log) {
  std::unique_ptr<Access> out(new Access(path, log));
  if (path.empty()) {
    out->policy_ = std::make_shared<const Policy>();
    return out;
  }
  auto reading = out->read();
  if (!reading) return reading.error();
  out->take(*std::move(reading));
  return out;
}

std::optional<std::string> opened_door(const WebConfig& before, const WebConfig& after) {
  const auto gone = [](const std::string& key) {
    return key + ": gone, and only a restart takes that away";
  };
  if (!before.users.empty() && after.users.empty()) return gone("basic_auth_users");
  if (!before.tls) return std::nullopt;
  if (!after.tls) return gone("tls_server_config");
  if (after.tls->client_auth < before.tls->client_auth) {
    return "client_auth_type: weaker than before, and only a restart takes that";
  }
  if (!before.tls->client_allowed_sans.empty() && after.tls->client_allowed_sans.empty()) {
    return gone("client_allowed_sans");
  }
  return std::nullopt;
}

std::shared_ptr<const Policy> Access::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

bool Access::refresh() {
  if (path_.empty()) return false;
  const std::lock_guard lock(refreshing_);
  const bool same = std::all_of(stamps_.begin(), stamps_.end(),
                                [](const auto& one) { return stamp_of(one.first) == one.second; });
  if (same && told_.empty()) return false;
  auto reading = read();
  if (reading) {
    const auto fault = opened_door(policy()->config, (*reading).policy->config);
    if (fault) reading = base::invalid_input(path_, *fault);
  }
  if (!reading) {
    if (told_ != reading.error().message) {
      told_ = reading.error().message;
      log_(LogLevel::error, told_ + "; what was in force stays so");
    }
    return false;
  }
  told_.clear();
  take(*std::move(reading));
  log_(LogLevel::info, path_ + ": read again");
  return true;
}

UserCheck::UserCheck() {
  constexpr std::size_t kKeyBytes = 32;
  key_.resize(kKeyBytes);
  gnutls_rnd(GNUTLS_RND_KEY, key_.data(), key_.size());
}

std::string UserCheck::digest(std::string_view hash, const std::string& user,
                              const std::string& password) const {
  const std::string text = std::string(hash) + '\0' + user + '\0' + password;
  std::array<char, 32> out{};
  gnutls_hmac_fast(GNUTLS_MAC_SHA256, key_.data(), key_.size(), text.data(), text.size(),
                   out.data());
  return {out.data(), out.size()};
}

bool UserCheck::known(const Policy& policy, const std::string& user, const std::string& password) {
  const auto at = policy.config.users.find(user);
  if (at == policy.config.users.end()) return false;
  const std::string wanted = digest(at->second, user, password);
  const std::lock_guard lock(mutex_);
  return std::find(verified_.begin(), verified_.end(), wanted) != verified_.end();
}

bool UserCheck::verified(const Policy& policy, const std::string& user,
                         const std::string& password) {
  const auto at = policy.config.users.find(user);
  if (at == policy.config.users.end()) {
    bcrypt_matches(password, nobodys_hash(policy.config));
    return false;
  }
  // crypt(3) stops at a NUL: what stands behind it must not be waved through.
  if (password.find('\0') != std::string::npos) return false;
  if (!bcrypt_matches(password, at->second)) return false;
  constexpr std::size_t kRemembered = 256;
  const std::lock_guard lock(mutex_);
  verified_.push_back(digest(at->second, user, password));
  if (verified_.size() > kRemembered) verified_.erase(verified_.begin());
  return true;
}

bool RateMeter::passes(const RateLimit& limit, base::MonoTime now) {
  if (limit.interval.count() <= 0) return true;
  const std::lock_guard lock(mutex_);
  const base::MonoTime full = std::max(full_at_.value_or(now), now) + limit.interval;
  if (full - now > limit.interval * static_cast<std::int64_t>(limit.burst)) return false;
  full_at_ = full;
  return true;
}

}  // namespace pingtrail::http
