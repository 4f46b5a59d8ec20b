// SPDX-License-Identifier: GPL-3.0-or-later
// Single options whose meaning does not depend on the others, by subject. Each answers the fact of
// a refusal, without the option's name.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "perfdata/base/expected.h"
#include "plugin/check/config.h"
#include "plugin/check/options.h"

namespace pingtrail::check {

using MaybeError = std::optional<base::Error>;

// "'value' is not wanted".
MaybeError refuse(const std::string& value, const char* wanted);

// Stores a label or path: something, and nothing that breaks a line.
MaybeError store_text(std::string& place, const std::string& value);

// -n -i -I -t -T -m --rate.
MaybeError apply_timing(CheckConfig& config, const GivenOption& option);

// -b -l -s --tos --dscp --dont-fragment --fwmark.
MaybeError apply_packet(CheckConfig& config, const GivenOption& option);

// --state-dir and its kin, --perfdata, --spool.
MaybeError apply_history(CheckConfig& config, const GivenOption& option);

// Stores a parsed value, or answers why there is none.
template <typename To, typename From>
MaybeError store(To& place, base::Expected<From> value) {
  if (!value) {
    return value.error();
  }
  place = static_cast<To>(*std::move(value));
  return std::nullopt;
}

template <typename T, typename From>
MaybeError store(std::optional<T>& place, base::Expected<From> value) {
  if (!value) {
    return value.error();
  }
  place = static_cast<T>(*std::move(value));
  return std::nullopt;
}

}  // namespace pingtrail::check
