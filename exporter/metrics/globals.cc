// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/globals.h"

#include <array>
#include <charconv>
#include <chrono>
#include <utility>

#include "exporter/metrics/text.h"

namespace pingtrail::metrics {
namespace {

std::string_view type_word(Type type, Format format) {
  switch (type) {
    case Type::counter:
      return "counter";
    case Type::histogram:
      return "histogram";
    case Type::info:
      return format == Format::openmetrics ? "info" : "gauge";
    case Type::gauge:
      break;
  }
  return "gauge";
}

template <typename Number>
std::string number_text(Number value) {
  std::array<char, kLongestNumber> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

std::string label(std::string_view name, std::string_view value) {
  std::string out = "{" + std::string(name) + "=\"";
  append_escaped(out, value);
  return out + "\"}";
}

class Page {
 public:
  explicit Page(Format format) : format_(format) {}

  void begin(std::string_view name) {
    name_ = name;
    text_ += family_header(family(name), format_);
  }
  void line(std::string_view labels, std::string_view value) {
    text_ += name_;
    text_ += labels;
    text_ += ' ';
    text_ += value;
    text_ += '\n';
  }
  template <typename Number>
  void one(std::string_view name, Number value) {
    begin(name);
    line("", number_text(value));
  }
  template <typename Number>
  void one(std::string_view name, const std::optional<Number>& value) {
    if (value) one(name, *value);
  }
  std::string take() { return std::move(text_); }

 private:
  Format format_;
  std::string_view name_;
  std::string text_;
};

constexpr double kMsPerSecond = 1000;

void add_writer(Page& page, const rrd::Counters& writer) {
  using Total = std::pair<std::string_view, std::int64_t rrd::Counters::*>;
  static constexpr auto kTotals = std::to_array<Total>({
      {"pingtrail_rrd_writer_samples_written_total", &rrd::Counters::samples_written_total},
      {"pingtrail_rrd_writer_samples_duplicate_total", &rrd::Counters::samples_duplicate_total},
      {"pingtrail_rrd_writer_samples_filtered_total", &rrd::Counters::samples_filtered_total},
      {"pingtrail_rrd_writer_rejects_total", &rrd::Counters::rejects_total},
      {"pingtrail_rrd_writer_files_released_total", &rrd::Counters::files_released_total},
      {"pingtrail_rrd_writer_archives_created_total", &rrd::Counters::archives_created_total},
      {"pingtrail_rrd_writer_archives_set_aside_total", &rrd::Counters::archives_set_aside_total},
      {"pingtrail_rrd_writer_sources_added_total", &rrd::Counters::sources_added_total},
      {"pingtrail_rrd_writer_lock_waits_total", &rrd::Counters::lock_waits_total},
      {"pingtrail_rrd_writer_store_failures_total", &rrd::Counters::store_failures_total},
  });
  for (const auto& [name, member] : kTotals) page.one(name, writer.*member);
  const auto seconds = [](std::int64_t ms) { return static_cast<double>(ms) / kMsPerSecond; };
  page.one("pingtrail_rrd_writer_updated_timestamp_seconds", seconds(writer.updated_ms));
  page.one("pingtrail_rrd_writer_pending_files", writer.pending_files);
  page.one("pingtrail_rrd_writer_pending_bytes", writer.pending_bytes);
  if (writer.oldest_pending_ms > 0) {
    page.one("pingtrail_rrd_writer_oldest_pending_timestamp_seconds",
             seconds(writer.oldest_pending_ms));
  }
  if (writer.newest_sample_s > 0) {
    page.one("pingtrail_rrd_writer_newest_sample_timestamp_seconds", writer.newest_sample_s);
  }
}

void add_exporter(Page& page, const history::LiveView& view, const ScrapeFigures& figures) {
  page.one("pingtrail_journal_verified", view.archive.verified ? 1 : 0);
  page.one("pingtrail_exporter_state_files_unreadable", view.unreadable);
  page.one("pingtrail_exporter_state_files_read", view.states_read);
  if (!view.directories.empty()) page.begin("pingtrail_exporter_state_dir_readable");
  for (const history::DirectoryFacts& directory : view.directories) {
    page.line(label("state_dir", directory.dir), directory.trouble ? "0" : "1");
  }
  if (figures.duration) {
    page.one("pingtrail_exporter_scrape_duration_seconds",
             std::chrono::duration<double>(*figures.duration).count());
  }
  page.begin("pingtrail_build_info");
  page.line(label("version", PINGTRAIL_VERSION), "1");
}

void add_process(Page& page, const ProcessFigures& process) {
  page.one("process_cpu_seconds_total", process.cpu_seconds);
  page.one("process_resident_memory_bytes", process.resident_bytes);
  page.one("process_virtual_memory_bytes", process.virtual_bytes);
  page.one("process_open_fds", process.open_fds);
  page.one("process_max_fds", process.max_fds);
  page.one("process_start_time_seconds", process.start_time_seconds);
}

}  // namespace

std::string family_header(const Family& family, Format format) {
  const bool open = format == Format::openmetrics;
  const std::string name(open ? openmetrics_name(family) : family.name);
  std::string out = "# HELP " + name + " " + std::string(family.help) + "\n# TYPE " + name + " " +
                    std::string(type_word(family.type, format)) + "\n";
  if (open && !family.unit.empty()) out += "# UNIT " + name + " " + std::string(family.unit) + "\n";
  return out;
}

std::string global_metrics(const Snapshot& snapshot, const ScrapeFigures& figures, Format format) {
  Page page(format);
  if (snapshot.writer) add_writer(page, *snapshot.writer);
  add_exporter(page, *snapshot.view, figures);
  if (figures.process) add_process(page, *figures.process);
  return page.take();
}

}  // namespace pingtrail::metrics
