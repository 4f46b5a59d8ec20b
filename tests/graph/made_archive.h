// SPDX-License-Identifier: GPL-3.0-or-later
// Real archives in the layout of PNP4Nagios, made with librrd from scripted samples.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temp_directory.h"

namespace pingtrail::support {

struct MadeSource {
  std::string label;
  std::string unit;
  std::string warning, critical;
};

// The values at an instant as rrdtool takes them ("1.5", "U"); absent: no sample.
using Samples = std::function<std::optional<std::vector<std::string>>(std::int64_t time_s)>;

// Makes DIR/<host>/<service>.rrd with PNP's own rows (1 minute for 2 days to 6 hours for 4 years),
// one sample a minute in (from_s, to_s], and the page beside it. Names must be clean.
void make_archive(const TempDirectory& dir, const std::string& host, const std::string& service,
                  const std::vector<MadeSource>& sources, std::int64_t from_s, std::int64_t to_s,
                  const Samples& samples);

// The page alone; `host` and `service` are true names.
std::string page_of(const std::string& host, const std::string& service,
                    const std::vector<MadeSource>& sources);

}  // namespace pingtrail::support
