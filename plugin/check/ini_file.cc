// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/ini_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "perfdata/base/fd.h"
#include "perfdata/base/posix_error.h"

namespace pingtrail::check {
namespace {

using base::Expected;

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

Expected<IniText> read_whole(const std::string& path) {
  const base::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    return base::posix_error(path, errno);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && !S_ISREG(status.st_mode)) {
    return base::invalid_input(path, "not a regular file");
  }
  IniText result{path, {}};
  std::array<char, 8192> buffer{};
  while (true) {
    const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return base::posix_error(path, errno);
    }
    if (count == 0) {
      return result;
    }
    result.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (result.text.size() > kMaxBytes) {
      return base::invalid_input(path, "larger than 1 MiB");
    }
  }
}

std::vector<std::string> directories() {
  std::vector<std::string> result;
  if (const char* list = std::getenv("NAGIOS_CONFIG_PATH")) {
    std::string_view rest = list;
    while (!rest.empty()) {
      const std::size_t colon = rest.find(':');
      result.emplace_back(rest.substr(0, colon));
      rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    }
  }
  // The order in which https://www.monitoring-plugins.org/doc/extra-opts.html lists them.
  for (const char* fixed : {"/etc/monitoring-plugins", "/usr/local/etc/monitoring-plugins",
                            "/usr/local/etc/nagios", "/usr/local/nagios/etc", "/usr/local/nagios",
                            "/etc/opt/monitoring-plugins", "/etc/opt/nagios", "/etc/nagios-plugins",
                            "/etc/nagios", "/usr/local/etc", "/etc/opt", "/etc"}) {
    result.emplace_back(fixed);
  }
  return result;
}

}  // namespace

Expected<IniText> read_ini_file(const std::string& path) {
  if (!path.empty()) {
    return read_whole(path);
  }
  if (const char* named = std::getenv("MP_CONFIG_FILE"); named != nullptr && *named != '\0') {
    return read_whole(named);
  }
  for (const std::string& directory : directories()) {
    for (const char* name : {"monitoring-plugins.ini", "plugins.ini", "nagios-plugins.ini"}) {
      const std::string candidate = directory + "/" + name;
      if (::access(candidate.c_str(), F_OK) == 0) {
        return read_whole(candidate);
      }
    }
  }
  return base::Error{base::ErrorKind::not_found,
                     "--extra-opts: no ini file in any of the usual places"};
}

}  // namespace pingtrail::check
