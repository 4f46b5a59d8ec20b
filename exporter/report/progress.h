// SPDX-License-Identifier: GPL-3.0-or-later
// What a progress bar shows; drawing it is the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pingtrail::report {

// "report  [######              ]  30 %, 300 of 1,000 hosts, 7 s left". With `total` 0 only what is
// done is told. `elapsed_s` is the time that `done` took; nothing is foretold in the first second.
std::string progress_line(std::string_view task, std::uint64_t done, std::uint64_t total,
                          std::string_view unit, double elapsed_s);

}  // namespace pingtrail::report
