// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/perfdata/history/scratch_dir.h"

#include <fstream>
#include <iterator>

namespace pingtrail::history {

std::vector<std::uint8_t> read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::string& path, const std::vector<std::uint8_t>& bytes) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  for (const std::uint8_t byte : bytes) stream.put(static_cast<char>(byte));
}

}  // namespace pingtrail::history
