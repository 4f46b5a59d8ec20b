// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, in words for the administrator.
#pragma once

#include <string>
#include <utility>

namespace pingtrail::base {

// The kind a caller may act on; the words are for people only.
enum class ErrorKind {
  invalid_input,  // somebody gave us something we refuse
  not_found,      // a name, file or address that is not there
  not_permitted,  // the system says we may not
  unreachable,    // no local route, or the interface is down
  would_block,    // nothing wrong, try again later
  system,         // any other failure of a system call
};

// One line, without a newline: "object: fact" or "object: place: fact".
struct Error {
  ErrorKind kind = ErrorKind::system;
  std::string message;

  bool operator==(const Error&) const = default;
};

// "object: fact", the shape of every message pingtrail prints.
inline Error invalid_input(const std::string& object, const std::string& fact) {
  return Error{ErrorKind::invalid_input, object + ": " + fact};
}

}  // namespace pingtrail::base
