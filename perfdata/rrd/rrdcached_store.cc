// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/rrd/rrdcached_store.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "perfdata/base/posix_error.h"
#include "perfdata/rrd/local_store.h"

namespace pingtrail::rrd {
namespace {

using base::Done;
using base::Error;
using base::ErrorKind;
using base::Expected;
using base::Fd;

constexpr int kWaitMs = 10'000;
// Bounds the undo log (6.5 KB a note) and what is done again after a failure.
constexpr std::size_t kArchivesAtOnce = 256;
constexpr std::size_t kBytesAtOnce = std::size_t{4} * 1024 * 1024;

struct Queued {
  ArchiveName name;
  std::string path;
  std::string command;
  std::int64_t last_time_s = 0;
};

class RrdcachedStore : public RrdStore {
 public:
  RrdcachedStore(const ArchiveTree& tree, CacheAddress address, UndoLog undo)
      : tree_(tree), connection_(std::move(address)), undo_(std::move(undo)) {}

  // The daemon locks for itself.
  bool wants_lock() const override { return false; }
  bool is_full() const override {
    return queue_.size() >= kArchivesAtOnce || bytes_ >= kBytesAtOnce;
  }

  Expected<Done> update(const ArchiveName& name, OpenArchive& archive,
                        std::span<const std::string> rows, std::int64_t last_time_s) override {
    const std::string path = tree_.path(name);
    std::string commands = update_commands(path, rows);
    if (commands.empty()) return update_directly(name, path, rows);
    if (auto done = undo_.note(name, archive); !done) return done;
    bytes_ += commands.size();
    queue_.push_back({name, path, std::move(commands), last_time_s});
    return base::ok();
  }

  Expected<Done> settle() override {
    if (queue_.empty()) return mend();
    auto done = send_and_verify();
    queue_.clear();
    bytes_ = 0;
    if (done) {
      undo_.clear();
    } else {
      broken_ = true;
      connection_.disconnect();
    }
    return done;
  }

 private:
  Expected<Done> send_and_verify() {
    if (auto done = connection_.connect(); !done) return done;
    if (auto done = send_batch(); !done) return done;
    for (const Queued& queued : queue_) {
      const auto status = connection_.ask(flush_command(queued.path));
      if (!status) return status.error();
      if (status->number < 0)
        return Error{ErrorKind::system, queued.path + ": rrdcached: " + status->text};
    }
    for (const Queued& queued : queue_) {
      if (auto done = verify(queued); !done) return done;
    }
    return base::ok();
  }

  Expected<Done> send_batch() {
    const auto ready = connection_.ask("BATCH\n");
    if (!ready) return ready.error();
    std::string commands;
    for (const Queued& queued : queue_) commands += queued.command;
    if (auto done = connection_.send(commands + ".\n"); !done) return done;
    const auto line = connection_.read_line();
    if (!line) return line.error();
    const auto status = parse_status(*line);
    if (!status || status->number < 0) return Error{ErrorKind::system, "rrdcached: " + *line};
    // One line a refused command. Whether that matters, the archive tells: a row may have been
    // refused because the daemon had it already from its own journal.
    for (std::int64_t i = 0; i < status->number; ++i) {
      const auto refused = connection_.read_line();
      if (!refused) return refused.error();
      if (refusal_.empty()) refusal_ = *refused;
    }
    return base::ok();
  }

  Expected<Done> verify(const Queued& queued) {
    const auto found = tree_.find(queued.name, false);
    if (!found) return found.error();
    if (found->presence == Presence::whole &&
        found->archive.header.last_update_s >= queued.last_time_s) {
      return base::ok();
    }
    const std::string reason = refusal_.empty() ? "the archive is not up to date after FLUSH"
                                                : std::exchange(refusal_, {});
    return Error{ErrorKind::system, queued.path + ": rrdcached: " + reason};
  }

  // A row longer than the daemon's lines: it lets go of the archive, and librrd does the rest.
  Expected<Done> update_directly(const ArchiveName& name, const std::string& path,
                                 std::span<const std::string> rows) {
    if (auto done = settle(); !done) return done;
    if (auto done = connection_.connect(); !done) return done;
    if (auto done = let_go(connection_, path); !done) return done;
    auto found = tree_.find(name, true);
    if (!found) return found.error();
    if (found->presence != Presence::whole)
      return Error{ErrorKind::system, path + ": went away during the update"};
    return update_through_librrd(name, found->archive, rows, undo_);
  }

  // After a failure: puts the headers of all unverified archives back.
  Expected<Done> mend() {
    if (!broken_) return base::ok();
    if (auto done = connection_.connect(); !done) return done;
    const auto restored =
        put_back(tree_, [this](const std::string& path) { return let_go(connection_, path); });
    if (!restored) {
      connection_.disconnect();
      return restored.error();
    }
    undo_.clear();
    broken_ = false;
    return base::ok();
  }

  const ArchiveTree& tree_;
  CacheConnection connection_;
  UndoLog undo_;
  std::vector<Queued> queue_;
  std::size_t bytes_ = 0;
  std::string refusal_;
  bool broken_ = false;
};

// Waits until the socket can be read or written. False when that takes too long.
bool ready(int fd, short events) {
  pollfd waiting{fd, events, 0};
  int count = 0;
  do {
    count = ::poll(&waiting, 1, kWaitMs);
  } while (count < 0 && errno == EINTR);
  return count > 0;
}

}  // namespace

std::string CacheConnection::shown() const {
  return address_.unix_path.empty() ? address_.host + ":" + address_.port : address_.unix_path;
}

Error CacheConnection::broken(const std::string& fact) {
  disconnect();
  return {ErrorKind::unreachable, "rrdcached at " + shown() + ": " + fact};
}

void CacheConnection::disconnect() {
  socket_.close();
  lines_.clear();
}

Expected<Done> CacheConnection::connect() {
  if (socket_) return base::ok();
  return address_.unix_path.empty() ? connect_inet() : connect_unix();
}

Expected<Done> CacheConnection::connect_unix() {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (address_.unix_path.size() >= sizeof name.sun_path)
    return broken("the path of its socket is too long");
  std::memcpy(name.sun_path, address_.unix_path.data(), address_.unix_path.size());
  socket_ = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket_ ||
      ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    return broken(std::strerror(errno));
  }
  return base::ok();
}

Expected<Done> CacheConnection::connect_inet() {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  if (const int status =
          ::getaddrinfo(address_.host.c_str(), address_.port.c_str(), &hints, &first);
      status != 0) {
    return broken(::gai_strerror(status));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(first, ::freeaddrinfo);
  int failure = ECONNREFUSED;
  for (const addrinfo* one = first; one != nullptr; one = one->ai_next) {
    socket_ = Fd(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket_ && ::connect(socket_.get(), one->ai_addr, one->ai_addrlen) == 0) return base::ok();
    failure = errno;
  }
  return broken(std::strerror(failure));
}

Expected<Done> CacheConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!ready(socket_.get(), POLLOUT)) return broken("does not read");
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return broken(std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return base::ok();
}

Expected<std::string> CacheConnection::read_line() {
  std::array<char, 16384> bytes{};
  for (;;) {
    if (auto line = lines_.next()) return *std::move(line);
    if (!ready(socket_.get(), POLLIN)) return broken("does not answer");
    const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return broken(std::strerror(errno));
    if (count == 0) return broken("closed the connection");
    lines_.add(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
  }
}

Expected<Status> CacheConnection::ask(const std::string& command) {
  if (auto done = send(command); !done) return done.error();
  const auto line = read_line();
  if (!line) return line.error();
  auto status = parse_status(*line);
  if (!status) return broken("answers " + *line);
  if (command.starts_with("BATCH")) return *std::move(status);
  for (std::int64_t i = 0; i < status->number; ++i) {
    if (const auto more = read_line(); !more) return more.error();
  }
  return *std::move(status);
}

Expected<Done> let_go(CacheConnection& connection, const std::string& path) {
  // The answers do not matter: "no such file" is as good as done. FLUSH first, since FORGET does
  // not wait for a thread that is writing.
  for (const std::string& command : {flush_command(path), forget_command(path)}) {
    if (const auto status = connection.ask(command); !status) return status.error();
  }
  return base::ok();
}

std::unique_ptr<RrdStore> make_rrdcached_store(const ArchiveTree& tree, CacheAddress address,
                                               UndoLog undo) {
  return std::make_unique<RrdcachedStore>(tree, std::move(address), std::move(undo));
}

}  // namespace pingtrail::rrd
