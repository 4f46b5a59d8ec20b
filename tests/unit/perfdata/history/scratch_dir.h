// SPDX-License-Identifier: GPL-3.0-or-later
// A state directory for one test, removed with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace pingtrail::history {

class ScratchDir {
 public:
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& below) const { return path_ + "/" + below; }

 private:
  support::TempDirectory directory_;
  std::string path_ = directory_.path();
};

std::vector<std::uint8_t> read_bytes(const std::string& path);
void write_bytes(const std::string& path, const std::vector<std::uint8_t>& bytes);

}  // namespace pingtrail::history
