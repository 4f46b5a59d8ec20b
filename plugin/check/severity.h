// SPDX-License-Identifier: GPL-3.0-or-later
// The four states of a plugin, and which of two is worse.
#pragma once

#include <cstdint>
#include <string_view>

namespace pingtrail::check {

// In order of exit codes, which is not the order of badness: see worse().
enum class Severity : std::uint8_t { ok = 0, warning = 1, critical = 2, unknown = 3 };

// "OK", "WARNING", "CRITICAL", "UNKNOWN".
std::string_view severity_name(Severity severity);

// Place in the order OK < UNKNOWN < WARNING < CRITICAL, from 0.
int badness(Severity severity);

// The worse of two, in the order OK < UNKNOWN < WARNING < CRITICAL: a host that could not be tried
// is not hidden by healthy ones and does not hide a broken one.
Severity worse(Severity a, Severity b);

inline int exit_code(Severity severity) { return static_cast<int>(severity); }

}  // namespace pingtrail::check
