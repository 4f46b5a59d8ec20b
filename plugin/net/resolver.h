// SPDX-License-Identifier: GPL-3.0-or-later
// From hosts as people write them to addresses.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/time.h"
#include "plugin/probe/address.h"

namespace pingtrail::net {

// The addresses of one host in the order of preference (RFC 6724, as the system sorts them), at
// least one, none twice; or "HOST: fact".
using Resolution = base::Expected<std::vector<probe::Address>>;

// True for what resolve() answers without asking anybody: an address, with a scope or without.
bool is_literal(const std::string& host);

// The family of a literal host; absent for a name.
std::optional<probe::Family> literal_family(const std::string& host);

// Resolves all hosts side by side, each for itself: one that fails or hangs does not hold up the
// others. `family` restricts the answers; a literal of the other family is refused. What is not
// resolved at `deadline`, or when a signal comes, fails. Threads that hang in the system's resolver
// are left behind: end the process by _exit().
std::vector<Resolution> resolve(std::span<const std::string> hosts,
                                std::optional<probe::Family> family, base::MonoTime deadline);

}  // namespace pingtrail::net
