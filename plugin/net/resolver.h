// SPDX-License-Identifier: GPL-3.0-or-later
// From hosts as people write them to addresses.
#pragma once

#include <cstddef>
#include <memory>
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

// Hosts being resolved side by side, each for itself: one that fails or hangs does not hold up the
// others. Threads that hang in the system's resolver are left behind: end the process by _exit().
class Resolver {
 public:
  // Begins. `family` restricts the answers; a literal of the other family is refused.
  Resolver(std::span<const std::string> hosts, std::optional<probe::Family> family);
  ~Resolver();

  // Waits until every host is answered, `until` has passed or a signal came. True when every host
  // is answered.
  bool wait(base::MonoTime until);

  // What is known by now, in the order of the hosts. A name that has no answer yet is an error of
  // the kind would_block.
  std::vector<Resolution> answers() const;

 private:
  struct Work;
  std::vector<Resolution> literals_;  // the answer, or room for one, of each host
  std::vector<std::size_t> places_;   // of the names among the hosts
  std::shared_ptr<Work> work_;        // held by the threads too; absent without names
};

}  // namespace pingtrail::net
