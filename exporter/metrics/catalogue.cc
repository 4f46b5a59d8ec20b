// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/catalogue.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace pingtrail::metrics {
namespace {

constexpr std::string_view kHost = "host, address";
constexpr std::string_view kPlanned = "host, address, planned";
constexpr std::string_view kWindow = "host, address, window";
constexpr std::string_view kNoState = "the host has no state file that can be read";
constexpr std::string_view kNoCheck = "no check was recorded";
constexpr std::string_view kNoWriter = "no --rrd-dir is given, or its writer never ran";
constexpr std::string_view kNoProc = "/proc does not tell";

constexpr Section kW = Section::writer;
constexpr Section kE = Section::exporter;
constexpr Section kS = Section::smokeping;
constexpr Section kP = Section::ping;
constexpr Section kB = Section::blackbox;

constexpr auto kFamilies = std::to_array<Family>({
    {"pingtrail_up", Type::gauge, "", "1 while the host answers, 0 while it does not.", kHost,
     "the host is stale: its last observation is more than 2.5 check intervals old"},
    {"pingtrail_last_check_timestamp_seconds", Type::gauge, "seconds",
     "When the newest check began, whatever came of it.", kHost, kNoCheck},
    {"pingtrail_last_up_timestamp_seconds", Type::gauge, "seconds",
     "When the host was last seen up.", kHost, "it never was"},
    {"pingtrail_state_change_timestamp_seconds", Type::gauge, "seconds",
     "First observation of the newest state.", kHost, "the host was never observed"},
    {"pingtrail_outage_duration_seconds", Type::gauge, "seconds",
     "Observed downtime of the outage that goes on; 0 when up.", kHost,
     "the host was never observed"},
    {"pingtrail_outage_start_timestamp_seconds", Type::gauge, "seconds",
     "First failed check of the outage that goes on.", kHost, "none goes on"},
    {"pingtrail_outages_total", Type::counter, "", "Outages that began.", kHost, kNoState},
    {"pingtrail_uptime_seconds_total", Type::counter, "seconds",
     "Time observed up, to the last observation.", kPlanned, kNoState},
    {"pingtrail_downtime_seconds_total", Type::counter, "seconds",
     "Time observed down, to the last observation.", kPlanned, kNoState},
    {"pingtrail_unknown_seconds_total", Type::counter, "seconds",
     "Time without observations, to the last observation.", kPlanned, kNoState},
    {"pingtrail_availability_ratio", Type::gauge, "ratio",
     "Up over up and down, unplanned time of the window.", kWindow,
     "nothing unplanned was observed in the window"},
    {"pingtrail_coverage_ratio", Type::gauge, "ratio",
     "Observed part of the window, planned or not.", kWindow, "the window has no length yet"},
    {"pingtrail_window_downtime_seconds", Type::gauge, "seconds",
     "Unplanned downtime in the window.", kWindow, ""},
    {"pingtrail_packets_sent_total", Type::counter, "", "Probes sent.", kHost, kNoState},
    {"pingtrail_packets_received_total", Type::counter, "", "Probes with a valid reply.", kHost,
     kNoState},
    {"pingtrail_packets_duplicate_total", Type::counter, "",
     "Duplicate replies, never counted as replies.", kHost, kNoState},
    {"pingtrail_rtt_seconds", Type::histogram, "seconds", "Round-trip times of valid replies.",
     "host, address, le", "there are above 2,000 hosts and it is not asked for; no state file"},
    {"pingtrail_last_rtt_seconds", Type::gauge, "seconds", "Round-trip times of the newest check.",
     "host, address, stat", "no reply to it was valid"},
    {"pingtrail_last_loss_ratio", Type::gauge, "ratio",
     "Lost part of the probes of the newest check.", kHost, "it sent none"},
    {"pingtrail_in_maintenance", Type::gauge, "", "1 inside a maintenance window, else 0.", kHost,
     ""},
    {"pingtrail_flapping", Type::gauge, "",
     "Percent of state change as Nagios computes it, 0 to 100.", kHost, kNoState},
    {"pingtrail_host_info", Type::info, "", "What is known about the host; always 1.",
     "host, address, group, alias, source", ""},

    {"smokeping_requests_total", Type::counter, "", "Probes sent.", "host, ip", kNoState, kS},
    {"smokeping_response_duration_seconds", Type::histogram, "seconds",
     "Round-trip times of valid replies.", "host, ip, le", kNoState, kS},
    {"smokeping_response_duplicates_total", Type::counter, "", "Duplicate replies.", "host, ip",
     kNoState, kS},

    {"ping_rtt_best_seconds", Type::gauge, "seconds", "Best round-trip time of the newest check.",
     "target, ip, ip_version", "no reply to it was valid", kP},
    {"ping_rtt_worst_seconds", Type::gauge, "seconds", "Worst round-trip time of the newest check.",
     "target, ip, ip_version", "no reply to it was valid", kP},
    {"ping_rtt_mean_seconds", Type::gauge, "seconds", "Mean round-trip time of the newest check.",
     "target, ip, ip_version", "no reply to it was valid", kP},
    {"ping_loss_ratio", Type::gauge, "ratio", "Lost part of the probes of the newest check.",
     "target, ip, ip_version", "it sent none", kP},

    {"probe_success", Type::gauge, "", "1 while the host answers, 0 while it does not.", "instance",
     "the host is stale", kB},
    {"probe_icmp_duration_seconds", Type::gauge, "seconds",
     "Mean round-trip time of the newest check.", "instance, phase", "no reply to it was valid",
     kB},
    {"probe_ip_protocol", Type::gauge, "", "4 or 6, by the address probed.", "instance",
     "no address is known", kB},

    {"pingtrail_rrd_writer_samples_written_total", Type::counter, "", "Samples put into archives.",
     "", kNoWriter, kW},
    {"pingtrail_rrd_writer_samples_duplicate_total", Type::counter, "",
     "Samples that were there already.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_samples_filtered_total", Type::counter, "",
     "Samples that --only-command left out.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_rejects_total", Type::counter, "",
     "Lines written to the spool's rejected folder.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_files_released_total", Type::counter, "", "Spool files done with.", "",
     kNoWriter, kW},
    {"pingtrail_rrd_writer_archives_created_total", Type::counter, "", "Archives created.", "",
     kNoWriter, kW},
    {"pingtrail_rrd_writer_archives_set_aside_total", Type::counter, "",
     "Damaged archives set aside.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_sources_added_total", Type::counter, "",
     "Data sources added to archives.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_lock_waits_total", Type::counter, "", "Waits for a locked archive.", "",
     kNoWriter, kW},
    {"pingtrail_rrd_writer_store_failures_total", Type::counter, "",
     "Writes that failed and were tried again.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_updated_timestamp_seconds", Type::gauge, "seconds",
     "When the writer wrote these figures.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_pending_files", Type::gauge, "", "Spool files waiting.", "", kNoWriter,
     kW},
    {"pingtrail_rrd_writer_pending_bytes", Type::gauge, "bytes", "Their size.", "", kNoWriter, kW},
    {"pingtrail_rrd_writer_oldest_pending_timestamp_seconds", Type::gauge, "seconds",
     "Last change of the oldest waiting spool file.", "", "none waits, or no writer ran", kW},
    {"pingtrail_rrd_writer_newest_sample_timestamp_seconds", Type::gauge, "seconds",
     "Time of the newest sample written.", "", "none was written, or no writer ran", kW},

    {"pingtrail_journal_verified", Type::gauge, "",
     "1 while every journal's hash chain is intact, else 0.", "", "", kE},
    {"pingtrail_exporter_state_files_unreadable", Type::gauge, "",
     "State files that cannot be read.", "", "", kE},
    {"pingtrail_exporter_state_files_read", Type::gauge, "",
     "State files opened for this scrape, because they had changed.", "", "", kE},
    {"pingtrail_exporter_state_dir_readable", Type::gauge, "",
     "1 while the state directory can be read, else 0.", "state_dir", "", kE},
    {"pingtrail_exporter_scrape_duration_seconds", Type::gauge, "seconds",
     "Time to read what changed and work out the values of this scrape.", "", "", kE},
    {"pingtrail_build_info", Type::info, "", "The version; always 1.", "version", "", kE},
    {"process_cpu_seconds_total", Type::counter, "seconds",
     "Total user and system CPU time spent in seconds.", "", kNoProc, kE},
    {"process_resident_memory_bytes", Type::gauge, "bytes", "Resident memory size in bytes.", "",
     kNoProc, kE},
    {"process_virtual_memory_bytes", Type::gauge, "bytes", "Virtual memory size in bytes.", "",
     kNoProc, kE},
    {"process_open_fds", Type::gauge, "", "Number of open file descriptors.", "", kNoProc, kE},
    {"process_max_fds", Type::gauge, "", "Maximum number of open file descriptors.", "",
     "there is no limit, or /proc does not tell", kE},
    {"process_start_time_seconds", Type::gauge, "seconds",
     "Start time of the process since unix epoch in seconds.", "", kNoProc, kE},
});

// The fixed series of the host families.
struct FixedSeries {
  std::string_view family;
  Column column;
  std::string_view label;
  Unit unit;
};

constexpr std::string_view kUnplannedLabel = R"(planned="false")";
constexpr std::string_view kPlannedLabel = R"(planned="true")";

constexpr auto kFixed = std::to_array<FixedSeries>({
    {"pingtrail_up", Column::up, "", Unit::count},
    {"pingtrail_last_check_timestamp_seconds", Column::last_check, "", Unit::seconds},
    {"pingtrail_last_up_timestamp_seconds", Column::last_up, "", Unit::seconds},
    {"pingtrail_state_change_timestamp_seconds", Column::state_change, "", Unit::seconds},
    {"pingtrail_outage_duration_seconds", Column::outage_duration, "", Unit::seconds},
    {"pingtrail_outage_start_timestamp_seconds", Column::outage_start, "", Unit::seconds},
    {"pingtrail_outages_total", Column::outages, "", Unit::count},
    {"pingtrail_uptime_seconds_total", Column::up_unplanned, kUnplannedLabel, Unit::seconds},
    {"pingtrail_uptime_seconds_total", Column::up_planned, kPlannedLabel, Unit::seconds},
    {"pingtrail_downtime_seconds_total", Column::down_unplanned, kUnplannedLabel, Unit::seconds},
    {"pingtrail_downtime_seconds_total", Column::down_planned, kPlannedLabel, Unit::seconds},
    {"pingtrail_unknown_seconds_total", Column::unknown_unplanned, kUnplannedLabel, Unit::seconds},
    {"pingtrail_unknown_seconds_total", Column::unknown_planned, kPlannedLabel, Unit::seconds},
    {"pingtrail_packets_sent_total", Column::sent, "", Unit::count},
    {"pingtrail_packets_received_total", Column::received, "", Unit::count},
    {"pingtrail_packets_duplicate_total", Column::duplicate, "", Unit::count},
    {"pingtrail_last_rtt_seconds", Column::rtt_min, R"(stat="min")", Unit::real},
    {"pingtrail_last_rtt_seconds", Column::rtt_avg, R"(stat="avg")", Unit::real},
    {"pingtrail_last_rtt_seconds", Column::rtt_max, R"(stat="max")", Unit::real},
    {"pingtrail_last_rtt_seconds", Column::rtt_median, R"(stat="median")", Unit::real},
    {"pingtrail_last_loss_ratio", Column::loss, "", Unit::real},
    {"pingtrail_in_maintenance", Column::in_maintenance, "", Unit::count},
    {"pingtrail_flapping", Column::flapping, "", Unit::real},
    {"smokeping_requests_total", Column::sent, "", Unit::count},
    {"smokeping_response_duplicates_total", Column::duplicate, "", Unit::count},
    {"ping_rtt_best_seconds", Column::rtt_min, "", Unit::real},
    {"ping_rtt_worst_seconds", Column::rtt_max, "", Unit::real},
    {"ping_rtt_mean_seconds", Column::rtt_avg, "", Unit::real},
    {"ping_loss_ratio", Column::loss, "", Unit::real},
    {"probe_success", Column::up, "", Unit::count},
    {"probe_icmp_duration_seconds", Column::rtt_avg, R"(phase="rtt")", Unit::real},
});

struct WindowSeries {
  std::string_view family;
  Unit unit;
};
// In the order of a window's columns.
constexpr std::array<WindowSeries, kWindowColumns> kOfWindow = {{
    {"pingtrail_availability_ratio", Unit::ratio},
    {"pingtrail_coverage_ratio", Unit::ratio},
    {"pingtrail_window_downtime_seconds", Unit::seconds},
}};

std::string_view type_word(Type type) {
  switch (type) {
    case Type::counter:
      return "counter";
    case Type::histogram:
      return "histogram";
    case Type::info:
      return "info";
    case Type::gauge:
      break;
  }
  return "gauge";
}

}  // namespace

std::span<const Family> catalogue() { return kFamilies; }

const Family& family(std::string_view name) {
  const auto* const found =
      std::find_if(kFamilies.begin(), kFamilies.end(),
                   [name](const Family& candidate) { return candidate.name == name; });
  assert(found != kFamilies.end());
  return *found;
}

std::string_view openmetrics_name(const Family& family) {
  std::string_view name = family.name;
  if (family.type == Type::counter) name.remove_suffix(std::string_view("_total").size());
  if (family.type == Type::info) name.remove_suffix(std::string_view("_info").size());
  return name;
}

std::vector<Series> series_of(std::string_view family_name, std::span<const std::string> windows) {
  std::vector<Series> out;
  for (const FixedSeries& series : kFixed) {
    if (series.family != family_name) continue;
    out.push_back(
        {static_cast<std::size_t>(series.column), std::string(series.label), series.unit});
  }
  for (std::size_t part = 0; part < kOfWindow.size(); ++part) {
    if (kOfWindow[part].family != family_name) continue;
    for (std::size_t i = 0; i < windows.size(); ++i) {
      out.push_back({kFixedColumns + i * kWindowColumns + part, "window=\"" + windows[i] + "\"",
                     kOfWindow[part].unit});
    }
  }
  return out;
}

std::string catalogue_table(Section section) {
  std::string out = "| name | type | labels | meaning | absent |\n|---|---|---|---|---|\n";
  for (const Family& entry : kFamilies) {
    if (entry.section != section) continue;
    out += "| `" + std::string(entry.name) + "` | " + std::string(type_word(entry.type)) + " | " +
           std::string(entry.labels) + " | " + std::string(entry.help) + " | " +
           std::string(entry.absent) + " |\n";
  }
  return out;
}

}  // namespace pingtrail::metrics
