// SPDX-License-Identifier: GPL-3.0-or-later
// Questions to the API of Icinga 2, over HTTPS. An edge.
#pragma once

#include <string>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"

namespace pingtrail::cli {

struct IcingaCredentials {
  std::string user;
  std::string password;
};

// The file's one line "user:password". Refused: a file that everybody may read, more than one line,
// no user. Errors name the path, never what is in it.
base::Expected<IcingaCredentials> read_icinga_credentials(const std::string& path);

struct IcingaApi {
  std::string url;      // "https://HOST:5665", without user and path
  std::string ca_file;  // certificates to trust; "" for the system's
  IcingaCredentials credentials;
  base::Milliseconds timeout{20000};  // for all of it
};

// The body of GET /v1/objects/downtimes, host downtimes only. The certificate and the name in it
// are verified; redirections are not followed and proxies not used, since the password would go
// along; at most 64 MiB are taken. Errors begin with the address. Not for use by several threads.
base::Expected<std::string> icinga_downtimes(const IcingaApi& api);

}  // namespace pingtrail::cli
