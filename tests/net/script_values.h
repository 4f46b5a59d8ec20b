// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a script's words. Each is absent when the text is not one.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tests/net/script.h"

namespace pingtrail::fakenet {

std::vector<std::string_view> split(std::string_view text, char mark);

std::optional<Nanoseconds> parse_duration(std::string_view text);  // 1.5ms, 20us, 3s, 7ns
std::optional<double> parse_chance(std::string_view text);         // 40% -> 0.4
std::optional<std::uint32_t> parse_count(std::string_view text, std::uint32_t most);
std::optional<Selector> parse_selector(std::string_view text);  // 2,4..6,9..
std::optional<std::vector<Nanoseconds>> parse_durations(std::string_view text);
std::optional<std::vector<Window>> parse_windows(std::string_view text);  // 2s..5s,8s..
std::optional<Answer> parse_answer(std::string_view text);  // WHAT[:ARG][~DELAY][@PROBES]
std::optional<Forgery> parse_forgery(std::string_view text);

}  // namespace pingtrail::fakenet
