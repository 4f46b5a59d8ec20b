// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/ground_truth.h"

#include <unistd.h>

#include <array>
#include <charconv>

namespace pingtrail::fakenet {
namespace {

std::int64_t nanoseconds(base::MonoTime at) { return at.time_since_epoch().count(); }

void append_number(std::string& text, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

}  // namespace

ProbeEntry describe(const EchoRequest& request, base::MonoTime arrived) {
  ProbeEntry entry;
  entry.arrived = arrived;
  entry.source = request.source;
  entry.destination = request.destination;
  entry.id = request.id;
  entry.sequence = request.sequence;
  entry.payload_bytes = request.payload.size();
  entry.hop_limit = request.hop_limit;
  entry.traffic_class = request.traffic_class;
  entry.dont_fragment = request.dont_fragment;
  entry.checksum_valid = request.checksum_valid;
  return entry;
}

void GroundTruth::word(std::string_view name, std::int64_t value) {
  text_.append(" ").append(name).append("=");
  append_number(text_, value);
}

void GroundTruth::word(std::string_view name, std::string_view value) {
  text_.append(" ").append(name).append("=").append(value);
}

void GroundTruth::begin(base::MonoTime start) {
  text_ += "start";
  word("t", nanoseconds(start));
  text_ += '\n';
  flush();
}

void GroundTruth::add(const ProbeEntry& entry) {
  if (!file_) {
    return;
  }
  text_ += "probe ";
  append_number(text_, static_cast<std::int64_t>(++lines_));
  word("t", nanoseconds(entry.arrived));
  word("src", format_address(entry.source));
  word("dst", format_address(entry.destination));
  word("family", entry.source.is_ipv6 ? 6 : 4);
  word("id", entry.id);
  word("seq", entry.sequence);
  word("n", entry.number);
  word("bytes", static_cast<std::int64_t>(entry.payload_bytes));
  word("ttl", entry.hop_limit);
  word("tos", entry.traffic_class);
  word("df", entry.dont_fragment ? 1 : 0);
  word("sum", entry.checksum_valid ? "good" : "bad");
  word("silence", entry.silence.empty() ? "-" : entry.silence);
  text_ += " answers=";
  for (const LoggedAnswer& answer : entry.answers) {
    text_.append(answer.label).append("@");
    append_number(text_, nanoseconds(answer.written));
    text_ += ',';
  }
  if (entry.answers.empty()) {
    text_ += '-';
  } else {
    text_.pop_back();
  }
  text_ += '\n';
}

void GroundTruth::end(base::MonoTime now, const Totals& totals) {
  text_ += "end";
  word("t", nanoseconds(now));
  word("probes", static_cast<std::int64_t>(totals.probes));
  word("ignored", static_cast<std::int64_t>(totals.ignored));
  word("unstamped", static_cast<std::int64_t>(totals.unstamped));
  text_ += '\n';
}

void GroundTruth::flush() {
  std::string_view rest = text_;
  while (file_ && !rest.empty()) {
    const ssize_t written = write(file_.get(), rest.data(), rest.size());
    if (written <= 0) {
      break;  // a full disk shows as a log without its end line
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  text_.clear();
}

}  // namespace pingtrail::fakenet
