// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/network.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pingtrail::fakenet {
namespace {

// What a draw is for, so that loss and delay of one probe are independent.
enum class Draw : std::uint64_t { loss, jitter, jitter_angle, mode };

// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014 (SplitMix64).
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ value >> 30U) * 0xBF58476D1CE4E5B9U;
  value = (value ^ value >> 27U) * 0x94D049BB133111EBU;
  return value ^ value >> 31U;
}

// Uniform in [0, 1).
double chance(std::uint64_t luck, Draw what) {
  return static_cast<double>(mix(luck + static_cast<std::uint64_t>(what)) >> 11U) * 0x1p-53;
}

std::uint64_t luck_of(std::uint64_t seed, const Address& address, std::size_t run,
                      std::uint32_t number) {
  std::uint64_t luck = mix(seed);
  for (std::size_t at = 0; at < address.size(); ++at) {
    luck = mix(luck ^ address.bytes[at]);
  }
  return mix(mix(luck ^ run) ^ number);
}

double spread_of(const HostRule& rule, std::uint64_t luck) {
  const double first = chance(luck, Draw::jitter);
  if (rule.spread == Spread::uniform) {
    return 2 * first - 1;
  }
  // Box and Muller, 1958; 1 - u keeps the logarithm finite.
  const double angle = 2 * std::numbers::pi * chance(luck, Draw::jitter_angle);
  return std::sqrt(-2 * std::log(1 - first)) * std::cos(angle);
}

Nanoseconds delay_of(const HostRule& rule, std::uint32_t number, std::uint64_t luck) {
  Nanoseconds delay = rule.delay;
  if (number <= rule.delays.size()) {
    delay = rule.delays[number - 1];
  } else if (rule.slow_chance > 0 && chance(luck, Draw::mode) < rule.slow_chance) {
    delay = rule.slow_delay;
  }
  if (rule.jitter > Nanoseconds(0)) {
    const double moved = spread_of(rule, luck) * static_cast<double>(rule.jitter.count());
    delay += Nanoseconds(static_cast<std::int64_t>(moved));
  }
  return std::max(delay, Nanoseconds(0));
}

bool is_down(const HostRule& rule, Nanoseconds since_start) {
  const Nanoseconds at = rule.period > Nanoseconds(0) ? since_start % rule.period : since_start;
  return std::any_of(rule.down.begin(), rule.down.end(),
                     [at](const Window& window) { return window.from <= at && at < window.to; });
}

bool selects(const std::optional<Selector>& selector, std::uint32_t number) {
  return !selector || selector->contains(number);
}

// The default sender of errors and of foreign replies: the second address of the usual networks.
Address default_router(bool is_ipv6) {
  return *parse_address(is_ipv6 ? "2001:db8::2" : "198.18.0.2");
}

// The reply bent as the script wants it.
ReplyShape bent_reply(const EchoRequest& request, const Answer& answer, const Address& router) {
  ReplyShape shape = honest_reply(request);
  switch (answer.kind) {
    case AnswerKind::corrupt:
      if (!shape.payload.empty()) {
        shape.payload[shape.payload.size() / 2] ^= 0x10U;
      }
      break;
    case AnswerKind::zeroed:
      std::fill(shape.payload.begin(), shape.payload.end(), std::uint8_t{0});
      break;
    case AnswerKind::checksum:
      shape.wrong_checksum = true;
      break;
    case AnswerKind::id:
      shape.id ^= 0x5A5AU;
      break;
    case AnswerKind::sequence:
      shape.sequence ^= 0x4000U;
      break;
    case AnswerKind::foreign:
      shape.source = answer.from.value_or(router);
      break;
    case AnswerKind::truncated:
      shape.payload.resize(std::min<std::size_t>(shape.payload.size(), answer.number));
      break;
    case AnswerKind::padded:
      shape.payload.resize(std::min<std::size_t>(shape.payload.size() + answer.number, 65507),
                           0x5A);
      break;
    case AnswerKind::reply:
    case AnswerKind::none:
    case AnswerKind::error:
      break;
  }
  return shape;
}

}  // namespace

Network::Network(Script script, std::uint64_t seed) : script_(std::move(script)), seed_(seed) {}

Network::Host& Network::host(const Address& address) {
  const auto [place, is_new] = hosts_.try_emplace(address);
  if (is_new) {
    const auto rule = std::find_if(
        script_.hosts.begin(), script_.hosts.end(), [&address](const HostRule& candidate) {
          return std::any_of(candidate.addresses.begin(), candidate.addresses.end(),
                             [&](const AddressRange& range) { return range.contains(address); });
        });
    place->second.rule = rule == script_.hosts.end() ? nullptr : &*rule;
  }
  return place->second;
}

Address Network::router(const Case& probe) const {
  const bool is_ipv6 = probe.request.destination.is_ipv6;
  return (is_ipv6 ? probe.rule.router6 : probe.rule.router4).value_or(default_router(is_ipv6));
}

void Network::add_error(const Case& probe, ErrorKind kind, std::uint32_t mtu,
                        std::string_view label, Nanoseconds delay, Verdict& verdict) const {
  const ErrorShape shape{kind, router(probe), static_cast<std::uint16_t>(mtu), probe.rule.quote_all,
                         probe.rule.forgery};
  verdict.answers.push_back({delay, label, build_error(probe.request, shape)});
}

void Network::add(const Case& probe, const Answer& answer, Verdict& verdict) const {
  const Nanoseconds delay = answer.delay.value_or(probe.delay);
  if (answer.kind == AnswerKind::error) {
    add_error(probe, answer.error, answer.number, answer.label, delay, verdict);
  } else if (answer.kind != AnswerKind::none) {
    verdict.answers.push_back(
        {delay, answer.label,
         build_reply(probe.request, bent_reply(probe.request, answer, router(probe)))});
  }
}

bool Network::stopped_on_the_way(const Case& probe, Verdict& verdict) const {
  const EchoRequest& request = probe.request;
  if (request.hop_limit < probe.rule.hops) {
    add_error(probe, ErrorKind::hop_limit_exceeded, 0, "ttl-exceeded", probe.delay, verdict);
    return true;
  }
  if (probe.rule.mtu > 0 && request.largest_piece > probe.rule.mtu && request.dont_fragment) {
    add_error(probe, ErrorKind::too_big, probe.rule.mtu, "too-big", probe.delay, verdict);
    return true;
  }
  return false;
}

Verdict Network::answer(const EchoRequest& request, Nanoseconds since_start) {
  Host& target = host(request.destination);
  auto run = std::find_if(target.probes_of_id.begin(), target.probes_of_id.end(),
                          [&](const auto& seen) { return seen.first == request.id; });
  if (run == target.probes_of_id.end()) {
    run = target.probes_of_id.insert(run, {request.id, 0});
  }
  Verdict verdict;
  verdict.number = ++run->second;
  if (target.rule == nullptr) {
    verdict.silence = "unscripted";
    return verdict;
  }
  const HostRule& rule = *target.rule;
  const auto run_number = static_cast<std::size_t>(run - target.probes_of_id.begin());
  const std::uint64_t luck = luck_of(seed_, request.destination, run_number, verdict.number);
  const Case probe{request, rule, luck, delay_of(rule, verdict.number, luck)};
  if (is_down(rule, since_start)) {
    verdict.silence = "down";
  } else if (rule.lose.contains(verdict.number) || chance(luck, Draw::loss) < rule.loss_chance) {
    verdict.silence = "lost";
  } else if (rule.dead) {
    verdict.silence = "dead";
  } else if (!stopped_on_the_way(probe, verdict)) {
    const auto chosen =
        std::find_if(rule.answers.begin(), rule.answers.end(),
                     [&](const Answer& a) { return selects(a.probes, verdict.number); });
    const bool copied = rule.copies > 1 && selects(rule.copied, verdict.number);
    for (std::uint32_t copy = 0; copy < (copied ? rule.copies : 1); ++copy) {
      static const Answer kHonest{};
      add(probe, chosen == rule.answers.end() ? kHonest : *chosen, verdict);
    }
    for (const Answer& further : rule.also) {
      if (selects(further.probes, verdict.number)) {
        add(probe, further, verdict);
      }
    }
    verdict.silence = verdict.answers.empty() ? "none" : "";
  }
  return verdict;
}

}  // namespace pingtrail::fakenet
