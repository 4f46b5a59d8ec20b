// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "exporter/cli/commands.h"
#include "exporter/cli/context.h"
#include "exporter/cli/terminal_progress.h"
#include "exporter/report/words.h"
#include "perfdata/base/fd.h"
#include "perfdata/base/posix_error.h"
#include "perfdata/history/import.h"

namespace pingtrail::cli {
namespace {

using base::Expected;

constexpr std::size_t kPieceBytes = 1 << 18;

// The file's name, or standard input for "-".
Expected<base::Fd> opened(const std::string& name) {
  const int number = name == "-" ? dup(STDIN_FILENO) : open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) return base::posix_error(name, errno);
  return base::Fd(number);
}

// Size for the progress bar; 0 where the end cannot be foreseen.
std::uint64_t size_of(const base::Fd& file) {
  struct stat facts {};
  if (fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return 0;
  return static_cast<std::uint64_t>(facts.st_size);
}

std::string summary_text(const std::string& name, const history::ImportSummary& summary) {
  using report::counted;
  using report::grouped;
  return name + ": " + counted(summary.lines, "line") + ", " + grouped(summary.applied) +
         " applied, " + grouped(summary.indeterminate) + " indeterminate, " +
         grouped(summary.late) + " late or known, " + grouped(summary.bad_lines) + " bad; " +
         counted(summary.hosts, "host") + ", " + counted(summary.transitions, "transition") + "\n";
}

constexpr std::uint64_t kMegabyte = 1000000;

Expected<base::Done> feed_all(const std::string& name, const base::Fd& file,
                              history::Importer& importer, TerminalProgress& bar) {
  const std::uint64_t size = size_of(file);
  std::uint64_t done = 0;
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const ssize_t got = read(file.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return base::posix_error(name, errno);
    if (got == 0) return base::ok();
    const auto bytes = static_cast<std::size_t>(got);
    if (auto fed = importer.feed(std::string_view(piece).substr(0, bytes)); !fed) {
      return base::Error{fed.error().kind, name + ": " + fed.error().message};
    }
    done += bytes;
    bar.update(done / kMegabyte, size / kMegabyte);
  }
}

}  // namespace

Expected<int> run_import(const Words& words) {
  const auto dir = single_dir(words, default_state_dir());
  if (!dir) return dir.error();
  const std::string operand = words.operands().front();
  const std::string name = operand == "-" ? "standard input" : operand;
  const auto file = opened(operand);
  if (!file) return file.error();
  TerminalProgress bar("import", "MB");
  history::Importer importer(*dir, [&](const history::BadLine& bad) {
    bar.clear();
    complain(name + ": line " + std::to_string(bad.line) + ": " + bad.fact);
  });
  if (auto fed = feed_all(name, *file, importer, bar); !fed) return fed.error();
  const auto summary = importer.finish();
  bar.clear();
  if (!summary) return base::Error{summary.error().kind, name + ": " + summary.error().message};
  if (auto told = emit(summary_text(name, *summary)); !told) return told.error();
  return summary->bad_lines > 0 ? 1 : 0;
}

}  // namespace pingtrail::cli
