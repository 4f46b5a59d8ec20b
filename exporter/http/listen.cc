// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/listen.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>

#include "perfdata/base/number.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::http {
namespace {

using base::Error;
using base::Expected;
using base::Fd;

constexpr int kBacklog = 1024;

Expected<Fd> listener(const addrinfo& where, const std::string& object, bool both_families) {
  Fd out(::socket(where.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!out) return base::posix_error(object, errno);
  const int on = 1;
  const int only = both_families ? 0 : 1;
  ::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (where.ai_family == AF_INET6) {
    ::setsockopt(out.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  if (::bind(out.get(), where.ai_addr, where.ai_addrlen) != 0 ||
      ::listen(out.get(), kBacklog) != 0) {
    return base::posix_error(object, errno);
  }
  return out;
}

}  // namespace

Expected<std::pair<std::string, std::string>> split_address(const std::string& text) {
  const Error bad = base::invalid_input("--listen: " + text, "not ADDRESS:PORT or [IPV6]:PORT");
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return bad;
  std::string host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return bad;
  }
  const auto port = base::parse_integer(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return bad;
  return std::pair(host, std::to_string(*port));
}

Expected<std::vector<Fd>> listen_at(const std::string& address) {
  const std::string object = "--listen: " + address;
  const auto parts = split_address(address);
  if (!parts) return parts.error();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const bool every = parts->first.empty();
  const int code =
      ::getaddrinfo(every ? nullptr : parts->first.c_str(), parts->second.c_str(), &hints, &found);
  if (code != 0) return base::invalid_input(object, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
  std::vector<Fd> out;
  if (every) {
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      if (one->ai_family != AF_INET6) continue;
      if (auto both = listener(*one, object, true)) {
        out.push_back(*std::move(both));
        return out;
      }
    }
  }
  std::optional<Error> fault;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    auto made = listener(*one, object, false);
    if (made) {
      out.push_back(*std::move(made));
      continue;
    }
    // "localhost" is ::1, too, on machines that have no IPv6.
    fault = made.error();
    if (fault->kind != base::ErrorKind::not_found) return *fault;
  }
  if (out.empty() && fault) return *fault;
  return out;
}

std::string address_of(const Fd& listener) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getsockname(listener.get(), address, &size) != 0 ||
      ::getnameinfo(address, size, host.data(), host.size(), port.data(), port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "?";
  }
  const std::string name = host.data();
  return (name.find(':') == std::string::npos ? name : "[" + name + "]") + ":" + port.data();
}

}  // namespace pingtrail::http
