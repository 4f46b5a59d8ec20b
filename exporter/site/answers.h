// SPDX-License-Identifier: GPL-3.0-or-later
// The shapes of answers. Pure.
#pragma once

#include <string>

#include "exporter/http/message.h"
#include "perfdata/base/error.h"

namespace pingtrail::site {

// A page for people, a document for programs, and an error in either shape.
http::Response html(std::string body);
http::Response json(std::string body, int status = 200);
http::Response plain(int status, const std::string& line);

// 404 for not_found, 503 for what is not permitted or fails, else 400.
int status_of(const base::Error& error);
http::Response json_error(const base::Error& error);
http::Response plain_error(const base::Error& error);

}  // namespace pingtrail::site
