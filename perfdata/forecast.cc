// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/forecast.h"

#include <algorithm>
#include <map>

#include "perfdata/base/number.h"
#include "perfdata/rrd/layout.h"
#include "perfdata/spool/directory_spool.h"
#include "perfdata/spool/record.h"
#include "perfdata/text/perfdata.h"

namespace pingtrail::drain {
namespace {

constexpr std::size_t kPiece = std::size_t{4} * 1024 * 1024;
constexpr double kMebibyte = 1024.0 * 1024.0;

// The most sources any record asks for, by archive.
using Sources = std::map<std::string, std::pair<rrd::ArchiveName, std::size_t>>;

void count_line(const spool::Record& record, const DrainConfig& config, Sources& sources,
                Forecast& total) {
  if (!takes_command(config.only_command, record)) return;
  rrd::ArchiveName name;
  if (!archive_name(record, name).empty()) {
    ++total.rejected;
    return;
  }
  const std::size_t items = text::parse_perfdata(record.perfdata).metrics.size();
  if (items == 0) return;
  ++total.samples;
  auto& [archive, count] = sources[name.host + "/" + name.service];
  archive = name;
  count = std::max(count, items);
}

base::Expected<base::Done> count_file(spool::ClaimedFile file, const DrainConfig& config,
                                      Sources& sources, Forecast& total) {
  std::string text;
  for (;;) {
    const auto piece = file.next(kPiece, text);
    if (!piece) return piece.error();
    if (*piece == spool::Piece::end) return base::ok();
    if (*piece == spool::Piece::oversized) ++total.rejected;
    spool::SpoolBatch batch;
    spool::parse_spool(text, 1, batch);
    total.rejected += batch.bad.size();
    for (const spool::NumberedRecord& line : batch.records)
      count_line(line.record, config, sources, total);
  }
}

}  // namespace

base::Expected<Forecast> forecast(const std::string& spool_directory,
                                  const std::string& rrd_directory, const DrainConfig& config) {
  const auto files = spool::waiting_files(spool_directory);
  if (!files) return files.error();
  Forecast total;
  Sources sources;
  for (const spool::SpoolFile& waiting : *files) {
    auto file = spool::look_at(spool_directory, waiting.name);
    if (!file) return file.error();
    if (auto done = count_file(*std::move(file), config, sources, total); !done)
      return done.error();
    ++total.files;
  }
  total.archives = sources.size();
  for (const auto& [path, archive] : sources) {
    if (rrd::archive_exists(rrd_directory, archive.first)) continue;
    ++total.new_archives;
    total.new_bytes += rrd::archive_bytes(config.rra, archive.second);
  }
  return total;
}

std::string forecast_text(const Forecast& forecast) {
  return std::to_string(forecast.files) + " files, " + std::to_string(forecast.samples) +
         " samples, " + std::to_string(forecast.rejected) + " lines to reject, " +
         std::to_string(forecast.archives) + " archives, " + std::to_string(forecast.new_archives) +
         " of them new, taking " +
         base::format_fixed(static_cast<double>(forecast.new_bytes) / kMebibyte, 1) + " MiB";
}

}  // namespace pingtrail::drain
