// SPDX-License-Identifier: GPL-3.0-or-later
// First lines, text and perfdata, in the shapes of programs that print in a way of their own.
#pragma once

#include <optional>
#include <string>

#include "plugin/check/config.h"
#include "plugin/check/evaluate.h"

namespace pingtrail::check {

// check_ping and check_fping have one host.
std::string ping_line(const CheckConfig& config, const CheckResult& result);
std::string fping_line(const CheckConfig& config, const CheckResult& result);

// check_host's line about the first address that answered; absent when none did (check_icmp's shape
// is then used).
std::optional<std::string> host_line(const CheckConfig& config, const CheckResult& result);

}  // namespace pingtrail::check
