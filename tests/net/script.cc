// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/script.h"

#include <array>

#include "tests/net/script_values.h"

namespace pingtrail::fakenet {
namespace {

template <typename Target, typename Value>
bool store(Target& target, Value value) {
  if (!value) {
    return false;
  }
  target = *std::move(value);
  return true;
}

bool set_jitter(HostRule& host, std::string_view value) {
  constexpr std::string_view kNormal = "normal:";
  if (value.substr(0, kNormal.size()) == kNormal) {
    host.spread = Spread::normal;
    value.remove_prefix(kNormal.size());
  }
  return store(host.jitter, parse_duration(value));
}

// slow=DELAY:CHANCE
bool set_slow(HostRule& host, std::string_view value) {
  const auto parts = split(value, ':');
  return parts.size() == 2 && store(host.slow_delay, parse_duration(parts[0])) &&
         store(host.slow_chance, parse_chance(parts[1]));
}

// dup=COPIES[@PROBES]
bool set_copies(HostRule& host, std::string_view value) {
  const auto parts = split(value, '@');
  if (parts.size() > 2 || !store(host.copies, parse_count(parts[0], 100)) || host.copies < 2) {
    return false;
  }
  return parts.size() == 1 || store(host.copied, parse_selector(parts[1]));
}

bool add_answer(std::vector<Answer>& answers, std::string_view value) {
  auto answer = parse_answer(value);
  if (!answer) {
    return false;
  }
  answers.push_back(*std::move(answer));
  return true;
}

bool set_hops(HostRule& host, std::string_view value) {
  const auto hops = parse_count(value, 255);
  host.hops = static_cast<std::uint8_t>(hops.value_or(0));
  return hops && *hops > 0;
}

bool set_routers(HostRule& host, std::string_view value) {
  for (const std::string_view part : split(value, ',')) {
    const auto router = parse_address(part);
    if (!router) {
      return false;
    }
    (router->is_ipv6 ? host.router6 : host.router4) = *router;
  }
  return true;
}

bool set_quote(HostRule& host, std::string_view value) {
  host.quote_all = value == "full";
  return value == "full" || value == "8";
}

struct Word {
  std::string_view name;
  bool (*set)(HostRule&, std::string_view);
};

constexpr std::array<Word, 16> kWords{{
    {"delay", [](HostRule& h, std::string_view v) { return store(h.delay, parse_duration(v)); }},
    {"delays", [](HostRule& h, std::string_view v) { return store(h.delays, parse_durations(v)); }},
    {"jitter", set_jitter},
    {"slow", set_slow},
    {"loss", [](HostRule& h, std::string_view v) { return store(h.loss_chance, parse_chance(v)); }},
    {"lose", [](HostRule& h, std::string_view v) { return store(h.lose, parse_selector(v)); }},
    {"dup", set_copies},
    {"answer", [](HostRule& h, std::string_view v) { return add_answer(h.answers, v); }},
    {"also", [](HostRule& h, std::string_view v) { return add_answer(h.also, v); }},
    {"down", [](HostRule& h, std::string_view v) { return store(h.down, parse_windows(v)); }},
    {"every", [](HostRule& h, std::string_view v) { return store(h.period, parse_duration(v)); }},
    {"hops", set_hops},
    {"mtu", [](HostRule& h, std::string_view v) { return store(h.mtu, parse_count(v, 65535)); }},
    {"router", set_routers},
    {"quote", set_quote},
    {"forge", [](HostRule& h, std::string_view v) { return store(h.forgery, parse_forgery(v)); }},
}};

// What is wrong with `name=value`, or nothing.
std::string set_host_word(HostRule& host, std::string_view word) {
  if (word == "dead") {
    host.dead = true;
    return {};
  }
  const std::size_t equals = word.find('=');
  const std::string name(word.substr(0, equals));
  const std::string value(equals == std::string_view::npos ? "" : word.substr(equals + 1));
  for (const Word& known : kWords) {
    if (known.name == name) {
      return known.set(host, value) ? "" : name + ": '" + value + "' is not understood";
    }
  }
  return "unknown word '" + name + "'";
}

std::string set_device_word(Device& device, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string name(word.substr(0, equals));
  const std::string value(equals == std::string_view::npos ? "" : word.substr(equals + 1));
  if (name == "mtu") {
    return store(device.mtu, parse_count(value, 65535)) && device.mtu >= 1280
               ? ""
               : "mtu: '" + value + "' is not in 1280..65535";
  }
  std::vector<std::string>* list = name == "address"       ? &device.addresses
                                   : name == "route"       ? &device.routes
                                   : name == "unreachable" ? &device.unreachable
                                                           : nullptr;
  if (list == nullptr) {
    return "unknown word '" + name + "'";
  }
  if (value.find('/') == std::string::npos || !parse_range(value)) {
    return name + ": '" + value + "' is not ADDRESS/PREFIX";
  }
  list->push_back(value);
  return {};
}

std::string set_addresses(HostRule& host, std::string_view word) {
  for (const std::string_view part : split(word, ',')) {
    const auto range = parse_range(part);
    if (!range) {
      return "'" + std::string(part) + "' is no address, prefix or range";
    }
    host.addresses.push_back(*range);
  }
  return {};
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  line = line.substr(0, line.find('#'));
  for (const std::string_view tabbed : split(line, ' ')) {
    for (const std::string_view word : split(tabbed, '\t')) {
      if (!word.empty()) {
        words.push_back(word);
      }
    }
  }
  return words;
}

std::string parse_line(Script& script, const std::vector<std::string_view>& words) {
  std::string wrong;
  if (words.front() == "device") {
    for (std::size_t at = 1; at < words.size() && wrong.empty(); ++at) {
      wrong = set_device_word(script.device, words[at]);
    }
    return wrong;
  }
  HostRule host;
  wrong = set_addresses(host, words.front());
  for (std::size_t at = 1; at < words.size() && wrong.empty(); ++at) {
    wrong = set_host_word(host, words[at]);
  }
  script.hosts.push_back(std::move(host));
  return wrong;
}

}  // namespace

base::Expected<Script> parse_script(std::string_view text, const std::string& name) {
  Script script;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const auto words = words_of(line);
    if (words.empty()) {
      continue;
    }
    const std::string wrong = parse_line(script, words);
    if (!wrong.empty()) {
      return base::invalid_input(name, "line " + std::to_string(number) + ": " + wrong);
    }
  }
  if (script.device.addresses.empty()) {
    script.device.addresses = {"198.18.0.1/15", "2001:db8::1/32"};
    script.device.routes.emplace_back("192.0.2.0/24");
  }
  return script;
}

}  // namespace pingtrail::fakenet
