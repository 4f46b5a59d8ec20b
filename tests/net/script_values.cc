// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/script_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "perfdata/base/number.h"

namespace pingtrail::fakenet {
namespace {

constexpr auto kLast = std::numeric_limits<std::uint32_t>::max();
constexpr double kLongestDurationNs = 1e15;  // eleven days

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 4> kUnits{{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};

struct ErrorWord {
  std::string_view word;
  ErrorKind kind;
};
constexpr std::array<ErrorWord, 7> kErrorWords{{
    {"net-unreachable", ErrorKind::net_unreachable},
    {"host-unreachable", ErrorKind::host_unreachable},
    {"protocol-unreachable", ErrorKind::protocol_unreachable},
    {"port-unreachable", ErrorKind::port_unreachable},
    {"admin-prohibited", ErrorKind::admin_prohibited},
    {"ttl-exceeded", ErrorKind::hop_limit_exceeded},
    {"too-big", ErrorKind::too_big},
}};

struct KindWord {
  std::string_view word;
  AnswerKind kind;
};
constexpr std::array<KindWord, 10> kKindWords{{
    {"none", AnswerKind::none},
    {"reply", AnswerKind::reply},
    {"corrupt", AnswerKind::corrupt},
    {"zeroed", AnswerKind::zeroed},
    {"checksum", AnswerKind::checksum},
    {"id", AnswerKind::id},
    {"sequence", AnswerKind::sequence},
    {"foreign", AnswerKind::foreign},
    {"truncated", AnswerKind::truncated},
    {"padded", AnswerKind::padded},
}};

struct ForgeryWord {
  std::string_view word;
  Forgery forgery;
};
constexpr std::array<ForgeryWord, 4> kForgeryWords{{
    {"id", Forgery::id},
    {"sequence", Forgery::sequence},
    {"destination", Forgery::destination},
    {"payload", Forgery::payload},
}};

bool set_kind(Answer& answer, std::string_view word) {
  answer.label = word;
  for (const KindWord& known : kKindWords) {
    if (known.word == word) {
      answer.kind = known.kind;
      return true;
    }
  }
  for (const ErrorWord& known : kErrorWords) {
    if (known.word == word) {
      answer.kind = AnswerKind::error;
      answer.error = known.kind;
      return true;
    }
  }
  return false;
}

bool takes_number(const Answer& answer) {
  return answer.kind == AnswerKind::truncated || answer.kind == AnswerKind::padded ||
         (answer.kind == AnswerKind::error && answer.error == ErrorKind::too_big);
}

// The part behind the colon. A number is required where one means something.
bool set_argument(Answer& answer, std::optional<std::string_view> argument) {
  if (takes_number(answer)) {
    const auto number = argument ? parse_count(*argument, 65535) : std::nullopt;
    answer.number = static_cast<std::uint16_t>(number.value_or(0));
    return number.has_value();
  }
  if (argument && answer.kind == AnswerKind::foreign) {
    answer.from = parse_address(*argument);
    return answer.from.has_value();
  }
  return !argument;
}

// Cuts what follows the first `mark` off `text`.
std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view tail = text.substr(at + 1);
  text = text.substr(0, at);
  return tail;
}

template <typename T>
std::optional<std::pair<T, T>> parse_span(std::string_view text, T open_end,
                                          std::optional<T> (*parse)(std::string_view)) {
  const std::size_t dots = text.find("..");
  const std::optional<T> first = parse(text.substr(0, dots));
  if (!first) {
    return std::nullopt;
  }
  if (dots == std::string_view::npos) {
    return std::pair{*first, *first};
  }
  const std::string_view rest = text.substr(dots + 2);
  const std::optional<T> last = rest.empty() ? open_end : parse(rest);
  if (!last || *last < *first) {
    return std::nullopt;
  }
  return std::pair{*first, *last};
}

std::optional<std::uint32_t> parse_probe_number(std::string_view text) {
  const auto number = parse_count(text, kLast);
  return number && *number > 0 ? number : std::nullopt;
}

}  // namespace

bool Selector::contains(std::uint32_t number) const {
  return std::any_of(ranges.begin(), ranges.end(), [number](const auto& range) {
    return range.first <= number && number <= range.second;
  });
}

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t at = text.find(mark); at != std::string_view::npos;
       at = text.find(mark, start)) {
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::optional<Nanoseconds> parse_duration(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::optional<double> number = base::parse_decimal(text.substr(0, digits));
  for (const Unit& unit : kUnits) {
    if (number && unit.name == text.substr(digits) &&
        *number * unit.nanoseconds <= kLongestDurationNs) {
      return Nanoseconds(std::llround(*number * unit.nanoseconds));
    }
  }
  return std::nullopt;
}

std::optional<double> parse_chance(std::string_view text) {
  if (text.empty() || text.back() != '%') {
    return std::nullopt;
  }
  const std::optional<double> percent = base::parse_decimal(text.substr(0, text.size() - 1));
  if (!percent || *percent < 0 || *percent > 100) {
    return std::nullopt;
  }
  return *percent / 100;
}

std::optional<std::uint32_t> parse_count(std::string_view text, std::uint32_t most) {
  const std::optional<std::int64_t> number = base::parse_integer(text);
  if (!number || *number < 0 || *number > static_cast<std::int64_t>(most)) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*number);
}

std::optional<Selector> parse_selector(std::string_view text) {
  Selector selector;
  for (const std::string_view part : split(text, ',')) {
    const auto range = part == "all" ? std::optional(std::pair{std::uint32_t{1}, kLast})
                                     : parse_span<std::uint32_t>(part, kLast, parse_probe_number);
    if (!range) {
      return std::nullopt;
    }
    selector.ranges.push_back(*range);
  }
  return selector;
}

std::optional<std::vector<Nanoseconds>> parse_durations(std::string_view text) {
  std::vector<Nanoseconds> durations;
  for (const std::string_view part : split(text, ',')) {
    const auto duration = parse_duration(part);
    if (!duration) {
      return std::nullopt;
    }
    durations.push_back(*duration);
  }
  return durations;
}

std::optional<std::vector<Window>> parse_windows(std::string_view text) {
  std::vector<Window> windows;
  for (const std::string_view part : split(text, ',')) {
    const auto span = parse_span<Nanoseconds>(part, Nanoseconds::max(), parse_duration);
    if (!span || span->first == span->second) {
      return std::nullopt;
    }
    windows.push_back({span->first, span->second});
  }
  return windows;
}

std::optional<Answer> parse_answer(std::string_view text) {
  Answer answer;
  const auto probes = cut(text, '@');
  const auto delay = cut(text, '~');
  const auto argument = cut(text, ':');
  if (!set_kind(answer, text) || !set_argument(answer, argument)) {
    return std::nullopt;
  }
  if (delay) {
    answer.delay = parse_duration(*delay);
  }
  if (probes) {
    answer.probes = parse_selector(*probes);
  }
  if (answer.delay.has_value() != delay.has_value() ||
      answer.probes.has_value() != probes.has_value()) {
    return std::nullopt;
  }
  return answer;
}

std::optional<Forgery> parse_forgery(std::string_view text) {
  for (const ForgeryWord& known : kForgeryWords) {
    if (known.word == text) {
      return known.forgery;
    }
  }
  return std::nullopt;
}

}  // namespace pingtrail::fakenet
