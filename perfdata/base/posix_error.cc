// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/base/posix_error.h"

#include <cerrno>
#include <system_error>

namespace pingtrail::base {
namespace {

ErrorKind kind_of(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
      return ErrorKind::not_permitted;
    case ENOENT:
    case ENODEV:
    case EADDRNOTAVAIL:
      return ErrorKind::not_found;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
      return ErrorKind::unreachable;
    case EAGAIN:
    case ENOBUFS:
      return ErrorKind::would_block;
    default:
      return ErrorKind::system;
  }
}

}  // namespace

Error posix_error(const std::string& object, int error_number) {
  return Error{kind_of(error_number),
               object + ": " + std::generic_category().message(error_number)};
}

}  // namespace pingtrail::base
