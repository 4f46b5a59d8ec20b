// SPDX-License-Identifier: GPL-3.0-or-later
// gzip (RFC 1952) as a stream.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exporter/http/message.h"

namespace pingtrail::http {

// Whether the Accept-Encoding header takes gzip: named (or `*`) with a quality above 0.
bool accepts_gzip(std::string_view accept_encoding);

// The same body, compressed at zlib's level 1: metrics shrink to a fifteenth there, and higher
// levels cost several times as much for a little more.
std::shared_ptr<BodySource> compressed(std::shared_ptr<BodySource> source);

// A body that is whole already.
std::shared_ptr<BodySource> whole(std::string body);

}  // namespace pingtrail::http
