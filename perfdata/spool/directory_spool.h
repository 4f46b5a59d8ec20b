// SPDX-License-Identifier: GPL-3.0-or-later
// A directory of perfdata files, each worked off exactly once.
//
//   DIR/<file>           waiting; the core's
//   DIR/claimed/<file>   taken by us and not yet released; after a crash these come first again
//   DIR/rejected/<file>  what could not be stored, one "file:line: reason" each
//   DIR/rejected/.<file> the same, while its file is still claimed
//
// Files with a leading dot, and everything that is not a regular file, are left alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "perfdata/base/expected.h"
#include "perfdata/base/fd.h"

namespace pingtrail::spool {

struct SpoolFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970

  bool operator==(const SpoolFile&) const = default;
};

enum class Piece {
  lines,      // whole lines; the last one of a file may lack its newline
  oversized,  // nothing: one line longer than any limit was passed over
  end,        // nothing left
};

// The content of one claimed file, from front to back, in pieces that bound the memory.
class ClaimedFile {
 public:
  ClaimedFile(base::Fd file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

  // The next lines into `piece`, at most `limit` bytes of them; a line longer than `limit` is
  // passed over. Errors: what read(2) says.
  base::Expected<Piece> next(std::size_t limit, std::string& piece);

 private:
  base::Expected<std::size_t> read_at(std::uint64_t offset, std::size_t limit, std::string& piece);
  base::Expected<Piece> skip_line(std::size_t limit, std::string& piece);

  base::Fd file_;
  std::string name_;
  std::uint64_t offset_ = 0;
};

// The waiting files of `directory`, oldest first, and the content of one: only looking, nothing is
// taken or made.
base::Expected<std::vector<SpoolFile>> waiting_files(const std::string& directory);
base::Expected<ClaimedFile> look_at(const std::string& directory, const std::string& name);

// Not for use by several threads at once.
class DirectorySpool {
 public:
  // Opens `directory`, makes its two subdirectories where they lack, and locks it against a second
  // process (ErrorKind::would_block when there is one). Rejects left behind by a process that died
  // are put in order.
  static base::Expected<DirectorySpool> open(const std::string& directory);

  // Waiting files and claimed files, each the oldest first, by time of last change, then by name.
  base::Expected<std::vector<SpoolFile>> pending() const;
  base::Expected<std::vector<SpoolFile>> claimed() const;

  // Takes a waiting file. False when it cannot be had now: gone, open for writing and changed in
  // the last 2 s, or one of its name is claimed.
  base::Expected<bool> claim(const SpoolFile& file);

  base::Expected<ClaimedFile> read(const std::string& name) const;

  // Forgets what was rejected of a claimed file, so that it can be read from the front again.
  base::Expected<base::Done> start_over(const std::string& name);

  // Adds "name:line: reason" to the file's rejects. After an error nothing was added that a second
  // call would repeat.
  base::Expected<base::Done> reject(const std::string& name, std::size_t line,
                                    std::string_view reason);

  // Removes a claimed file whose samples are all stored or rejected, and shows its rejects.
  base::Expected<base::Done> release(const std::string& name);

 private:
  struct Rejects {
    base::Fd file;
    std::string unwritten;
    std::uint64_t bytes = 0;  // what is known to be in the file
  };

  DirectorySpool(std::string path, base::Fd directory, base::Fd claimed, base::Fd rejected);
  base::Expected<base::Done> tidy_rejects();
  base::Expected<base::Done> show_rejects(const std::string& name);
  base::Expected<base::Done> write_rejects(const std::string& name, Rejects& rejects);

  std::string path_;
  base::Fd directory_, claimed_, rejected_;
  std::map<std::string, Rejects> rejects_;
};

}  // namespace pingtrail::spool
