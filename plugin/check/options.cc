// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/check/options.h"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <exception>
#include <iterator>
#include <memory>
#include <utility>

namespace pingtrail::check {
namespace {

namespace po = boost::program_options;
using base::Error;
using base::Expected;

// Stands for an optional value that was left out: Boost would take the next word for it.
constexpr std::string_view kLeftOut = "\x1f";

// How Boost is told the option's name: "name,l", "name" or ",l".
std::string boost_name(const OptionSpec& spec) {
  std::string name(spec.name);
  if (spec.letter != '\0') {
    name += ',';
    name += spec.letter;
  }
  return name;
}

// Only the options that `words` can mean are described to Boost: describing all fifty of them costs
// more than everything else that is done with the command line.
bool mentioned(const OptionSpec& spec, std::span<const std::string> words) {
  for (const std::string& word : words) {
    if (word.size() < 2 || word[0] != '-') {
      continue;
    }
    if (word[1] == '-' ? word.starts_with("--" + std::string(spec.name))
                       : spec.letter != '\0' && word.find(spec.letter) != std::string::npos) {
      return true;
    }
  }
  return false;
}

po::options_description describe(std::span<const OptionSpec> table,
                                 std::span<const std::string> words) {
  po::options_description description;
  for (const OptionSpec& spec : table) {
    if (!mentioned(spec, words)) {
      continue;
    }
    const std::string name = boost_name(spec);
    // Boost's typed values would do, but their notifiers and validators are a good part of its
    // cost.
    description.add_options()(name.c_str(), new po::untyped_value(spec.takes == Takes::nothing),
                              "");
  }
  return description;
}

// The row of Boost's key, which is the long name, or "-n" where there is none.
const OptionSpec& row_of(std::span<const OptionSpec> table, const std::string& key) {
  const bool letter_key = key.size() == 2 && key[0] == '-';
  const auto row = std::find_if(table.begin(), table.end(), [&](const OptionSpec& spec) {
    return letter_key ? spec.letter == key[1] : spec.name == key;
  });
  return row == table.end() ? table.front() : *row;  // Boost only knows the table's names
}

// The spelling that was used, without the value: "-n" of "-n5", "--size" of "--size=5".
std::string spelling(const OptionSpec& spec, const po::option& option) {
  const std::string& token =
      option.original_tokens.empty() ? option.string_key : option.original_tokens.front();
  return token.starts_with("--") ? token.substr(0, token.find('=')) : std::string{'-', spec.letter};
}

// Long names may be shortened while all options that fit mean the same (as getopt_long has it).
// Boost's own guessing takes two spellings of one option for an ambiguity.
Expected<std::string> expand(std::span<const OptionSpec> table, const std::string& word) {
  const std::string given = word.substr(2, word.find('=') - 2);
  const bool has_value = word.find('=') != std::string::npos;
  const auto written_out = [&](const OptionSpec& spec) {
    const bool left_out = spec.takes == Takes::optional_value && !has_value;
    return "--" + std::string(spec.name) + word.substr(2 + given.size()) +
           (left_out ? "=" + std::string(kLeftOut) : "");
  };
  OptionSpec found{};
  for (const OptionSpec& spec : table) {
    if (spec.name == given) {
      return written_out(spec);
    }
    if (!spec.name.starts_with(given)) {
      continue;
    }
    if (!found.name.empty() && found.id != spec.id) {
      return base::invalid_input("--" + given, "may mean --" + std::string(found.name) + " or --" +
                                                   std::string(spec.name));
    }
    if (found.name.empty()) {
      found = spec;
    }
  }
  if (found.name.empty()) {
    return base::invalid_input("--" + given, "no such option");
  }
  return written_out(found);
}

// All words with long names written out; words behind "--" stay as they are.
Expected<std::vector<std::string>> expand_all(std::span<const OptionSpec> table,
                                              std::span<const std::string> words) {
  std::vector<std::string> result(words.begin(), words.end());
  for (std::string& word : result) {
    if (word == "--") {
      break;
    }
    if (word.starts_with("--")) {
      Expected<std::string> full = expand(table, word);
      if (!full) {
        return full.error();
      }
      word = std::move(full).value();
    }
  }
  return result;
}

// Boost's complaint in one line that begins with the option.
Error refusal(const std::exception& complaint) {
  if (const auto* unknown = dynamic_cast<const po::unknown_option*>(&complaint)) {
    return base::invalid_input(unknown->get_option_name(), "no such option");
  }
  if (const auto* syntax = dynamic_cast<const po::invalid_command_line_syntax*>(&complaint)) {
    const bool extra = syntax->kind() == po::invalid_syntax::extra_parameter;
    return base::invalid_input(syntax->get_option_name(),
                               extra ? "takes no value" : "needs a value");
  }
  return base::invalid_input("command line", complaint.what());
}

constexpr int kStyle =
    po::command_line_style::allow_long | po::command_line_style::allow_short |
    po::command_line_style::allow_dash_for_short | po::command_line_style::short_allow_adjacent |
    po::command_line_style::short_allow_next | po::command_line_style::long_allow_adjacent |
    po::command_line_style::long_allow_next | po::command_line_style::allow_sticky;

std::vector<GivenOption> convert(std::span<const OptionSpec> table,
                                 const po::parsed_options& parsed) {
  std::vector<GivenOption> result;
  result.reserve(parsed.options.size());
  for (const po::option& option : parsed.options) {
    GivenOption given;
    if (option.position_key < 0) {
      const OptionSpec& row = row_of(table, option.string_key);
      given.id = row.id;
      given.spelling = spelling(row, option);
    }
    if (!option.value.empty()) {
      given.value = option.value.front() == kLeftOut ? std::string() : option.value.front();
    }
    result.push_back(std::move(given));
  }
  return result;
}

// How many of `words` Boost is given next. It takes each word off the front of its list, which
// moves all others: 10,000 hosts in one list cost half of the whole run (2026-11-21). A word
// without a dash never takes a value, so that what stands behind it begins anew; behind "--"
// nothing does.
std::size_t next_piece(std::span<const std::string> words, bool has_terminator) {
  constexpr std::size_t kEnough = 32;
  if (has_terminator || words.size() <= kEnough) return words.size();
  for (std::size_t i = kEnough; i < words.size(); ++i) {
    if (!words[i - 1].starts_with('-')) return i;
  }
  return words.size();
}

}  // namespace

Expected<std::vector<GivenOption>> scan_options(std::span<const OptionSpec> table,
                                                std::span<const std::string> words) {
  const Expected<std::vector<std::string>> full = expand_all(table, words);
  if (!full) {
    return full.error();
  }
  try {
    const po::options_description description = describe(table, *full);
    const bool has_terminator = std::find(full->begin(), full->end(), "--") != full->end();
    std::vector<GivenOption> given;
    for (std::span<const std::string> rest = *full; !rest.empty();) {
      const auto piece = rest.first(next_piece(rest, has_terminator));
      rest = rest.subspan(piece.size());
      const std::vector<std::string> some(piece.begin(), piece.end());
      const auto parsed = po::command_line_parser(some).options(description).style(kStyle).run();
      std::ranges::move(convert(table, parsed), std::back_inserter(given));
    }
    return given;
  } catch (const std::exception& complaint) {
    return refusal(complaint);
  }
}

}  // namespace pingtrail::check
