// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/responder.h"

#include <unistd.h>

#include "perfdata/base/posix_clock.h"

namespace pingtrail::fakenet {
namespace {

constexpr std::size_t kLongestPacket = 40 + 65535;

}  // namespace

Responder::Responder(int device, std::optional<ArrivalStamps> stamps, Network network,
                     GroundTruth& log, base::MonoTime start)
    : device_(device),
      stamps_(std::move(stamps)),
      network_(std::move(network)),
      log_(log),
      start_(start),
      buffer_(kLongestPacket) {}

int Responder::read(int most) {
  int taken = 0;
  for (; taken < most; ++taken) {
    const ssize_t length = ::read(device_, buffer_.data(), buffer_.size());
    if (length <= 0) {
      break;
    }
    const auto packet = std::span(buffer_).first(static_cast<std::size_t>(length));
    take(packet, arrival(packet));
  }
  return taken;
}

base::MonoTime Responder::arrival(std::span<const std::uint8_t> packet) {
  const auto stamp = stamps_ ? stamps_->of(packet) : std::nullopt;
  unstamped_ += stamp ? 0U : 1U;
  return stamp.value_or(base::mono_now());
}

void Responder::take(std::span<const std::uint8_t> packet, base::MonoTime arrived) {
  std::optional<WholePacket> whole;
  if (is_fragment(packet)) {
    whole = reassembler_.add(packet);
    if (!whole) {
      return;
    }
    packet = whole->packet;
  }
  std::optional<EchoRequest> request = parse_echo_request(packet);
  if (!request) {
    ++ignored_;
    return;
  }
  if (whole) {
    request->largest_piece = whole->largest_piece;
  }
  plan(*request, arrived);
}

void Responder::plan(const EchoRequest& request, base::MonoTime arrived) {
  ++probes_;
  Verdict verdict = network_.answer(request, arrived - start_);
  const auto entry = std::make_shared<ProbeEntry>(describe(request, arrived));
  entry->number = verdict.number;
  entry->silence = verdict.silence;
  entry->unwritten = verdict.answers.size();
  if (verdict.answers.empty()) {
    log_.add(*entry);
    return;
  }
  for (PlannedAnswer& answer : verdict.answers) {
    entry->answers.push_back({answer.label, {}});
    pending_.push({arrived + answer.delay, order_++, std::move(answer.packet), entry,
                   entry->answers.size() - 1});
  }
}

void Responder::write_due() {
  while (!pending_.empty()) {
    const base::MonoTime now = base::mono_now();
    const Pending& first = pending_.top();
    if (first.due > now) {
      return;
    }
    // A device without its interface is the only way this fails; then the log shows no time.
    const ssize_t length = write(device_, first.packet.data(), first.packet.size());
    if (length > 0) {
      first.entry->answers[first.answer].written = now;
    }
    if (--first.entry->unwritten == 0) {
      log_.add(*first.entry);
    }
    pending_.pop();
  }
}

std::optional<base::MonoTime> Responder::next_due() const {
  if (pending_.empty()) {
    return std::nullopt;
  }
  return pending_.top().due;
}

void Responder::finish() {
  for (; !pending_.empty(); pending_.pop()) {
    if (--pending_.top().entry->unwritten == 0) {
      log_.add(*pending_.top().entry);
    }
  }
  log_.end(base::mono_now(), {probes_, ignored_, unstamped_});
  log_.flush();
}

}  // namespace pingtrail::fakenet
