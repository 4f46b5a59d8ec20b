// SPDX-License-Identifier: GPL-3.0-or-later
// Sockets that wait for clients. An edge.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"

namespace pingtrail::http {

// "127.0.0.1:19428", "[::1]:19428", "localhost:19428", ":19428" (every address): host and port. The
// error names the text.
base::Expected<std::pair<std::string, std::string>> split_address(const std::string& text);

// Listening TCP sockets, one for each address the name has here (":PORT": one for IPv6 and IPv4
// alike, where there is IPv6). Errors: "--listen: 127.0.0.1:80: Permission denied".
base::Expected<std::vector<base::Fd>> listen_at(const std::string& address);

// "127.0.0.1:19428" of a listening socket, "?" when it cannot be told.
std::string address_of(const base::Fd& listener);

}  // namespace pingtrail::http
