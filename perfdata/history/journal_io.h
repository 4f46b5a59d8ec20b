// SPDX-License-Identifier: GPL-3.0-or-later
// Small parts that the journal's writer and its readers share. Defined in journal_walk.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "perfdata/history/journal_record.h"

namespace pingtrail::history {

constexpr std::size_t kChunkRecords = 1024;

std::string chain_path(const std::string& dir);
std::string head_path(const std::string& dir);

// Size of an open file; 0 when it cannot be told.
std::uint64_t file_bytes(int fd);

// As many bytes as there are, at most `size`.
std::vector<std::uint8_t> read_at(int fd, std::uint64_t offset, std::size_t size);

base::Expected<JournalHead> read_head(int fd);

}  // namespace pingtrail::history
