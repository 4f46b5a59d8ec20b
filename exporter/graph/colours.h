// SPDX-License-Identifier: GPL-3.0-or-later
// The two sets of colours, as rrdtool writes them: RRGGBB or RRGGBBAA.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace pingtrail::graph {

inline constexpr std::size_t kLossBands = 4;
inline constexpr std::size_t kLineColours = 8;

struct Colours {
  std::string_view back, canvas, grid, major_grid, font, axis;
  std::string_view line, band;
  std::array<std::string_view, kLossBands> loss;  // below 5, 20, 50 and 100 %
  std::string_view down, maintenance, hatch, unknown;
  std::string_view warning, critical;
  std::array<std::string_view, kLineColours> lines;  // of services that are no pings
};

constexpr Colours kLight{
    "FFFFFF",
    "FFFFFF",
    "D8DEE480",
    "B6BFC9A0",
    "24292F",
    "6E7781",
    "0550AE",
    "0969DA45",
    {"F2C94CB0", "F0943DB0", "C2569BB0", "8250DFB0"},
    "CF222E70",
    "6CA6D938",
    "4A86C055",
    "8C959F48",
    "BF8700",
    "CF222E",
    {"0550AE", "BC4C00", "1A7F37", "8250DF", "BF3989", "9A6700", "1B7C83", "57606A"}};

constexpr Colours kDark{
    "161B22",
    "0D1117",
    "30363D90",
    "484F58B0",
    "C9D1D9",
    "8B949E",
    "79C0FF",
    "388BFD60",
    {"D4A72CA0", "DB6D28A0", "C4539BA0", "8957E5B0"},
    "F8514980",
    "388BFD30",
    "58A6FF50",
    "6E768150",
    "D29922",
    "F85149",
    {"79C0FF", "F0883E", "56D364", "D2A8FF", "FF7BB8", "E3B341", "39C5CF", "B1BAC4"}};

}  // namespace pingtrail::graph
