// SPDX-License-Identifier: GPL-3.0-or-later
// Other names of a host: what a monitoring core calls it, what its history is recorded under, and
// what people call it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::site {

// Names that mean one host.
struct HostNames {
  std::string name;                 // the core's host name
  std::string alias;                // for people; "" when there is none
  std::vector<std::string> others;  // addresses and further names
  bool operator==(const HostNames&) const = default;
};

class Aliases {
 public:
  void add(HostNames names);

  // The entry that one of the names means; null for none. A host name goes before the addresses and
  // other names of another host.
  const HostNames* find(std::string_view any_name) const;

  // All names that mean the same host as this one, the name itself first.
  std::vector<std::string> same_as(std::string_view any_name) const;

  std::size_t size() const { return entries_.size(); }
  const std::vector<HostNames>& entries() const { return entries_; }

 private:
  std::vector<HostNames> entries_;
  std::map<std::string, std::size_t, std::less<>> by_name_, by_other_;
};

// Either form, told apart by its content:
// - Nagios' objects.cache (or any object configuration): the `define host {` blocks' host_name,
//   display_name or alias, and address; other blocks are passed over.
// - a file of its own, one host a line: NAME OTHER... [alias=TEXT to the end of the line]; `#`
//   begins a comment.
// The error names the line and the fact.
base::Expected<Aliases> parse_aliases(std::string_view text);

}  // namespace pingtrail::site
