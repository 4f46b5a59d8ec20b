// SPDX-License-Identifier: GPL-3.0-or-later
// The HTTP server with pages of its own, for the tests that talk to it over sockets. Prints
// "ready ADDRESS..." once it listens, and ends on SIGTERM.
//
// usage: serve [listen=ADDRESS:PORT]... [fd=N]... [web=FILE] [connections=N] [held=BYTES]
//              [idle=S] [request=S] [piece=S] [answer=S] [heavy=N]
#include <signal.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/http/access.h"
#include "exporter/http/listen.h"
#include "exporter/http/server.h"
#include "perfdata/base/log.h"

namespace pingtrail::http {
namespace {

constexpr std::size_t kLineBytes = 64;

// Appends 'pingtrail_test{line="0000000001"} 777...', kLineBytes with its end.
void append_line(std::string& out, std::size_t number) {
  constexpr std::string_view kBegin = "pingtrail_test{line=\"";
  constexpr std::size_t kDigits = 10;
  static const std::string kFirst = [&] {
    std::string text = std::string(kBegin) + std::string(kDigits, '0') + "\"} ";
    return text + std::string(kLineBytes - 1 - text.size(), '7') + "\n";
  }();
  std::size_t place = out.size() + kBegin.size() + kDigits;
  out += kFirst;
  for (; number > 0; number /= 10) out[--place] = static_cast<char>('0' + number % 10);
}

// So many bytes of lines, in pieces; throws at its end when it is told to.
class Lines : public BodySource {
 public:
  Lines(std::size_t bytes, bool breaks) : lines_(bytes / kLineBytes), breaks_(breaks) {}
  bool next(std::string& out) override {
    constexpr std::size_t kLinesAPiece = 512;
    for (std::size_t i = 0; i < kLinesAPiece && made_ < lines_; ++i) append_line(out, made_++);
    if (made_ == lines_ && breaks_) throw std::runtime_error("asked to break");
    return made_ < lines_;
  }

 private:
  std::size_t made_ = 0;
  const std::size_t lines_;
  const bool breaks_;
};

std::size_t megabytes(const Request& request) {
  for (const auto& [name, value] : request.query) {
    if (name == "mb") return std::stoul(value) << 20U;
  }
  return kLineBytes;
}

Response typed(const char* type, std::string body) {
  Response out;
  out.headers.emplace_back("Content-Type", type);
  out.body = std::move(body);
  return out;
}

// Echoes what was asked; graphs wait until somebody asks for /host/release.
class TestPages : public Pages {
 public:
  Response status_page(const Request&) override {
    return typed("text/html; charset=utf-8", "<!DOCTYPE html><title>test</title>\n");
  }
  Response host_page(const std::string& host, const Request& request) override {
    if (host == "throw") throw std::runtime_error("asked to throw");
    const std::lock_guard lock(mutex_);
    if (host == "release") released_ = true;
    changed_.notify_all();
    std::string body = host + "\n";
    for (const auto& [name, value] : request.query) body += name + "=" + value + "\n";
    if (host == "drawing") body = std::to_string(drawing_) + "\n";
    return typed("text/plain; charset=utf-8", body);
  }
  Response metrics(const Request& request) override {
    Response out = typed("text/plain; version=0.0.4; charset=utf-8", "");
    const bool breaks = !request.query.empty() && request.query.back().first == "break";
    out.source = std::make_shared<Lines>(megabytes(request), breaks);
    return out;
  }
  Response hosts_json(const Request& request) override {
    std::string body;
    Lines lines(megabytes(request), false);
    while (lines.next(body)) {
    }
    return typed("application/json", body);
  }
  Response host_json(const std::string& host, const Request&) override {
    return typed("application/json", "{\"host\":\"" + host + "\"}\n");
  }
  Response outages_json(const Request&) override { return typed("application/json", "[]\n"); }
  Response report_json(const Request&) override { return typed("application/json", "{}\n"); }
  Response graph(const std::string&, bool, const Request&) override {
    std::unique_lock lock(mutex_);
    ++drawing_;
    changed_.wait_for(lock, std::chrono::seconds(600), [this] { return released_; });
    --drawing_;
    return typed("image/png", "PNG\n");
  }
  Response month_report(const std::string& month, const Request&) override {
    return typed("text/html; charset=utf-8", month + "\n");
  }
  Response discovery(const Request&) override { return typed("application/json", "[]\n"); }
  bool ready() override { return true; }
  base::Expected<base::Done> reload() override { return base::ok(); }

  void release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;
  int drawing_ = 0;
};

struct Options {
  std::vector<std::string> addresses;
  std::vector<base::Fd> listeners;
  std::string web;
  ServerLimits limits;
};

Options options_of(const std::vector<std::string>& words) {
  Options out;
  for (const std::string& word : words) {
    const std::size_t mark = word.find('=');
    const std::string name = word.substr(0, mark);
    const std::string value = word.substr(mark + 1);
    const auto number = [&value] { return std::stoul(value); };
    const auto seconds = [&value] { return std::chrono::seconds(std::stoul(value)); };
    if (name == "listen") out.addresses.push_back(value);
    if (name == "fd") out.listeners.emplace_back(static_cast<int>(number()));
    if (name == "web") out.web = value;
    if (name == "connections") out.limits.connections = static_cast<unsigned>(number());
    if (name == "held") out.limits.held_bytes = number();
    if (name == "heavy") out.limits.waiting_heavy = number();
    if (name == "idle") out.limits.idle = seconds();
    if (name == "request") out.limits.patience.request = seconds();
    if (name == "piece") out.limits.patience.piece = seconds();
    if (name == "answer") out.limits.patience.answer = seconds();
  }
  return out;
}

int fail(const base::Error& error) {
  std::cerr << error.message << "\n";
  return 1;
}

int serve(const std::vector<std::string>& words) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  // Before any thread, so that all inherit it.
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);
  Options options = options_of(words);
  for (const std::string& address : options.addresses) {
    auto listeners = listen_at(address);
    if (!listeners) return fail(listeners.error());
    for (base::Fd& one : *listeners) options.listeners.push_back(std::move(one));
  }
  std::string ready = "ready";
  for (const base::Fd& one : options.listeners) ready += " " + address_of(one);
  const base::Log log(base::LogLevel::info);
  auto access = Access::open(options.web, log);
  if (!access) return fail(access.error());
  TestPages pages;
  auto server = Server::start(
      std::move(options.listeners), pages, **access, [] { return std::string("'self'"); }, log,
      options.limits);
  if (!server) return fail(server.error());
  std::cout << ready << std::endl;
  constexpr timespec kTick{0, 100'000'000};
  while (sigtimedwait(&ends, nullptr, &kTick) != SIGTERM) (*server)->tick();
  pages.release();
  return 0;
}

}  // namespace
}  // namespace pingtrail::http

int main(int argc, char** argv) { return pingtrail::http::serve({argv + 1, argv + argc}); }
