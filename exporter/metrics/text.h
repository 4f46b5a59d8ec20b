// SPDX-License-Identifier: GPL-3.0-or-later
// Names of hosts as label values. Pure.
#pragma once

#include <string>
#include <string_view>

namespace pingtrail::metrics {

// Appends the text as a label's value, without the quotes: backslash, quote and newline escaped as
// both formats ask, what is no valid UTF-8 as U+FFFD. Returns whether there was such.
bool append_escaped(std::string& out, std::string_view text);

// Percent-encoded bytes: all but A-Z a-z 0-9 - _ . ~
std::string percent_encoded(std::string_view text);

}  // namespace pingtrail::metrics
