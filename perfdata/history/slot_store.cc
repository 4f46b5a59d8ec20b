// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/slot_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "perfdata/base/posix_clock.h"
#include "perfdata/base/posix_error.h"
#include "perfdata/history/file_lock.h"
#include "perfdata/history/recorder.h"

namespace pingtrail::history {
namespace {

using StateBytes = std::array<std::uint8_t, kStateFileBytes>;

constexpr int kOpenFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr mode_t kFileMode = 0660;
constexpr mode_t kFolderMode = 02770;
constexpr long kLockPauseNs = 500000;
constexpr int kReopenTries = 3;

base::Error trouble(const std::string& dir, const std::string& path, int error_number) {
  base::Error error = base::posix_error(path, error_number);
  error.message += cure(dir, error_number);
  return error;
}

// Run as root, what a check makes belongs to whom the directory belongs; mode whatever the umask.
void hand_over(int fd, const std::string& dir, mode_t mode) {
  // Neither is fatal: the file is there and usable, only somebody else's checks may complain.
  (void)!::fchmod(fd, mode);
  struct stat owner {};
  if (::geteuid() == 0 && ::stat(dir.c_str(), &owner) == 0) {
    (void)!::fchown(fd, owner.st_uid, owner.st_gid);
    (void)!::fchmod(fd, mode);
  }
}

base::Expected<base::Done> make_folder(const std::string& dir, const std::string& folder) {
  const std::string path = dir + "/" + folder;
  if (::mkdir(path.c_str(), 0770) != 0 && errno != EEXIST) return trouble(dir, path, errno);
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return trouble(dir, path, errno);
  hand_over(fd.get(), dir, kFolderMode);
  return base::ok();
}

// Bytes read, or -1.
ssize_t read_both_slots(int fd, StateBytes& bytes) {
  ssize_t got = 0;
  do {
    got = ::pread(fd, bytes.data(), bytes.size(), 0);
  } while (got < 0 && errno == EINTR);
  return got;
}

std::string state_path(const std::string& dir, const HostKey& key) {
  return dir + "/state/" + state_file_name(key);
}

// Opened, locked and still linked (rename and forget unlink).
base::Expected<base::Fd> open_locked(const std::string& dir, const HostKey& key,
                                     const std::string& path, bool create) {
  for (int attempt = 0; attempt < kReopenTries; ++attempt) {
    base::Fd fd(::open(path.c_str(), kOpenFlags));
    if (!fd && errno == ENOENT && create) {
      auto made = open_or_make(dir, "state", state_file_name(key));
      if (!made) return made.error();
      fd = std::move(*made);
    }
    if (!fd) return trouble(dir, path, errno);
    if (auto locked = lock_file(fd, path, kLockWait); !locked) return locked.error();
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return trouble(dir, path, errno);
    if (!S_ISREG(info.st_mode)) return base::invalid_input(path, "not a regular file; remove it");
    if (info.st_nlink != 0) return fd;
  }
  return base::Error{base::ErrorKind::would_block, path + ": is being renamed or forgotten"};
}

}  // namespace

std::string cure(const std::string& dir, int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return "; make the directory: install -d -m 2770 -o USER -g pingtrail " + dir;
    case EACCES:
    case EPERM:
      return "; add this user to the group of " + dir + " and give its files to that group";
    case EROFS:
      return "; mount it writable, or name another directory with --state-dir";
    case ENOSPC:
    case EDQUOT:
      return "; free some space there";
    case ELOOP:
      return "; a symbolic link is not followed, remove it";
    default:
      return "";
  }
}

base::Expected<base::Done> lock_file(const base::Fd& fd, const std::string& path,
                                     base::Milliseconds wait) {
  std::optional<base::MonoTime> until;
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return base::posix_error(path, errno);
    const base::MonoTime now = base::mono_now();
    if (!until) until = now + wait;
    if (now >= *until) {
      return base::Error{base::ErrorKind::would_block,
                         path + ": locked by another process for more than " +
                             std::to_string(wait.count()) + " ms; find it with fuser"};
    }
    const timespec pause{0, kLockPauseNs};
    ::nanosleep(&pause, nullptr);
  }
  return base::ok();
}

void unlock_file(const base::Fd& fd) { ::flock(fd.get(), LOCK_UN); }

base::Expected<base::Fd> open_or_make(const std::string& dir, const std::string& folder,
                                      const std::string& file) {
  const std::string path = folder.empty() ? dir + "/" + file : dir + "/" + folder + "/" + file;
  base::Fd fd(::open(path.c_str(), kOpenFlags));
  if (fd) return fd;
  if (errno == ENOENT) {
    fd = base::Fd(::open(path.c_str(), kOpenFlags | O_CREAT, kFileMode));
    if (!fd && errno == ENOENT && !folder.empty()) {
      if (auto made = make_folder(dir, folder); !made) return made.error();
      fd = base::Fd(::open(path.c_str(), kOpenFlags | O_CREAT, kFileMode));
    }
    if (fd) {
      hand_over(fd.get(), dir, kFileMode);
      return fd;
    }
  }
  return trouble(dir, path, errno);
}

base::Expected<base::Done> OpenState::write() {
  alignas(8) std::array<std::uint8_t, kSlotBytes> bytes{};
  Slot slot{sequence_ + 1, std::move(state)};
  encode_slot(slot, bytes);
  state = std::move(slot.state);
  const auto offset = static_cast<off_t>(next_slot_ * kSlotBytes);
  ssize_t written = 0;
  do {
    written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), offset);
  } while (written < 0 && errno == EINTR);
  if (written != static_cast<ssize_t>(bytes.size())) {
    const int fact = written < 0 ? errno : ENOSPC;
    return trouble(path_.substr(0, path_.rfind("/state/")), path_, fact);
  }
  ++sequence_;
  next_slot_ = 1 - next_slot_;
  return base::ok();
}

base::Expected<OpenState> open_state(const std::string& state_dir, const HostKey& key,
                                     bool create) {
  OpenState out;
  out.path_ = state_path(state_dir, key);
  auto fd = open_locked(state_dir, key, out.path_, create);
  if (!fd) return fd.error();
  out.fd_ = std::move(*fd);
  StateBytes bytes;
  const ssize_t got = read_both_slots(out.fd_.get(), bytes);
  if (got < 0) return trouble(state_dir, out.path_, errno);
  out.fresh = got == 0;
  if (!out.fresh) {
    auto read = decode_state_file(std::span(bytes).first(static_cast<std::size_t>(got)));
    if (read) {
      if (read->slot.state.key != key) {
        return base::invalid_input(
            out.path_, "holds " + display_name(read->slot.state.key) + "; move it away");
      }
      if (read->one_bad) out.note = out.path_ + ": one of two slots was damaged, the other is used";
      out.sequence_ = read->slot.sequence;
      out.next_slot_ = 1 - read->index;
      out.state = std::move(read->slot.state);
      return out;
    }
    if (read.error().kind == base::ErrorKind::not_permitted) {
      return base::Error{read.error().kind,
                         out.path_ + ": " + read.error().message + "; update this one"};
    }
    out.fresh = true;
    out.note = out.path_ + ": " + read.error().message +
               "; begun anew, earlier outages are in the journal";
  }
  out.state.key = key;
  return out;
}

namespace {

base::Expected<HostState> read_state_path(const std::string& dir, const std::string& path) {
  const base::Fd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return trouble(dir, path, errno);
  StateBytes bytes;
  const ssize_t got = read_both_slots(fd.get(), bytes);
  if (got < 0) return trouble(dir, path, errno);
  // Made a moment ago by a check that has not written to it yet.
  if (got == 0) return base::Error{base::ErrorKind::would_block, path + ": empty"};
  auto read = decode_state_file(std::span(bytes).first(static_cast<std::size_t>(got)));
  if (!read) return base::Error{read.error().kind, path + ": " + read.error().message};
  return std::move(read->slot.state);
}

}  // namespace

base::Expected<HostState> read_state(const std::string& state_dir, const HostKey& key) {
  return read_state_path(state_dir, state_path(state_dir, key));
}

base::Expected<HostState> read_state_file(const std::string& state_dir, const std::string& name) {
  return read_state_path(state_dir, state_dir + "/state/" + name);
}

base::Expected<std::vector<std::string>> state_file_names(const std::string& state_dir) {
  const std::string folder = state_dir + "/state";
  std::vector<std::string> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), ::closedir);
  if (!listing) {
    const int error_number = errno;
    // A directory in which nothing was recorded yet is empty, not broken.
    if (error_number == ENOENT && ::access(state_dir.c_str(), R_OK) == 0) return out;
    return trouble(state_dir, folder, error_number);
  }
  while (const dirent* entry = ::readdir(listing.get())) {
    if (entry->d_name[0] != '.') out.emplace_back(entry->d_name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

base::Expected<StateListing> read_states(const std::string& state_dir) {
  const auto names = state_file_names(state_dir);
  if (!names) return names.error();
  StateListing out;
  for (const std::string& name : *names) {
    auto state = read_state_file(state_dir, name);
    if (state) {
      out.states.push_back(std::move(*state));
    } else if (state.error().kind != base::ErrorKind::would_block) {
      out.unreadable.push_back(state.error().message);
    }
  }
  std::stable_sort(out.states.begin(), out.states.end(),
                   [](const HostState& a, const HostState& b) { return a.key < b.key; });
  std::sort(out.unreadable.begin(), out.unreadable.end());
  return out;
}

base::Expected<base::Done> remove_state(const std::string& state_dir, const HostKey& key) {
  const std::string path = state_path(state_dir, key);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return trouble(state_dir, path, errno);
  return base::ok();
}

BootId current_boot_id() {
  const base::Fd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  std::array<char, 64> text{};
  const ssize_t got = fd ? ::read(fd.get(), text.data(), text.size()) : 0;
  return parse_boot_id({text.data(), got > 0 ? static_cast<std::size_t>(got) : 0});
}

Observation observation_now(std::optional<Milliseconds> interval) {
  Observation out;
  out.wall = base::wall_now();
  out.boot_id = current_boot_id();
  // Without a boot id (no /proc) boot times of two boots could not be told apart.
  if (out.boot_id != BootId{}) out.boot = base::boot_now();
  out.interval = interval;
  return out;
}

}  // namespace pingtrail::history
