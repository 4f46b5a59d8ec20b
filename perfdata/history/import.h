// SPDX-License-Identifier: GPL-3.0-or-later
// Observations from CSV through the same rules as live checks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::history {

struct ImportSummary {
  std::uint64_t lines = 0;  // data lines, without header and empty ones
  std::uint64_t applied = 0;
  std::uint64_t indeterminate = 0;
  std::uint64_t late = 0;
  std::uint64_t bad_lines = 0;
  std::uint64_t hosts = 0;
  std::uint64_t transitions = 0;
};

// Takes a file in pieces of any size. Memory grows with the number of hosts, not of lines.
//   time,host,state[,interval_s][,boot_ms]
// time: ISO 8601 with 'Z' or an offset (none is UTC), or epoch ms. A first line beginning `time,`
// is a header and may name the columns in another order. Fields may be quoted as by RFC 4180. A
// byte order mark at the start is ignored.
class Importer {
 public:
  // `bad_line` is called for each line that was skipped.
  Importer(std::string state_dir, std::function<void(const BadLine&)> bad_line);
  ~Importer();
  Importer(Importer&&) noexcept;
  Importer& operator=(Importer&&) noexcept;

  // Fails when state or journal cannot be read or written; what was fed before stands.
  base::Expected<base::Done> feed(std::string_view piece);
  // The rest: last line, state files, journal.
  base::Expected<ImportSummary> finish();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

}  // namespace pingtrail::history
