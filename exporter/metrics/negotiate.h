// SPDX-License-Identifier: GPL-3.0-or-later
// Which of the two text formats a client wants. Pure.
#pragma once

#include <string_view>

namespace pingtrail::metrics {

enum class Format {
  prometheus_text,  // 0.0.4
  openmetrics,      // 1.0.0
};

// By an Accept header (RFC 9110, section 12.5.1): the format of the highest quality; Prometheus
// text when both are equal, neither is accepted, or the header is empty or cannot be read.
// OpenMetrics of versions other than 1.0.0 and 0.0.1 (whose text is the same) is not offered.
Format negotiate(std::string_view accept);

// The value of Content-Type.
std::string_view content_type(Format format);

}  // namespace pingtrail::metrics
