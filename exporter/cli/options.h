// SPDX-License-Identifier: GPL-3.0-or-later
// The words behind a subcommand, by a table of its options.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "perfdata/base/expected.h"

namespace pingtrail::cli {

struct OptionSpec {
  std::string_view name;   // without the dashes
  std::string_view value;  // what the help calls its value; "" takes none
  std::string_view help;
};

// What was given. Options keep their order; of repeated ones the last counts unless all do.
class Words {
 public:
  void add(std::string name, std::string value) {
    options_.emplace_back(std::move(name), std::move(value));
  }
  void add_operand(std::string word) { operands_.push_back(std::move(word)); }

  bool has(std::string_view name) const { return last(name).has_value(); }
  std::optional<std::string> last(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
  const std::vector<std::string>& operands() const { return operands_; }

 private:
  std::vector<std::pair<std::string, std::string>> options_;
  std::vector<std::string> operands_;
};

// Reads the words by the table. `-h` and `-V` are `help` and `version`, which every table has. Long
// names may be shortened. The error names the word.
base::Expected<Words> parse_words(std::span<const OptionSpec> table,
                                  std::span<const std::string> words);

// The same from a configuration file's text: one `name = value` a line, `#` begins a comment, a
// switch is `name =`. The error names the option.
base::Expected<Words> parse_config(std::span<const OptionSpec> table, const std::string& text);

}  // namespace pingtrail::cli
