// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/metrics/exposition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "exporter/metrics/catalogue.h"
#include "exporter/metrics/globals.h"
#include "exporter/metrics/lines.h"
#include "perfdata/history/maintenance.h"

namespace pingtrail::metrics {
namespace {

bool fits(const Filter& filter, const history::HostHistory& host) {
  const bool name = filter.hosts.empty() ||
                    std::any_of(filter.hosts.begin(), filter.hosts.end(), [&host](const auto& g) {
                      return history::glob_matches(g, host.key.name);
                    });
  return name && (filter.groups.empty() || std::find(filter.groups.begin(), filter.groups.end(),
                                                     host.group) != filter.groups.end());
}

bool wanted(Section section, const Compat& compat) {
  switch (section) {
    case Section::host:
      return true;
    case Section::smokeping:
      return compat.smokeping;
    case Section::ping:
      return compat.ping;
    case Section::blackbox:
      return compat.blackbox;
    case Section::writer:
    case Section::exporter:
      break;
  }
  return false;
}

// A bound as Go prints it: 5e-05, 0.0001, ... 26.2144; what users' queries select by.
std::string bound_text(double bound) {
  constexpr double kSmallestFixed = 1e-4;
  std::array<char, kLongestNumber> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), bound,
                                 bound < kSmallestFixed ? std::chars_format::scientific
                                                        : std::chars_format::fixed)
                       .ptr;
  return {digits.data(), end};
}

// A line of a family but for its host and its value.
struct Line {
  std::string head;  // `pingtrail_up{`
  std::string tail;  // `,window="24h"} `
  std::size_t column = 0;
  Unit unit = Unit::count;
};

constexpr std::size_t kInfinity = history::kRttBuckets;
constexpr std::size_t kSum = kInfinity + 1;
constexpr std::size_t kCount = kInfinity + 2;

std::vector<Line> histogram_lines(const std::string& name) {
  std::vector<Line> out;
  for (std::size_t i = 0; i <= kInfinity; ++i) {
    const std::string bound = i == kInfinity ? "+Inf" : bound_text(history::rtt_bucket_bound_s(i));
    out.push_back({name + "_bucket{", ",le=\"" + bound + "\"} ", i, Unit::count});
  }
  out.push_back({name + "_sum{", "} ", kSum, Unit::real});
  out.push_back({name + "_count{", "} ", kCount, Unit::count});
  return out;
}

std::vector<Line> lines_of(const Family& family, std::span<const std::string> windows) {
  const std::string name(family.name);
  if (family.type == Type::histogram) return histogram_lines(name);
  std::vector<Line> out;
  for (const Series& series : series_of(family.name, windows)) {
    const std::string label = series.label.empty() ? "" : "," + series.label;
    out.push_back({name + "{", label + "} ", series.column, series.unit});
  }
  if (out.empty()) out.push_back({name + "{", "} ", 0, Unit::count});
  return out;
}

Sample histogram_sample(const history::RttHistogram& rtt, std::size_t part) {
  if (part == kSum) return Sample::real(rtt.sum_s);
  if (part >= kInfinity) return Sample::count(rtt.count);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= part; ++i) sum += rtt.buckets[i];
  return Sample::count(sum);
}

}  // namespace

// Goes through families, their hosts, and each host's lines; may stop before any line.
class Exposition::Writer {
 public:
  Writer(std::shared_ptr<const Snapshot> snapshot, ExpositionOptions options, ScrapeFigures figures)
      : snapshot_(std::move(snapshot)), options_(std::move(options)), figures_(figures) {
    filtered_ = !options_.filter.hosts.empty() || !options_.filter.groups.empty();
    for (std::size_t i = 0; filtered_ && i < snapshot_->hosts.size(); ++i) {
      if (fits(options_.filter, *snapshot_->hosts[i].history)) {
        chosen_.push_back(static_cast<std::uint32_t>(i));
      }
    }
    begin_family();
  }

  bool next(std::string& out) {
    while (family_ < catalogue().size()) {
      if (!write_family()) {
        lines_.flush(out);
        return true;
      }
      ++family_;
      begin_family();
    }
    if (done_) return false;
    done_ = true;
    lines_.flush(out);
    if (!filtered_) out += global_metrics(*snapshot_, figures_, options_.format);
    if (options_.format == Format::openmetrics) out += "# EOF\n";
    return true;
  }

 private:
  std::size_t host_count() const { return filtered_ ? chosen_.size() : snapshot_->hosts.size(); }
  std::size_t host_at(std::size_t place) const { return filtered_ ? chosen_[place] : place; }

  void begin_family();
  bool write_family();
  bool write_host(const Family& family, std::size_t host);
  Sample sample(const Family& family, std::size_t host, const Line& line) const;
  void write_labels(Section section, const HostRow& row);

  std::shared_ptr<const Snapshot> snapshot_;
  ExpositionOptions options_;
  ScrapeFigures figures_;
  bool filtered_ = false;
  std::vector<std::uint32_t> chosen_;  // hosts, when filtered

  Lines lines_;
  std::size_t family_ = 0;
  std::vector<Line> family_lines_;
  bool headed_ = false;
  std::size_t place_ = 0;
  std::size_t line_ = 0;
  bool done_ = false;
};

void Exposition::Writer::begin_family() {
  place_ = 0;
  line_ = 0;
  headed_ = false;
  family_lines_.clear();
  if (family_ >= catalogue().size()) return;
  const Family& family = catalogue()[family_];
  const bool off = family.type == Type::histogram && !snapshot_->histogram;
  if (wanted(family.section, options_.compat) && !off) {
    family_lines_ = lines_of(family, snapshot_->windows);
  }
}

// False when the piece is full.
bool Exposition::Writer::write_family() {
  if (family_lines_.empty()) return true;
  const Family& family = catalogue()[family_];
  for (; place_ < host_count(); ++place_) {
    if (!write_host(family, host_at(place_))) return false;
    line_ = 0;
  }
  return true;
}

bool Exposition::Writer::write_host(const Family& family, std::size_t host) {
  const HostRow& row = snapshot_->hosts[host];
  for (; line_ < family_lines_.size(); ++line_) {
    const Line& line = family_lines_[line_];
    const Sample value = sample(family, host, line);
    if (!value.present()) continue;
    if (lines_.full()) return false;
    if (!headed_) lines_.text(family_header(family, options_.format));
    headed_ = true;
    lines_.text(line.head);
    if (family.section == Section::host) {
      lines_.text(snapshot_->labels(row));
      if (family.type == Type::info) lines_.text(snapshot_->info(row));
    } else {
      write_labels(family.section, row);
    }
    lines_.text(line.tail);
    lines_.value(value, line.unit);
    lines_.byte('\n');
  }
  return true;
}

Sample Exposition::Writer::sample(const Family& family, std::size_t host, const Line& line) const {
  if (family.type == Type::info) return Sample::count(1);
  if (family.type == Type::histogram) {
    const history::HostHistory& history = *snapshot_->hosts[host].history;
    if (history.reconstructed || !history.state) return {};
    return histogram_sample(history.state->rtt, line.column);
  }
  if (family.name == "probe_ip_protocol") {
    const std::string_view address = snapshot_->address(snapshot_->hosts[host]);
    if (address.empty()) return {};
    return Sample::count(address.find(':') == std::string_view::npos ? 4 : 6);
  }
  return snapshot_->columns[line.column][host];
}

// The labels that the other exporter, or its users' relabelling, gives.
void Exposition::Writer::write_labels(Section section, const HostRow& row) {
  const std::string_view address = snapshot_->address(row);
  lines_.text(section == Section::smokeping ? R"(host=")"
              : section == Section::ping    ? R"(target=")"
                                            : R"(instance=")");
  lines_.text(snapshot_->name(row));
  lines_.byte('"');
  if (section != Section::blackbox && !address.empty()) {
    lines_.text(R"(,ip=")");
    lines_.text(address);
    lines_.byte('"');
    if (section == Section::ping) {
      const bool v6 = address.find(':') != std::string_view::npos;
      lines_.text(v6 ? R"(,ip_version="6")" : R"(,ip_version="4")");
    }
  }
  lines_.text(snapshot_->series(row));
}

Exposition::Exposition(std::shared_ptr<const Snapshot> snapshot, ExpositionOptions options,
                       ScrapeFigures figures)
    : writer_(std::make_unique<Writer>(std::move(snapshot), std::move(options), figures)) {}
Exposition::~Exposition() = default;
Exposition::Exposition(Exposition&&) noexcept = default;
Exposition& Exposition::operator=(Exposition&&) noexcept = default;

bool Exposition::next(std::string& out) { return writer_->next(out); }

std::string exposition_text(std::shared_ptr<const Snapshot> snapshot, ExpositionOptions options,
                            ScrapeFigures figures) {
  Exposition exposition(std::move(snapshot), std::move(options), figures);
  std::string out;
  while (exposition.next(out)) {
  }
  return out;
}

base::Expected<Compat> parse_compat(std::string_view text) {
  Compat out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word == "smokeping") {
      out.smokeping = true;
    } else if (word == "ping") {
      out.ping = true;
    } else if (word == "blackbox") {
      out.blackbox = true;
    } else {
      return base::invalid_input("--compat " + std::string(word),
                                 "not smokeping, ping or blackbox");
    }
  }
  return out;
}

}  // namespace pingtrail::metrics
