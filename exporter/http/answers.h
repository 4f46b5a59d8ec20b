// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that the server gives by itself, and what it does to those of the pages. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "exporter/http/message.h"

namespace pingtrail::http {

Response unauthorized();  // 401, asks for user and password
Response busy();          // 503 with Retry-After
Response too_many();      // 429 with Retry-After

// Compresses where it is worth it and the client can read it: text of a kilobyte and more. A whole
// body is compressed at once, a source as it is read.
void pack(Response& response, const std::string& accept_encoding);

// The configured headers replace those of the answer; then what add_security_headers() adds.
Response finished(Response answer, const std::vector<std::pair<std::string, std::string>>& headers,
                  const std::string& frame_ancestors);

}  // namespace pingtrail::http
