// SPDX-License-Identifier: GPL-3.0-or-later
// The Authorization header of HTTP basic authentication (RFC 7617). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pingtrail::http {

struct Credentials {
  std::string user, password;
  bool operator==(const Credentials&) const = default;
};

// "Basic YWxpY2U6c2VjcmV0". Absent for other schemes, for what is not base64 as RFC 4648 section 4
// has it, where there is no colon, and where there is a NUL: crypt(3) would end the password there.
std::optional<Credentials> basic_credentials(std::string_view authorization);

}  // namespace pingtrail::http
