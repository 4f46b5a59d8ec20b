// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/server.h"

#include <fcntl.h>
#include <microhttpd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "exporter/http/answers.h"
#include "exporter/http/authorization.h"
#include "exporter/http/budget.h"
#include "exporter/http/lanes.h"
#include "exporter/http/listen.h"
#include "exporter/http/url.h"
#include "perfdata/base/posix_clock.h"

namespace pingtrail::http {
namespace {

using base::Expected;
using base::Fd;
using base::LogLevel;

constexpr std::size_t kLongestTarget = 8192;
constexpr std::size_t kMostUploadBytes = 65536;
// A connection's headers live here; larger ones are answered 431 by the library.
constexpr std::size_t kConnectionBytes = 20480;
constexpr std::size_t kPieceBytes = 32768;
// Descriptors that are no connections: files, archives, the library's own.
constexpr unsigned kOtherDescriptors = 256;
// The library's own limit lets clients wait unanswered; ours, below it, turns them away.
constexpr unsigned kNeverReached = 1024;

// An answer with what is held ready of its body.
struct Answer {
  Response response;
  std::string ready;    // of response.source
  bool more = false;    // to come from response.source
  bool failed = false;  // response.source threw
  std::unique_ptr<Budget::Share> share;

  // Fetches the next piece, large enough to be worth a change of threads.
  void fetch() {
    ready.clear();
    try {
      more = true;
      while (more && ready.size() < kPieceBytes) more = response.source->next(ready);
    } catch (const std::exception&) {
      failed = true;
      more = false;
    }
  }
};

// One request on its way; libmicrohttpd carries a pointer to it.
struct Flight {
  std::string raw_target;
  const char* target_in_buffer = nullptr;  // the library's own text of it
  bool arrived = false;
  std::size_t upload_bytes = 0;
  bool asked = false;            // handed to a lane
  std::optional<Answer> answer;  // there when the lane is done
};

// What may be known of a connection, as its owner asks.
const MHD_ConnectionInfo* info_of(MHD_Connection* connection, MHD_ConnectionInfoType what) {
  return MHD_get_connection_info(connection, what);
}

// Whether a NUL ended the target before its end, which the library does not tell. Method, target
// and version stand one behind the other in its buffer: between the last two there are then more
// than blanks (and the NUL that it put there).
bool has_nul(const Flight& flight, const char* version) {
  constexpr std::ptrdiff_t kLongestLine = kConnectionBytes;
  const char* end = flight.target_in_buffer + flight.raw_target.size();
  const std::ptrdiff_t between = version - end;
  if (between <= 0 || between > kLongestLine) return false;
  return std::any_of(end, version, [](char c) { return c != '\0' && c != ' ' && c != '\t'; });
}

int fd_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = info_of(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == nullptr ? -1 : info->connect_fd;
}

std::string header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

// Raises the limit of open files to what so many connections need; how many there may be then.
unsigned connections_possible(unsigned wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  const rlim_t needed = rlim_t{wanted} + kOtherDescriptors;
  if (files.rlim_cur < needed) {
    files.rlim_cur = std::min(needed, files.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &files);
    ::getrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur >= needed) return wanted;
  return static_cast<unsigned>(std::max<rlim_t>(files.rlim_cur / 2, 1));
}

class Microhttpd : public Server {
 public:
  Microhttpd(std::vector<Fd> listeners, Pages& pages, Access& access,
             std::function<std::string()> frame_ancestors, const base::Log& log,
             const ServerLimits& limits)
      : listeners_(std::move(listeners)),
        pages_(pages),
        access_(access),
        frame_ancestors_(std::move(frame_ancestors)),
        log_(log),
        limits_(limits),
        most_connections_(connections_possible(limits.connections)),
        budget_(std::make_shared<Budget>(limits.held_bytes)),
        quick_(2, limits.waiting_quick),
        heavy_(1, limits.waiting_heavy),
        passwords_(1, limits.waiting_passwords),
        pieces_(2, std::numeric_limits<std::size_t>::max()) {
    // The library accepts until there is nobody left: a listener that waits would hold it up.
    for (const Fd& listener : listeners_) {
      ::fcntl(listener.get(), F_SETFL, ::fcntl(listener.get(), F_GETFL) | O_NONBLOCK);
    }
  }

  ~Microhttpd() override {
    listeners_.clear();
    for (MHD_Daemon* daemon : daemons_) quiesce(daemon);
    for (MHD_Daemon* daemon : retired_) daemons_.push_back(daemon);
    closing_ = true;
    std::unique_lock lock(mutex_);
    constexpr std::chrono::seconds kPatience{5};
    changed_.wait_for(lock, kPatience, [this] { return in_flight_ == 0; });
    // Nothing may be suspended when the library stops: nobody goes to sleep any more, and the lanes
    // wake the rest without doing what was asked.
    cut_ = true;
    changed_.wait(lock, [this] { return asleep_ == 0; });
    lock.unlock();
    for (MHD_Daemon* daemon : daemons_) stop(daemon);
  }

  Expected<base::Done> open() {
    const auto policy = access_.policy();
    std::vector<MHD_Daemon*> fresh;
    for (const Fd& listener : listeners_) {
      MHD_Daemon* daemon = open_one(listener, *policy);
      if (daemon == nullptr) {
        for (MHD_Daemon* one : fresh) MHD_stop_daemon(one);
        return base::Error{base::ErrorKind::system,
                           address_of(listener) + ": the server cannot be started there"};
      }
      fresh.push_back(daemon);
    }
    for (MHD_Daemon* daemon : daemons_) {
      quiesce(daemon);
      retired_.push_back(daemon);
    }
    daemons_ = std::move(fresh);
    served_ = policy;
    return base::ok();
  }

  void tick() override {
    if (access_.refresh() && !same_handshakes(*served_, *access_.policy())) {
      // Connections that are there end under the old ways; new ones are met by the new.
      if (auto done = open(); !done) log_(LogLevel::error, done.error().message);
    }
    end_retired();
    connections_.cut_slow(base::mono_now(), limits_.patience);
  }

 private:
  static bool same_handshakes(const Policy& a, const Policy& b) {
    return a.priorities == b.priorities && (a.tls == nullptr) == (b.tls == nullptr);
  }

  // It accepts no more. Its thread may yet use the listener, which stays open until that has ended.
  void quiesce(MHD_Daemon* daemon) { left_.emplace(daemon, Fd(MHD_quiesce_daemon(daemon))); }

  void stop(MHD_Daemon* daemon) {
    MHD_stop_daemon(daemon);
    left_.erase(daemon);
  }

  // Daemons without listeners, once nobody is connected any more.
  void end_retired() {
    const auto idle = [this](MHD_Daemon* daemon) {
      const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
      if (info == nullptr || info->num_connections > 0) return false;
      stop(daemon);
      return true;
    };
    retired_.erase(std::remove_if(retired_.begin(), retired_.end(), idle), retired_.end());
  }

  MHD_Daemon* open_one(const Fd& listener, const Policy& policy) {
    const int own = ::fcntl(listener.get(), F_DUPFD_CLOEXEC, 0);
    if (own < 0) return nullptr;
    std::vector<MHD_OptionItem> options{
        {MHD_OPTION_CONNECTION_LIMIT, static_cast<std::intptr_t>(most_connections_ + kNeverReached),
         nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<std::intptr_t>(limits_.idle.count()), nullptr},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, static_cast<std::intptr_t>(kConnectionBytes), nullptr},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, nullptr},
        {MHD_OPTION_LISTEN_SOCKET, own, nullptr},
        {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<std::intptr_t>(&on_completed), this},
        {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<std::intptr_t>(&on_connection), this},
        {MHD_OPTION_URI_LOG_CALLBACK, reinterpret_cast<std::intptr_t>(&on_target), this},
        {MHD_OPTION_UNESCAPE_CALLBACK, reinterpret_cast<std::intptr_t>(&leave_escaped), nullptr},
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (policy.tls) {
      flags |= MHD_USE_TLS;
      options.push_back({MHD_OPTION_HTTPS_CERT_CALLBACK, 0, handshake_callback()});
      // The library copies nothing; served_ keeps the policy as long as the daemons.
      options.push_back(
          {MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>(policy.priorities.c_str())});
    }
    options.push_back({MHD_OPTION_END, 0, nullptr});
    MHD_Daemon* daemon = MHD_start_daemon(flags, 0, &on_client, this, &on_request, this,
                                          MHD_OPTION_ARRAY, options.data(), MHD_OPTION_END);
    if (daemon == nullptr) Fd(own).close();
    return daemon;
  }

  // --- what the library calls ---

  // Percent signs stay: the target is read as a whole, by url.h.
  static std::size_t leave_escaped(void*, MHD_Connection*, char* text) { return std::strlen(text); }

  static MHD_Result on_client(void* self, const sockaddr*, socklen_t) {
    const auto& server = *static_cast<Microhttpd*>(self);
    return server.connections_.count() < server.most_connections_ ? MHD_YES : MHD_NO;
  }

  static void* on_target(void* self, const char* target, MHD_Connection* connection) {
    auto* flight = new Flight;
    flight->raw_target = target;
    flight->target_in_buffer = target;
    auto& server = *static_cast<Microhttpd*>(self);
    server.connections_.begun(fd_of(connection), base::mono_now());
    const std::lock_guard lock(server.mutex_);
    ++server.in_flight_;
    return flight;
  }

  static void on_completed(void* self, MHD_Connection* connection, void** context,
                           MHD_RequestTerminationCode) {
    auto* flight = static_cast<Flight*>(*context);
    if (flight == nullptr) return;
    auto& server = *static_cast<Microhttpd*>(self);
    server.connections_.done(fd_of(connection), base::mono_now());
    delete flight;
    *context = nullptr;
    const std::lock_guard lock(server.mutex_);
    --server.in_flight_;
    server.changed_.notify_all();
  }

  static void on_connection(void* self, MHD_Connection* connection, void**,
                            MHD_ConnectionNotificationCode code) {
    Connections& connections = static_cast<Microhttpd*>(self)->connections_;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      connections.opened(fd_of(connection), base::mono_now());
    } else {
      connections.closed(fd_of(connection));
    }
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char*,
                               const char* method, const char* version, const char*,
                               std::size_t* upload, void** context) {
    auto* flight = static_cast<Flight*>(*context);
    if (flight == nullptr) return MHD_NO;
    if (!flight->arrived && has_nul(*flight, version)) flight->raw_target += "%00";
    return static_cast<Microhttpd*>(self)->request(connection, method, *upload, *flight);
  }

  // --- what becomes of a request ---

  MHD_Result request(MHD_Connection* connection, const char* method, std::size_t& upload,
                     Flight& flight) {
    if (!flight.arrived) {  // the headers are there
      flight.arrived = true;
      return MHD_YES;
    }
    if (upload > 0) {  // nobody here wants a body; it is let pass
      flight.upload_bytes += upload;
      upload = 0;
      return flight.upload_bytes <= kMostUploadBytes ? MHD_YES : MHD_NO;
    }
    if (flight.answer) {
      Answer answer = *std::move(flight.answer);
      flight.answer.reset();
      return queue(connection, method, flight, std::move(answer));
    }
    if (flight.asked) return MHD_YES;  // woken before the lane was done
    flight.asked = true;
    connections_.asked(fd_of(connection), base::mono_now());
    Asked asked;
    asked.connection = connection;
    asked.flight = &flight;
    asked.policy = access_.policy();
    if (auto now = dispatch(method, asked)) {
      Answer answer;
      answer.response = finished(*std::move(now), asked.policy->config.headers, frame_ancestors_());
      return queue(connection, method, flight, std::move(answer));
    }
    return MHD_YES;
  }

  // A request as the lanes carry it.
  struct Asked {
    MHD_Connection* connection = nullptr;
    Flight* flight = nullptr;
    Request request;
    std::optional<Response> refused;  // the answer to a request that cannot be understood
    std::shared_ptr<const Policy> policy;
    Credentials who;
  };

  // The answer, where it can be given at once; else the connection sleeps until a lane has it.
  std::optional<Response> dispatch(const char* method, Asked& asked) {
    const Policy& policy = *asked.policy;
    if (const auto fault = client_fault(asked.connection, policy)) {
      return text_response(403, *fault);
    }
    if (!meter_.passes(policy.config.rate, base::mono_now())) return too_many();
    const bool guarded = !policy.config.users.empty();
    if (guarded && !credentials(asked.connection, asked)) return unauthorized();
    const bool known = !guarded || users_.known(policy, asked.who.user, asked.who.password);
    asked.refused = understood(method, asked);
    // Who is not let in learns nothing about the request, either.
    if (known && asked.refused) return asked.refused;
    if (!known) return send_to(passwords_, asked, &Microhttpd::check_password);
    Lane& lane = is_heavy(asked.request) ? heavy_ : quick_;
    return send_to(lane, asked, &Microhttpd::make_page);
  }

  static std::optional<std::string> client_fault(MHD_Connection* connection, const Policy& policy) {
    if (!policy.tls) return std::nullopt;
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    // A connection from before TLS was asked for.
    if (info == nullptr || info->tls_session == nullptr) return "TLS is needed";
    return policy.tls->client_fault(info->tls_session);
  }

  static bool credentials(MHD_Connection* connection, Asked& asked) {
    auto found = basic_credentials(header(connection, MHD_HTTP_HEADER_AUTHORIZATION));
    if (!found) return false;
    asked.who = *std::move(found);
    return true;
  }

  // Fills the request; the answer instead when it is none that can be understood.
  static std::optional<Response> understood(const char* method, Asked& asked) {
    const std::string& raw = asked.flight->raw_target;
    if (raw.size() > kLongestTarget) return text_response(414, "URL too long");
    auto target = parse_target(raw);
    if (!target) return text_response(400, target.error().message);
    Request& request = asked.request;
    request.method = method;
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
    request.accept = header(asked.connection, MHD_HTTP_HEADER_ACCEPT);
    request.accept_encoding = header(asked.connection, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    // A page elsewhere may make a browser send what only its user may want.
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (!reads && header(asked.connection, "Sec-Fetch-Site") == "cross-site") {
      return text_response(403, "asked for by a page of another site");
    }
    return std::nullopt;
  }

  // False when the server ends: the connection must stay awake.
  bool put_to_sleep(MHD_Connection* connection) {
    {
      const std::lock_guard lock(mutex_);
      if (cut_) return false;
      ++asleep_;
    }
    MHD_suspend_connection(connection);
    return true;
  }

  void wake(MHD_Connection* connection) {
    MHD_resume_connection(connection);
    const std::lock_guard lock(mutex_);
    --asleep_;
    changed_.notify_all();
  }

  // Puts the connection to sleep until the lane has the answer.
  std::optional<Response> send_to(Lane& lane, Asked& asked, void (Microhttpd::*work)(Asked&)) {
    if (!put_to_sleep(asked.connection)) return busy();
    auto carried = std::make_shared<Asked>(std::move(asked));
    if (!lane.add([this, carried, work] { (this->*work)(*carried); })) deliver(*carried, busy());
    return std::nullopt;
  }

  // In a lane: bcrypt, and then on to the page's own lane.
  void check_password(Asked& asked) {
    if (cut_) return deliver(asked, busy());
    if (!users_.verified(*asked.policy, asked.who.user, asked.who.password)) {
      deliver(asked, unauthorized());
      return;
    }
    if (asked.refused) {
      deliver(asked, *std::move(asked.refused));
      return;
    }
    Lane& lane = is_heavy(asked.request) ? heavy_ : quick_;
    auto carried = std::make_shared<Asked>(std::move(asked));
    if (!lane.add([this, carried] { make_page(*carried); })) deliver(*carried, busy());
  }

  void make_page(Asked& asked) {
    if (cut_) return deliver(asked, busy());
    Response answer;
    try {
      answer = route(asked.request, pages_);
      pack(answer, asked.request.accept_encoding);
    } catch (const std::exception& error) {
      log_(LogLevel::error,
           asked.flight->raw_target + ": the page could not be made: " + error.what());
      answer = text_response(500, "the page could not be made");
    }
    deliver(asked, std::move(answer));
  }

  // From a lane back to the library.
  void deliver(Asked& asked, Response response) {
    const auto& headers = asked.policy->config.headers;
    Answer answer;
    if (response.body.size() > kPieceBytes) {  // small ones are always answered
      response.body.shrink_to_fit();
      answer.share = budget_->take(response.body.size());
      if (answer.share == nullptr) response = busy();
    }
    answer.response = finished(std::move(response), headers, frame_ancestors_());
    if (answer.response.source && asked.request.method != "HEAD") {
      answer.fetch();
      if (answer.failed) {
        log_(LogLevel::error, asked.flight->raw_target + ": the page could not be made");
        answer = Answer{};
        answer.response =
            finished(text_response(500, "the page could not be made"), headers, frame_ancestors_());
      } else if (!answer.more) {
        answer.response.body = std::exchange(answer.ready, {});
        answer.response.source.reset();
      }
    }
    asked.flight->answer = std::move(answer);
    wake(asked.connection);
  }

  // --- how an answer leaves ---

  // An answer whose body the library fetches as the client takes it.
  struct Outgoing {
    Microhttpd* server = nullptr;
    MHD_Connection* connection = nullptr;
    Answer answer;
    std::size_t taken = 0;  // of answer.ready
  };

  MHD_Result queue(MHD_Connection* connection, const char* method, const Flight& flight,
                   Answer answer) {
    const auto status = static_cast<unsigned>(answer.response.status);
    log_(LogLevel::debug,
         std::string(method) + " " + flight.raw_target + " " + std::to_string(status));
    const auto headers = std::move(answer.response.headers);
    const bool unknown_size = answer.response.source != nullptr;
    MHD_Response* out = made(connection, std::move(answer));
    if (out == nullptr) return MHD_NO;
    for (const auto& [name, value] : headers) {
      MHD_add_response_header(out, name.c_str(), value.c_str());
    }
    // The library (0.9.75) ends a chunked body even where HEAD has none: the next answer of the
    // connection would begin with those bytes.
    if (unknown_size && std::string_view(method) == MHD_HTTP_METHOD_HEAD) {
      MHD_set_response_options(out, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    }
    if (closing_) MHD_add_response_header(out, MHD_HTTP_HEADER_CONNECTION, "close");
    const MHD_Result done = MHD_queue_response(connection, status, out);
    MHD_destroy_response(out);
    return done;
  }

  MHD_Response* made(MHD_Connection* connection, Answer answer) {
    std::string& body = answer.response.body;
    if (!answer.response.source && body.size() <= kPieceBytes) {
      return MHD_create_response_from_buffer(body.size(), body.data(), MHD_RESPMEM_MUST_COPY);
    }
    std::uint64_t size = MHD_SIZE_UNKNOWN;
    if (!answer.response.source) {
      size = body.size();
      answer.ready = std::move(body);
    }
    auto* outgoing = new Outgoing{this, connection, std::move(answer), 0};
    MHD_Response* out =
        MHD_create_response_from_callback(size, kPieceBytes, &on_room, outgoing, &on_sent);
    if (out == nullptr) on_sent(outgoing);
    return out;
  }

  static ssize_t on_room(void* context, std::uint64_t, char* buffer, std::size_t most) {
    auto& outgoing = *static_cast<Outgoing*>(context);
    Answer& answer = outgoing.answer;
    Microhttpd& server = *outgoing.server;
    server.connections_.took(fd_of(outgoing.connection), base::mono_now());
    const std::size_t size = std::min(most, answer.ready.size() - outgoing.taken);
    if (size > 0) {
      answer.ready.copy(buffer, size, outgoing.taken);
      outgoing.taken += size;
      return static_cast<ssize_t>(size);
    }
    if (answer.failed) return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!answer.more) return MHD_CONTENT_READER_END_OF_STREAM;
    // While it sleeps the lane alone has the answer.
    if (!server.put_to_sleep(outgoing.connection)) return MHD_CONTENT_READER_END_WITH_ERROR;
    server.pieces_.add([&outgoing, &server] {
      outgoing.taken = 0;
      if (server.cut_) {
        outgoing.answer.ready.clear();
        outgoing.answer.failed = true;
      } else {
        outgoing.answer.fetch();
      }
      if (outgoing.answer.failed) server.log_(LogLevel::error, "a page ended before its end");
      server.wake(outgoing.connection);
    });
    return 0;
  }

  static void on_sent(void* context) { delete static_cast<Outgoing*>(context); }

  std::vector<Fd> listeners_;
  Pages& pages_;
  Access& access_;
  std::function<std::string()> frame_ancestors_;
  const base::Log& log_;
  const ServerLimits limits_;
  const unsigned most_connections_;
  UserCheck users_;
  RateMeter meter_;
  Connections connections_;
  std::shared_ptr<Budget> budget_;
  std::shared_ptr<const Policy> served_;
  std::vector<MHD_Daemon*> daemons_, retired_;
  std::map<MHD_Daemon*, Fd> left_;     // listeners of those that accept no more
  std::atomic<bool> closing_ = false;  // connections end with their answer
  std::atomic<bool> cut_ = false;      // nobody may go to sleep any more; set with mutex_ held
  std::mutex mutex_;                   // of what follows
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;  // requests that the library knows
  std::size_t asleep_ = 0;     // connections that wait for a lane
  // Last, so that they end first: what they still do needs all of the above.
  Lane quick_, heavy_, passwords_, pieces_;
};

}  // namespace

Expected<std::unique_ptr<Server>> Server::start(std::vector<Fd> listeners, Pages& pages,
                                                Access& access,
                                                std::function<std::string()> frame_ancestors,
                                                const base::Log& log, const ServerLimits& limits) {
  auto out = std::make_unique<Microhttpd>(std::move(listeners), pages, access,
                                          std::move(frame_ancestors), log, limits);
  if (auto done = out->open(); !done) return done.error();
  return std::unique_ptr<Server>(std::move(out));
}

}  // namespace pingtrail::http
