// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/http/server.h"

#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "exporter/http/gzip.h"
#include "exporter/http/lanes.h"
#include "exporter/http/listen.h"
#include "exporter/http/url.h"
#include "perfdata/base/posix_clock.h"

namespace pingtrail::http {
namespace {

using base::Expected;
using base::Fd;
using base::LogLevel;
using base::MonoTime;

constexpr std::size_t kLongestTarget = 8192;
constexpr std::size_t kMostUploadBytes = 65536;
constexpr std::size_t kWorthPacking = 1024;
// A connection's headers live here; larger ones are answered 431 by the library.
constexpr std::size_t kConnectionBytes = 20480;
constexpr std::size_t kPieceBytes = 65536;

// What is known of a connection while it lasts.
struct Connection {
  MonoTime begun{};               // of the request that is arriving, or of the connection
  std::optional<MonoTime> asked;  // when its request was whole; absent between requests
};

// One request on its way; libmicrohttpd carries a pointer to it.
struct Flight {
  std::string raw_target;
  bool arrived = false;
  std::size_t upload_bytes = 0;
  bool asked = false;              // handed to a lane
  std::optional<Response> answer;  // there when the lane is done
};

std::string header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

// A body that the library fetches as the client takes it.
struct Stream {
  std::shared_ptr<BodySource> source;
  std::string pending;
  std::size_t taken = 0;
  bool more = true;
};

ssize_t read_stream(void* context, std::uint64_t, char* buffer, std::size_t most) {
  auto& stream = *static_cast<Stream*>(context);
  while (stream.taken == stream.pending.size() && stream.more) {
    stream.pending.clear();
    stream.taken = 0;
    stream.more = stream.source->next(stream.pending);
  }
  const std::size_t size = std::min(most, stream.pending.size() - stream.taken);
  if (size == 0) return MHD_CONTENT_READER_END_OF_STREAM;
  std::memcpy(buffer, stream.pending.data() + stream.taken, size);
  stream.taken += size;
  return static_cast<ssize_t>(size);
}

void free_stream(void* context) { delete static_cast<Stream*>(context); }

bool is_text(const Response& response) {
  return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& one) {
    return one.first == "Content-Type" && !one.second.starts_with("image/png");
  });
}

// Compresses where that is worth it and the client can read it.
void pack(Response& response, const std::string& accept_encoding) {
  if (!is_text(response)) return;
  const bool large = response.source != nullptr || response.body.size() >= kWorthPacking;
  if (!large) return;
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  if (!accepts_gzip(accept_encoding)) return;
  if (!response.source) response.source = whole(std::move(response.body));
  response.source = compressed(std::move(response.source));
  response.headers.emplace_back("Content-Encoding", "gzip");
}

MHD_Response* made(Response& response) {
  if (!response.source) {
    return MHD_create_response_from_buffer(response.body.size(), response.body.data(),
                                           MHD_RESPMEM_MUST_COPY);
  }
  auto* stream = new Stream{std::move(response.source), {}, 0, true};
  MHD_Response* out = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kPieceBytes, read_stream,
                                                        stream, free_stream);
  if (out == nullptr) free_stream(stream);
  return out;
}

MHD_Result queue(MHD_Connection* connection, Response response) {
  MHD_Response* out = made(response);
  if (out == nullptr) return MHD_NO;
  for (const auto& [name, value] : response.headers) {
    MHD_add_response_header(out, name.c_str(), value.c_str());
  }
  const MHD_Result done =
      MHD_queue_response(connection, static_cast<unsigned>(response.status), out);
  MHD_destroy_response(out);
  return done;
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
        quick_(2, limits.waiting_quick),
        heavy_(1, limits.waiting_heavy),
        passwords_(1, limits.waiting_passwords) {}

  ~Microhttpd() override {
    for (MHD_Daemon* daemon : daemons_) Fd(MHD_quiesce_daemon(daemon)).close();
    for (MHD_Daemon* daemon : retired_) daemons_.push_back(daemon);
    std::unique_lock lock(mutex_);
    constexpr std::chrono::seconds kPatience{5};
    changed_.wait_for(lock, kPatience, [this] { return in_flight_ == 0; });
    // Nothing may be suspended when the library stops; what the lanes still do resumes it.
    changed_.wait(lock, [this] { return in_lanes_ == 0; });
    lock.unlock();
    for (MHD_Daemon* daemon : daemons_) MHD_stop_daemon(daemon);
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
      Fd(MHD_quiesce_daemon(daemon)).close();
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
    const std::lock_guard lock(mutex_);
    const MonoTime now = base::mono_now();
    for (const auto& [fd, connection] : connections_) {
      const bool slow = connection.asked ? now - *connection.asked > limits_.answer
                                         : now - connection.begun > limits_.request + limits_.idle;
      // The library notices, and closes it.
      if (slow) ::shutdown(fd, SHUT_RDWR);
    }
  }

 private:
  static bool same_handshakes(const Policy& a, const Policy& b) {
    return a.priorities == b.priorities && (a.tls == nullptr) == (b.tls == nullptr);
  }

  // Daemons without listeners, once nobody is connected any more.
  void end_retired() {
    const auto idle = [](MHD_Daemon* daemon) {
      const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
      if (info == nullptr || info->num_connections > 0) return false;
      MHD_stop_daemon(daemon);
      return true;
    };
    retired_.erase(std::remove_if(retired_.begin(), retired_.end(), idle), retired_.end());
  }

  MHD_Daemon* open_one(const Fd& listener, const Policy& policy) {
    std::vector<MHD_OptionItem> options{
        {MHD_OPTION_CONNECTION_LIMIT, static_cast<std::intptr_t>(limits_.connections), nullptr},
        {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<std::intptr_t>(limits_.idle.count()), nullptr},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, static_cast<std::intptr_t>(kConnectionBytes), nullptr},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
        {MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, nullptr},
        {MHD_OPTION_LISTEN_SOCKET, ::dup(listener.get()), nullptr},
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
    return MHD_start_daemon(flags, 0, nullptr, nullptr, &on_request, this, MHD_OPTION_ARRAY,
                            options.data(), MHD_OPTION_END);
  }

  // --- what the library calls ---

  // Percent signs stay: the target is read as a whole, by url.h.
  static std::size_t leave_escaped(void*, MHD_Connection*, char* text) { return std::strlen(text); }

  static void* on_target(void* self, const char* target, MHD_Connection* connection) {
    auto* flight = new Flight;
    flight->raw_target = target;
    auto& server = *static_cast<Microhttpd*>(self);
    const std::lock_guard lock(server.mutex_);
    ++server.in_flight_;
    server.connection_of(connection).begun = base::mono_now();
    return flight;
  }

  static void on_completed(void* self, MHD_Connection* connection, void** context,
                           MHD_RequestTerminationCode) {
    auto* flight = static_cast<Flight*>(*context);
    if (flight == nullptr) return;
    auto& server = *static_cast<Microhttpd*>(self);
    {
      const std::lock_guard lock(server.mutex_);
      --server.in_flight_;
      Connection& one = server.connection_of(connection);
      one.asked.reset();
      one.begun = base::mono_now();
    }
    server.changed_.notify_all();
    delete flight;
    *context = nullptr;
  }

  static void on_connection(void* self, MHD_Connection* connection, void**,
                            MHD_ConnectionNotificationCode code) {
    auto& server = *static_cast<Microhttpd*>(self);
    const int fd = fd_of(connection);
    const std::lock_guard lock(server.mutex_);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
      server.connections_[fd] = Connection{base::mono_now(), std::nullopt};
    } else {
      server.connections_.erase(fd);
    }
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char*,
                               const char* method, const char*, const char*, std::size_t* upload,
                               void** context) {
    auto* flight = static_cast<Flight*>(*context);
    if (flight == nullptr) return MHD_NO;
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
      Response answer = *std::move(flight.answer);
      flight.answer.reset();
      return queue(connection, std::move(answer));
    }
    if (flight.asked) return MHD_YES;  // woken before the lane was done
    flight.asked = true;
    {
      const std::lock_guard lock(mutex_);
      connection_of(connection).asked = base::mono_now();
    }
    return dispatch(connection, method, flight);
  }

  // A request as the lanes carry it.
  struct Asked {
    MHD_Connection* connection = nullptr;
    Flight* flight = nullptr;
    Request request;
    std::shared_ptr<const Policy> policy;
    std::string user, password;
  };

  MHD_Result dispatch(MHD_Connection* connection, const char* method, Flight& flight) {
    Asked asked;
    asked.connection = connection;
    asked.flight = &flight;
    asked.policy = access_.policy();
    if (const auto fault = client_fault(connection, *asked.policy)) {
      return queue(connection, finished(text_response(403, *fault), *asked.policy));
    }
    if (!meter_.passes(asked.policy->config.rate, base::mono_now())) {
      return queue(connection, finished(text_response(429, "too many requests"), *asked.policy));
    }
    const bool guarded = !asked.policy->config.users.empty();
    if (guarded && !credentials(connection, asked)) {
      return queue(connection, finished(unauthorized(), *asked.policy));
    }
    if (auto refused = understood(connection, method, flight, asked.request)) {
      // Who is not let in learns nothing about the request, either.
      if (!guarded || users_.known(*asked.policy, asked.user, asked.password)) {
        return queue(connection, finished(*std::move(refused), *asked.policy));
      }
      asked.request.method.clear();
    }
    const bool check = guarded && !users_.known(*asked.policy, asked.user, asked.password);
    return check ? send_to(passwords_, std::move(asked), &Microhttpd::check_password)
                 : send_on(std::move(asked));
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
    char* password = nullptr;
    char* user = MHD_basic_auth_get_username_password(connection, &password);
    if (user != nullptr) asked.user = user;
    if (password != nullptr) asked.password = password;
    const bool both = user != nullptr && password != nullptr;
    MHD_free(user);
    MHD_free(password);
    return both;
  }

  // Fills the request; the answer instead when it is none that can be understood.
  static std::optional<Response> understood(MHD_Connection* connection, const char* method,
                                            const Flight& flight, Request& request) {
    if (flight.raw_target.size() > kLongestTarget) return text_response(414, "URL too long");
    auto target = parse_target(flight.raw_target);
    if (!target) return text_response(400, target.error().message);
    request.method = method;
    request.segments = std::move(target->segments);
    request.query = std::move(target->query);
    request.accept = header(connection, MHD_HTTP_HEADER_ACCEPT);
    request.accept_encoding = header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    return std::nullopt;
  }

  // Puts the connection to sleep until the lane has the answer.
  MHD_Result send_to(Lane& lane, Asked asked, void (Microhttpd::*work)(Asked&)) {
    MHD_Connection* connection = asked.connection;
    const auto policy = asked.policy;
    {
      const std::lock_guard lock(mutex_);
      ++in_lanes_;
    }
    MHD_suspend_connection(connection);
    auto carried = std::make_shared<Asked>(std::move(asked));
    if (lane.add([this, carried, work] { (this->*work)(*carried); })) return MHD_YES;
    deliver(*carried, busy());
    return MHD_YES;
  }

  MHD_Result send_on(Asked asked) {
    Lane& lane = is_heavy(asked.request) ? heavy_ : quick_;
    return send_to(lane, std::move(asked), &Microhttpd::make_page);
  }

  // In a lane: bcrypt, and then on to the page's own lane.
  void check_password(Asked& asked) {
    if (!users_.verified(*asked.policy, asked.user, asked.password)) {
      deliver(asked, unauthorized());
      return;
    }
    if (asked.request.method.empty()) {  // let in, but what was asked is none
      deliver(asked, text_response(400, "request target: cannot be read"));
      return;
    }
    Lane& lane = is_heavy(asked.request) ? heavy_ : quick_;
    auto carried = std::make_shared<Asked>(std::move(asked));
    if (!lane.add([this, carried] { make_page(*carried); })) deliver(*carried, busy());
  }

  void make_page(Asked& asked) {
    Response answer;
    try {
      answer = route(asked.request, pages_);
    } catch (const std::exception& error) {
      log_(LogLevel::error, std::string("a page could not be made: ") + error.what());
      answer = text_response(500, "the page could not be made");
    }
    pack(answer, asked.request.accept_encoding);
    log_(LogLevel::debug, asked.request.method + " " + asked.flight->raw_target + " " +
                              std::to_string(answer.status));
    deliver(asked, std::move(answer));
  }

  // From a lane back to the library.
  void deliver(Asked& asked, Response answer) {
    asked.flight->answer = finished(std::move(answer), *asked.policy);
    MHD_resume_connection(asked.connection);
    {
      const std::lock_guard lock(mutex_);
      --in_lanes_;
    }
    changed_.notify_all();
  }

  Response finished(Response answer, const Policy& policy) const {
    for (const auto& [name, value] : policy.config.headers) {
      const auto same = [&name = name](const auto& one) { return one.first == name; };
      answer.headers.erase(std::remove_if(answer.headers.begin(), answer.headers.end(), same),
                           answer.headers.end());
      answer.headers.emplace_back(name, value);
    }
    add_security_headers(answer, frame_ancestors_());
    return answer;
  }

  static Response unauthorized() {
    Response out = text_response(401, "user and password are needed");
    out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"pingtrail\", charset=\"UTF-8\"");
    return out;
  }

  static Response busy() {
    Response out = text_response(503, "too much to do at the moment");
    out.headers.emplace_back("Retry-After", "5");
    return out;
  }

  static int fd_of(MHD_Connection* connection) {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == nullptr ? -1 : info->connect_fd;
  }

  // With mutex_ held.
  Connection& connection_of(MHD_Connection* connection) { return connections_[fd_of(connection)]; }

  std::vector<Fd> listeners_;
  Pages& pages_;
  Access& access_;
  std::function<std::string()> frame_ancestors_;
  const base::Log& log_;
  const ServerLimits limits_;
  UserCheck users_;
  RateMeter meter_;
  std::shared_ptr<const Policy> served_;
  std::vector<MHD_Daemon*> daemons_, retired_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int, Connection> connections_;
  std::size_t in_flight_ = 0;  // requests that the library knows
  std::size_t in_lanes_ = 0;   // of those, asleep
  // Last, so that they end first: what they still do needs all of the above.
  Lane quick_, heavy_, passwords_;
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
