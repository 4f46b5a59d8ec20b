// SPDX-License-Identifier: GPL-3.0-or-later
// One value of a series in eight bytes. Pure.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "perfdata/base/time.h"

namespace pingtrail::metrics {

// How the eight bytes are read; the same for every sample of a column.
enum class Unit : std::uint8_t {
  count,    // a whole number
  seconds,  // kept as whole milliseconds
  ratio,    // kept as a hundred-millionth
  real,     // a double
};

constexpr std::size_t kLongestNumber = 32;

// A value, or none. What kind it is is known to the column it stands in.
class Sample {
 public:
  Sample() = default;
  static Sample count(std::uint64_t value) { return Sample(static_cast<std::int64_t>(value)); }
  static Sample seconds(base::Milliseconds span) { return Sample(span.count()); }
  static Sample instant(base::WallTime at) { return Sample(at.time_since_epoch().count()); }
  // From percent with six decimals, as history::percent() gives them.
  static Sample ratio_of_percent(std::optional<double> percent);
  static Sample real(double value) { return Sample(std::bit_cast<std::int64_t>(value)); }

  bool present() const { return bits_ != kAbsent; }
  // Writes the shortest decimal text, at most kLongestNumber bytes; returns its end. The sample is
  // present.
  char* write(char* at, Unit unit) const;
  bool operator==(const Sample&) const = default;

 private:
  explicit Sample(std::int64_t bits) : bits_(bits) {}
  // -2^63: no count, no span, and as a double a negative zero, which is no value of ours either.
  static constexpr std::int64_t kAbsent = std::numeric_limits<std::int64_t>::min();
  std::int64_t bits_ = kAbsent;
};

}  // namespace pingtrail::metrics
