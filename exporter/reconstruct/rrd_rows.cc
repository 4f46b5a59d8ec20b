// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/reconstruct/rrd_rows.h"

#include <rrd.h>

#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <thread>

#include "perfdata/rrd/archive_tree.h"

namespace pingtrail::reconstruct {
namespace {

using base::Error;
using base::ErrorKind;
using base::Expected;

constexpr int kLockTries = 150;
constexpr std::chrono::milliseconds kLockPause{20};

// What rrd_fetch_r hands over to be freed.
struct Fetched {
  time_t start = 0;
  time_t end = 0;
  unsigned long step = 0;
  unsigned long sources = 0;
  char** names = nullptr;
  rrd_value_t* values = nullptr;

  Fetched() = default;
  Fetched(const Fetched&) = delete;
  Fetched& operator=(const Fetched&) = delete;
  Fetched(Fetched&&) = delete;
  Fetched& operator=(Fetched&&) = delete;
  ~Fetched() {
    for (unsigned long i = 0; names != nullptr && i < sources; ++i) ::rrd_freemem(names[i]);
    ::rrd_freemem(static_cast<void*>(names));
    ::rrd_freemem(values);
  }
};

// The words of librrd; the lock is the one thing that passes.
Error last_failure(const std::string& shown) {
  const char* text = ::rrd_get_error();
  const std::string fact = text == nullptr || *text == '\0' ? "librrd gives no reason" : text;
  ::rrd_clear_error();
  const bool locked = fact.find("could not lock") != std::string::npos;
  return {locked ? ErrorKind::would_block : ErrorKind::system,
          shown + ": " + (locked ? "locked by another process" : fact)};
}

Stretch stretch_from(const Fetched& fetched, std::size_t source) {
  Stretch out;
  out.step_s = static_cast<std::int64_t>(fetched.step);
  out.first_s = fetched.start + out.step_s;
  const auto rows = static_cast<std::size_t>((fetched.end - fetched.start) / out.step_s);
  out.loss.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const double value = fetched.values[row * fetched.sources + source - 1];
    out.loss.push_back(std::isfinite(value) ? std::optional<double>(value) : std::nullopt);
  }
  return out;
}

Expected<Stretch> read_once(const graph::ReadableArchive& archive, const std::string& path,
                            std::int64_t step_s, std::int64_t rows, std::size_t source) {
  Fetched fetched;
  fetched.end = archive.header.last_update_s - archive.header.last_update_s % step_s;
  fetched.start = fetched.end - rows * step_s;
  fetched.step = static_cast<unsigned long>(step_s);
  ::rrd_clear_error();
  const int status =
      ::rrd_fetch_r(path.c_str(), "AVERAGE", &fetched.start, &fetched.end, &fetched.step,
                    &fetched.sources, &fetched.names, &fetched.values);
  if (status != 0) return last_failure(archive.shown);
  if (fetched.step == 0 || source > fetched.sources) {
    return Error{ErrorKind::system, archive.shown + ": its rows are not what its head says"};
  }
  return stretch_from(fetched, source);
}

}  // namespace

Expected<std::vector<Stretch>> read_rows(const graph::ReadableArchive& archive,
                                         std::size_t source) {
  const std::string path = rrd::descriptor_path(archive.file.get());
  std::vector<Stretch> out;
  int tries = 1;
  for (const rrd::Rra& rra : archive.rras) {
    if (rra.function != "AVERAGE") continue;
    const std::int64_t step_s = rra.steps_per_row * archive.header.step_s;
    auto stretch = read_once(archive, path, step_s, rra.rows, source);
    for (; !stretch && stretch.error().kind == ErrorKind::would_block && tries < kLockTries;
         ++tries) {
      std::this_thread::sleep_for(kLockPause);
      stretch = read_once(archive, path, step_s, rra.rows, source);
    }
    if (!stretch) return stretch.error();
    out.push_back(std::move(*stretch));
  }
  return out;
}

}  // namespace pingtrail::reconstruct
