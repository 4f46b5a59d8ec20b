// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/net/resolver.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

#include "perfdata/base/fd.h"
#include "perfdata/base/number.h"
#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"
#include "plugin/net/interruption.h"
#include "plugin/net/wait.h"

namespace pingtrail::net {
namespace {

using base::Error;
using base::ErrorKind;
using probe::Address;
using probe::Family;

// Each thread waits for a name server most of its time.
constexpr std::size_t kMostThreads = 32;

struct AddressInfoDeleter {
  void operator()(addrinfo* info) const { freeaddrinfo(info); }
};

std::optional<Address> from_sockaddr(const addrinfo& entry) {
  Address address;
  if (entry.ai_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, entry.ai_addr, sizeof in);
    std::memcpy(address.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
    return address;
  }
  if (entry.ai_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, entry.ai_addr, sizeof in);
  address.family = Family::ipv6;
  std::memcpy(address.bytes.data(), &in.sin6_addr, sizeof in.sin6_addr);
  address.scope_id = in.sin6_scope_id;
  return address;
}

int system_family(std::optional<Family> family) {
  if (!family) return AF_UNSPEC;
  return *family == Family::ipv4 ? AF_INET : AF_INET6;
}

std::string fact_of(int failure, int error_number) {
  switch (failure) {
    case EAI_NONAME:
      return "name does not resolve";
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
      return "name has no address of the family asked for";
    case EAI_AGAIN:
      return "name does not resolve: the name server does not answer";
    case EAI_FAIL:
      return "name does not resolve: the name server refuses to answer";
    case EAI_SYSTEM:
      return "name does not resolve: " + base::posix_error("", error_number).message.substr(2);
    default:
      return std::string("name does not resolve: ") + gai_strerror(failure);
  }
}

Resolution ask_system(const std::string& host, std::optional<Family> family) {
  addrinfo hints{};
  hints.ai_family = system_family(family);
  hints.ai_socktype = SOCK_DGRAM;  // one entry an address instead of one a socket type
  addrinfo* raw = nullptr;
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &raw);
  if (failure != 0) return Error{ErrorKind::not_found, host + ": " + fact_of(failure, errno)};
  const std::unique_ptr<addrinfo, AddressInfoDeleter> list(raw);
  std::vector<Address> found;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    const auto address = from_sockaddr(*entry);
    if (address && std::find(found.begin(), found.end(), *address) == found.end()) {
      found.push_back(*address);
    }
  }
  if (found.empty()) return Error{ErrorKind::not_found, host + ": name has no address"};
  return found;
}

bool is_link_local(const Address& address) {
  return address.family == Family::ipv6 && address.bytes[0] == 0xFE &&
         (address.bytes[1] & 0xC0U) == 0x80U;
}

// ::ffff:a.b.c.d (RFC 4291 2.5.5.2), which the kernel refuses as the target of a ping.
bool is_mapped(const Address& address) {
  const auto zeros = std::find_if(address.bytes.begin(), address.bytes.end(),
                                  [](std::uint8_t byte) { return byte != 0; });
  return address.family == Family::ipv6 && zeros - address.bytes.begin() == 10 &&
         address.bytes[10] == 0xFF && address.bytes[11] == 0xFF;
}

std::string unmapped(const Address& address) {
  Address plain;
  std::copy_n(address.bytes.begin() + 12, 4, plain.bytes.begin());
  return probe::format_address(plain);
}

std::optional<std::uint32_t> interface_index(const std::string& interface) {
  if (const unsigned index = if_nametoindex(interface.c_str()); index != 0) return index;
  const auto number = base::parse_integer(interface);
  if (!number || *number < 1 || *number > INT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

// What cannot be probed although it is an address.
std::optional<std::string> objection(const Address& address) {
  const bool zero = std::all_of(address.bytes.begin(), address.bytes.end(),
                                [](std::uint8_t byte) { return byte == 0; });
  if (zero) return "the unspecified address is no host";
  const std::uint8_t first = address.bytes[0];
  if (address.family == Family::ipv4 && first >= 224 && first < 240) return "a multicast address";
  if (address.family == Family::ipv6 && first == 0xFF) return "a multicast address";
  const bool broadcast = address.family == Family::ipv4 &&
                         std::all_of(address.bytes.begin(), address.bytes.begin() + 4,
                                     [](std::uint8_t byte) { return byte == 255; });
  if (broadcast) return "the broadcast address is no host";
  return std::nullopt;
}

// Only digits and points, or else what inet_aton takes: the system's resolver would probe 8.0.0.1
// for "010.1" and 127.0.0.1 for "0x7f.1".
bool looks_numeric(const std::string& host) {
  if (host.empty() || host[0] < '0' || host[0] > '9') return false;
  in_addr ignored{};
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '.'; }) ||
         inet_aton(host.c_str(), &ignored) != 0;
}

Resolution literal(const std::string& host, std::optional<Family> family) {
  const std::size_t percent = host.find('%');
  auto address = probe::parse_address(host.substr(0, percent));
  if (!address) return base::invalid_input(host, "not a valid address");
  if (family && *family != address->family) {
    const bool ipv4 = address->family == Family::ipv4;
    return base::invalid_input(host, ipv4 ? "an IPv4 address, and only IPv6 is asked for (-6)"
                                          : "an IPv6 address, and only IPv4 is asked for (-4)");
  }
  if (is_mapped(*address)) {
    return base::invalid_input(
        host, "an IPv4 address in IPv6's clothes; give it as " + unmapped(*address));
  }
  if (const auto why = objection(*address)) return base::invalid_input(host, *why);
  if (percent == std::string::npos) {
    if (is_link_local(*address)) {
      return base::invalid_input(
          host, "a link-local address needs its interface, as in " + host + "%eth0");
    }
    return std::vector{*address};
  }
  const std::string interface = host.substr(percent + 1);
  const auto index = interface_index(interface);
  if (!is_link_local(*address)) {
    return base::invalid_input(host, "only a link-local address takes an interface");
  }
  if (!index) return base::invalid_input(host, "no interface " + interface);
  address->scope_id = *index;
  return std::vector{*address};
}

}  // namespace

bool is_literal(const std::string& host) {
  return host.find(':') != std::string::npos || looks_numeric(host);
}

std::optional<Family> literal_family(const std::string& host) {
  if (!is_literal(host)) return std::nullopt;
  return host.find(':') != std::string::npos ? Family::ipv6 : Family::ipv4;
}

// What the threads and the waiting process share. Threads may outlive the wait, so they hold it
// too.
struct Resolver::Work {
  std::mutex guard;
  std::vector<std::string> names;
  std::vector<std::optional<Resolution>> answers;  // by guard
  std::size_t open = 0;                            // by guard
  std::atomic<std::size_t> next{0};
  std::optional<Family> family;
  base::Fd done;  // an eventfd, written when nothing is open any more

  void run();
};

void Resolver::Work::run() {
  for (;;) {
    const std::size_t mine = next.fetch_add(1);
    if (mine >= names.size()) return;
    Resolution answer = ask_system(names[mine], family);
    const std::lock_guard lock(guard);
    answers[mine] = std::move(answer);
    if (--open > 0) continue;
    const std::uint64_t one = 1;
    // An eventfd takes eight bytes or the process is out of order anyway; the deadline still holds.
    [[maybe_unused]] const ssize_t written = write(done.get(), &one, sizeof one);
  }
}

Resolver::Resolver(std::span<const std::string> hosts, std::optional<Family> family) {
  literals_.reserve(hosts.size());
  std::vector<std::string> names;
  for (const std::string& host : hosts) {
    if (is_literal(host)) {
      literals_.push_back(literal(host, family));
      continue;
    }
    names.push_back(host);
    places_.push_back(literals_.size());
    literals_.emplace_back(std::vector<Address>{});
  }
  if (names.empty()) return;
  work_ = std::make_shared<Work>();
  work_->answers.resize(names.size());
  work_->open = names.size();
  work_->names = std::move(names);
  work_->family = family;
  work_->done = base::Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  // As many threads as help and as the system grants. With none every name stays without an answer.
  for (std::size_t i = 0; i < std::min(work_->names.size(), kMostThreads); ++i) {
    try {
      std::thread([shared = work_] { shared->run(); }).detach();
    } catch (const std::system_error&) {
      return;
    }
  }
}

Resolver::~Resolver() = default;

bool Resolver::wait(base::MonoTime until) {
  if (!work_) return true;
  Watched done{work_->done.get(), false};
  const auto unanswered = [&] {
    const std::lock_guard lock(work_->guard);
    return work_->open > 0;
  };
  while (unanswered()) {
    if (interrupted() || base::mono_now() >= until) return false;
    interruptible_wait(std::span(&done, 1), until);
  }
  return true;
}

std::vector<Resolution> Resolver::answers() const {
  std::vector<Resolution> known = literals_;
  if (!work_) return known;
  const std::lock_guard lock(work_->guard);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto& answer = work_->answers[i];
    known[places_[i]] = answer ? *answer
                               : Resolution(Error{ErrorKind::would_block,
                                                  work_->names[i] + ": name not resolved in time"});
  }
  return known;
}

}  // namespace pingtrail::net
