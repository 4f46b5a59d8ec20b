// SPDX-License-Identifier: GPL-3.0-or-later
// history_fuzz CORPUS_DIR ROUNDS: every reader of history that takes bytes from a disk or a file is
// given each corpus file and ROUNDS mutations of it. What it accepts must read back the same once
// it is written again. Checksums are mended after a mutation, so that the readers behind them are
// reached. The same entry serves libFuzzer (LLVMFuzzerTestOneInput).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "perfdata/history/bytes.h"
#include "perfdata/history/import_line.h"
#include "perfdata/history/journal_record.h"
#include "perfdata/history/maintenance.h"
#include "perfdata/history/slot_codec.h"

namespace pingtrail::history {
namespace {

using Bytes = std::vector<std::uint8_t>;

void require(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "history_fuzz: %s\n", what);
  std::abort();
}

void mend(Bytes& bytes, std::size_t at, std::size_t from, std::size_t to) {
  if (to > bytes.size() || at + 4 > bytes.size() || from >= to) return;
  const std::uint32_t crc = crc32c(std::span(bytes).subspan(from, to - from));
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(crc >> (8 * i) & 0xff);
  }
}

void try_slot(Bytes bytes) {
  bytes.resize(kSlotBytes);
  mend(bytes, 4, 8, static_cast<std::size_t>(bytes[10] + 256 * bytes[11]));
  auto read = decode_slot(bytes);
  if (!read) return;
  Bytes again(kSlotBytes);
  encode_slot(*read, again);
  const auto second = decode_slot(again);
  require(second.has_value(), "a slot that was read cannot be written");
  Bytes third(kSlotBytes);
  Slot copy = *second;
  encode_slot(copy, third);
  require(third == again, "a slot changes from reading to writing");
}

void try_record(Bytes bytes) {
  bytes.resize(kRecordBytes);
  mend(bytes, 252, 0, 252);
  const auto read = decode_record(bytes);
  if (!read) return;
  const auto again = decode_record(encode_record(*read));
  require(again.has_value(), "a record that was read cannot be written");
}

void try_texts(const Bytes& bytes) {
  const std::string text(bytes.begin(), bytes.end());
  std::string lines;
  const MaintenanceFile file = parse_maintenance(text);
  for (const MaintenanceWindow& window : file.windows) lines += format_maintenance(window);
  require(parse_maintenance(lines).windows == file.windows, "a window changes when written");
  for (const MaintenanceWindow& window : parse_nagios_downtimes(text, WallTime{}).windows) {
    require(window.span.from < window.span.to, "an empty downtime");
    glob_matches(window.host_glob, text);
  }
  ImportColumns columns;
  parse_import_header(text.substr(0, text.find('\n')), columns);
  ImportLine line;
  if (parse_import_line(text, columns, line).empty()) {
    require(!line.host.empty(), "an import line without a host");
  }
  glob_matches(text.substr(0, text.size() / 2), text.substr(text.size() / 2));
}

// A bit, a byte, a stretch taken out, doubled, or overwritten with another's.
void mutate(Bytes& bytes, const Bytes& other, std::mt19937& random) {
  for (unsigned n = 1 + random() % 4; n > 0 && !bytes.empty(); --n) {
    const std::size_t at = random() % bytes.size();
    const std::size_t length = std::min<std::size_t>(random() % 16, bytes.size() - at);
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random() % 5) {
      case 0:
        bytes[at] ^= static_cast<std::uint8_t>(1U << random() % 8);
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>(random());
        break;
      case 2:
        bytes.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
        break;
      case 3: {
        const Bytes copy(begin, begin + static_cast<std::ptrdiff_t>(length));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), copy.begin(), copy.end());
        break;
      }
      default:
        std::copy_n(other.begin(), std::min(length, other.size()), begin);
    }
  }
}

}  // namespace
}  // namespace pingtrail::history

// NOLINTNEXTLINE(readability-identifier-naming): the name libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> bytes(data, data + size);
  pingtrail::history::try_slot(bytes);
  pingtrail::history::try_record(bytes);
  pingtrail::history::try_texts(bytes);
  return 0;
}

#ifndef PINGTRAIL_LIBFUZZER
int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: history_fuzz CORPUS_DIR ROUNDS\n", stderr);
    return 2;
  }
  std::vector<std::vector<std::uint8_t>> corpus;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    std::ifstream stream(entry.path(), std::ios::binary);
    std::vector<std::uint8_t> bytes(entry.file_size());
    stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    corpus.push_back(std::move(bytes));
  }
  if (corpus.empty()) return 2;
  std::mt19937 random(1);
  for (const auto& seed : corpus) {
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    for (int i = std::atoi(argv[2]); i > 0; --i) {
      auto bytes = seed;
      pingtrail::history::mutate(bytes, corpus[random() % corpus.size()], random);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
  std::printf("%zu seeds\n", corpus.size());
  return 0;
}
#endif
