// SPDX-License-Identifier: GPL-3.0-or-later
// A value, or the reason why there is none.
#pragma once

#include <utility>
#include <variant>

#include "perfdata/base/error.h"

namespace pingtrail::base {

// Holds either a T or an Error. Reading the side that is not there throws std::bad_variant_access:
// ask has_value() first.
template <typename T>
class [[nodiscard]] Expected {
 public:
  // Implicit, so that `return value;` and `return error;` both read as what they are.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Expected(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  bool operator==(const Expected&) const = default;

 private:
  std::variant<T, Error> state_;
};

// For actions that answer nothing but may fail: `return ok();`.
using Done = std::monostate;
inline Expected<Done> ok() { return Done{}; }

}  // namespace pingtrail::base
