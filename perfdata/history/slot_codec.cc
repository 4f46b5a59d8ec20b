// SPDX-License-Identifier: GPL-3.0-or-later
#include "perfdata/history/slot_codec.h"

#include <algorithm>

#include "perfdata/history/bytes.h"

namespace pingtrail::history {
namespace {

constexpr std::uint32_t kMagic = 0x53545450;  // "PTTS"
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 20;
constexpr std::size_t kCoveredFrom = 8;
constexpr std::size_t kLongestGroup = 64;
constexpr std::size_t kLongestAddress = 64;
constexpr std::size_t kLongestReason = 120;
constexpr std::size_t kLongestPendingText = 96;
constexpr std::uint8_t kNoState = 0xff;

base::Error fault(const char* fact) { return {base::ErrorKind::invalid_input, fact}; }

void put_round_trips(ByteWriter& out, const std::optional<RoundTrips>& times) {
  out.number(static_cast<std::uint8_t>(times.has_value()));
  const RoundTrips value = times.value_or(RoundTrips{});
  out.real(value.mean_s);
  out.real(value.min_s);
  out.real(value.max_s);
  out.real(value.median_s);
}

std::optional<RoundTrips> get_round_trips(ByteReader& in) {
  const bool there = in.number<std::uint8_t>() != 0;
  RoundTrips value;
  value.mean_s = in.real();
  value.min_s = in.real();
  value.max_s = in.real();
  value.median_s = in.real();
  return there ? std::optional<RoundTrips>(value) : std::nullopt;
}

void put_last(ByteWriter& out, const LastResult& last) {
  out.instant(last.at);
  out.number(static_cast<std::uint8_t>(last.state));
  out.number(last.sent);
  out.number(last.received);
  put_round_trips(out, last.round_trips);
  out.text(last.reason, kLongestReason);
}

LastResult get_last(ByteReader& in) {
  LastResult last;
  last.at = in.instant();
  last.state = static_cast<ObservedState>(in.number<std::uint8_t>());
  last.sent = in.number<std::uint32_t>();
  last.received = in.number<std::uint32_t>();
  last.round_trips = get_round_trips(in);
  last.reason = in.text();
  return last;
}

void put_run(ByteWriter& out, const HostState& state) {
  out.number(state.state ? static_cast<std::uint8_t>(*state.state) : kNoState);
  out.instant(state.since);
  out.instant(state.last_at);
  out.number(static_cast<std::uint8_t>(state.last_boot.has_value()));
  out.number(state.last_boot ? state.last_boot->time_since_epoch().count() : 0);
  out.bytes(state.boot_id);
  out.instant(state.last_up);
  out.number(state.run_checks);
  out.instant(state.session_start);
  out.instant(state.session_previous);
  out.span(state.pushed_back);
  out.span(state.stated_interval.value_or(Milliseconds{0}));
  out.number(static_cast<std::uint8_t>(state.outage.has_value()));
  const OpenOutage outage = state.outage.value_or(OpenOutage{});
  out.instant(outage.start);
  out.span(outage.down);
  out.span(outage.unknown);
  out.span(outage.certain);
  out.text(outage.reason, kLongestReason);
}

void get_run(ByteReader& in, HostState& state) {
  const auto observed = in.number<std::uint8_t>();
  if (observed != kNoState) state.state = static_cast<ObservedState>(observed);
  state.since = in.instant();
  state.last_at = in.instant();
  const bool booted = in.number<std::uint8_t>() != 0;
  const BootTime boot(Milliseconds(in.number<std::int64_t>()));
  if (booted) state.last_boot = boot;
  in.bytes(state.boot_id);
  state.last_up = in.maybe_instant();
  state.run_checks = in.number<std::uint32_t>();
  state.session_start = in.instant();
  state.session_previous = in.maybe_instant();
  state.pushed_back = in.span();
  const Milliseconds stated = in.span();
  if (stated > Milliseconds{0}) state.stated_interval = stated;
  const bool down = in.number<std::uint8_t>() != 0;
  OpenOutage outage;
  outage.start = in.instant();
  outage.down = in.span();
  outage.unknown = in.span();
  outage.certain = in.span();
  outage.reason = in.text();
  if (down) state.outage = std::move(outage);
}

void put_rings(ByteWriter& out, const HostState& state) {
  for (const std::uint32_t spacing : state.spacings.ms) out.number(spacing);
  out.number(state.spacings.size);
  out.number(state.spacings.next);
  out.number(state.flaps.bits);
  out.number(state.flaps.size);
}

void get_rings(ByteReader& in, HostState& state) {
  for (std::uint32_t& spacing : state.spacings.ms) spacing = in.number<std::uint32_t>();
  state.spacings.size = in.number<std::uint8_t>();
  state.spacings.next = in.number<std::uint8_t>();
  state.flaps.bits = in.number<std::uint32_t>();
  state.flaps.size = in.number<std::uint8_t>();
}

template <typename Counts, typename Each>
void each_count(Counts& counters, Each each) {
  each(counters.checks);
  each(counters.indeterminate);
  each(counters.late);
  each(counters.probes_sent);
  each(counters.probes_received);
  each(counters.probes_duplicate);
  each(counters.outages);
}

template <typename Counts, typename Each>
void each_span(Counts& counters, Each each) {
  for (auto* split : {&counters.up, &counters.down, &counters.unknown}) {
    each(split->unplanned);
    each(split->planned);
  }
}

void put_counters(ByteWriter& out, const HostState& state) {
  each_count(state.counters, [&out](std::uint64_t count) { out.number(count); });
  each_span(state.counters, [&out](Milliseconds span) { out.span(span); });
  for (const std::uint64_t bucket : state.rtt.buckets) out.number(bucket);
  out.number(state.rtt.count);
  out.real(state.rtt.sum_s);
}

void get_counters(ByteReader& in, HostState& state) {
  each_count(state.counters, [&in](std::uint64_t& count) { count = in.number<std::uint64_t>(); });
  each_span(state.counters, [&in](Milliseconds& span) { span = in.span(); });
  for (std::uint64_t& bucket : state.rtt.buckets) bucket = in.number<std::uint64_t>();
  state.rtt.count = in.number<std::uint64_t>();
  state.rtt.sum_s = in.real();
}

void put_maintenance(ByteWriter& out, const MaintenanceCache& cache) {
  out.number(cache.signature);
  out.number(static_cast<std::uint8_t>(cache.more));
  const std::size_t size = std::min(cache.windows.size(), kCachedWindows);
  out.number(static_cast<std::uint8_t>(size));
  for (std::size_t i = 0; i < size; ++i) {
    out.instant(cache.windows[i].from);
    out.instant(cache.windows[i].to);
  }
}

void get_maintenance(ByteReader& in, MaintenanceCache& cache) {
  cache.signature = in.number<std::uint64_t>();
  cache.more = in.number<std::uint8_t>() != 0;
  const std::size_t size = std::min<std::size_t>(in.number<std::uint8_t>(), kCachedWindows);
  for (std::size_t i = 0; i < size; ++i) {
    const WallTime from = in.instant();
    cache.windows.push_back({from, in.instant()});
  }
}

void put_pending(ByteWriter& out, const Transition& transition) {
  out.number(static_cast<std::uint8_t>(transition.kind));
  out.number(static_cast<std::uint8_t>(transition.state));
  out.number(static_cast<std::uint8_t>(transition.previous_state));
  out.number(transition.number);
  out.instant(transition.at);
  out.instant(transition.previous_at);
  out.instant(transition.last_up);
  out.span(transition.interval);
  out.number(transition.run_checks);
  if (transition.kind == TransitionKind::clock_step) {
    out.instant(transition.clock.session_start);
    out.instant(transition.clock.session_previous);
    out.span(transition.clock.step);
    out.span(transition.clock.prior_step);
  }
  out.text(transition.text, kLongestPendingText);
}

Transition get_pending(ByteReader& in) {
  Transition out;
  out.kind = static_cast<TransitionKind>(in.number<std::uint8_t>());
  out.state = static_cast<ObservedState>(in.number<std::uint8_t>());
  out.previous_state = static_cast<ObservedState>(in.number<std::uint8_t>());
  out.number = in.number<std::uint64_t>();
  out.at = in.instant();
  out.previous_at = in.maybe_instant();
  out.last_up = in.maybe_instant();
  out.interval = in.span();
  out.run_checks = in.number<std::uint32_t>();
  if (out.kind == TransitionKind::clock_step) {
    out.clock.session_start = in.maybe_instant();
    out.clock.session_previous = in.maybe_instant();
    out.clock.step = in.span();
    out.clock.prior_step = in.span();
  }
  out.text = in.text();
  return out;
}

// Those that fit, oldest first; the rest is counted as lost.
void put_all_pending(ByteWriter& out, HostState& state) {
  constexpr std::size_t kLostBytes = sizeof(state.lost_transitions);
  out.number(state.next_number);
  out.number(state.pending_floor);
  const std::size_t count_at = out.used();
  std::size_t kept = std::min<std::size_t>(state.pending.size(), 255);
  while (true) {
    out.rewind(count_at);
    out.number(static_cast<std::uint8_t>(kept));
    for (std::size_t i = 0; i < kept; ++i) put_pending(out, state.pending[i]);
    if (kept == 0 || (out.fits() && out.left() >= kLostBytes)) break;
    --kept;
  }
  state.lost_transitions += state.pending.size() - kept;
  state.pending.resize(kept);
  out.number(state.lost_transitions);
}

void get_all_pending(ByteReader& in, HostState& state) {
  state.next_number = in.number<std::uint64_t>();
  state.pending_floor = in.number<std::uint64_t>();
  const std::size_t count = in.number<std::uint8_t>();
  for (std::size_t i = 0; i < count && in.fits(); ++i) state.pending.push_back(get_pending(in));
  state.lost_transitions = in.number<std::uint64_t>();
}

bool is_valid(const HostState& state) {
  const auto observed = [](ObservedState s) { return s <= ObservedState::indeterminate; };
  if (state.state && *state.state > ObservedState::down) return false;
  if (!observed(state.last.state)) return false;
  if (state.spacings.size > kSpacings || state.spacings.next >= kSpacings) return false;
  for (const Transition& pending : state.pending) {
    const bool known =
        pending.kind >= TransitionKind::up && pending.kind <= TransitionKind::clock_step;
    if (!known || !observed(pending.state) || !observed(pending.previous_state)) return false;
  }
  return !state.key.name.empty();
}

bool all_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

// Of everything behind itself.
std::uint32_t checksum(std::span<const std::uint8_t> slot, std::size_t used) {
  return crc32c(slot.subspan(kCoveredFrom, used - kCoveredFrom));
}

}  // namespace

std::size_t encode_slot(Slot& slot, std::span<std::uint8_t> out) {
  HostState& state = slot.state;
  ByteWriter body(out.subspan(kHeaderBytes, kSlotBytes - kHeaderBytes));
  body.text(state.key.name, kMaxNameBytes);
  body.text(state.key.series, kMaxSeriesBytes);
  body.text(state.group, kLongestGroup);
  body.text(state.address, kLongestAddress);
  put_run(body, state);
  put_rings(body, state);
  put_counters(body, state);
  put_last(body, state.last);
  put_maintenance(body, state.maintenance);
  put_all_pending(body, state);
  const std::size_t used = kHeaderBytes + body.used();
  ByteWriter header(out);
  header.number(kMagic);
  header.number(std::uint32_t{0});
  header.number(kVersion);
  header.number(static_cast<std::uint16_t>(used));
  header.number(slot.sequence);
  ByteWriter check(out.subspan(sizeof(kMagic)));
  check.number(checksum(out, used));
  return used;
}

base::Expected<Slot> decode_slot(std::span<const std::uint8_t> bytes) {
  if (all_zero(bytes)) return fault("empty");
  if (bytes.size() < kHeaderBytes) return fault("too short");
  ByteReader header(bytes);
  if (header.number<std::uint32_t>() != kMagic) return fault("no slot begins here");
  const auto stored = header.number<std::uint32_t>();
  const auto version = header.number<std::uint16_t>();
  const std::size_t used = header.number<std::uint16_t>();
  Slot out;
  out.sequence = header.number<std::uint64_t>();
  if (used < kHeaderBytes || used > std::min(bytes.size(), kSlotBytes)) return fault("length");
  if (checksum(bytes, used) != stored) return fault("checksum");
  if (version != kVersion) {
    return base::Error{base::ErrorKind::not_permitted,
                       "version " + std::to_string(version) + " of a newer pingtrail"};
  }
  ByteReader body(bytes.subspan(kHeaderBytes, used - kHeaderBytes));
  HostState& state = out.state;
  state.key.name = body.text();
  state.key.series = body.text();
  state.group = body.text();
  state.address = body.text();
  get_run(body, state);
  get_rings(body, state);
  get_counters(body, state);
  state.last = get_last(body);
  get_maintenance(body, state.maintenance);
  get_all_pending(body, state);
  if (!body.fits() || !is_valid(state)) return fault("content");
  return out;
}

base::Expected<ReadState> decode_state_file(std::span<const std::uint8_t> bytes) {
  const std::size_t middle = std::min(kSlotBytes, bytes.size());
  const auto half = [&](std::size_t index) {
    return index == 0 ? bytes.first(middle)
                      : bytes.subspan(middle, std::min(kSlotBytes, bytes.size() - middle));
  };
  std::array<base::Expected<Slot>, 2> slots{decode_slot(half(0)), decode_slot(half(1))};
  for (const auto& slot : slots) {
    // What a newer version wrote must not be overwritten.
    if (!slot && slot.error().kind == base::ErrorKind::not_permitted) return slot.error();
  }
  if (!slots[0] && !slots[1]) {
    const bool unused = all_zero(bytes);
    return unused ? fault("empty")
                  : base::Error{slots[0].error().kind, "slot A: " + slots[0].error().message +
                                                           ", slot B: " + slots[1].error().message};
  }
  ReadState out;
  out.index = slots[0] && (!slots[1] || slots[0]->sequence > slots[1]->sequence) ? 0 : 1;
  out.one_bad = !slots[1 - out.index] && !all_zero(half(1 - out.index));
  out.slot = std::move(*slots[out.index]);
  return out;
}

}  // namespace pingtrail::history
