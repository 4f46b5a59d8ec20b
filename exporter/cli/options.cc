// SPDX-License-Identifier: GPL-3.0-or-later
#include "exporter/cli/options.h"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <exception>
#include <sstream>

namespace pingtrail::cli {
namespace {

namespace po = boost::program_options;

// Where Boost collects what is no option.
constexpr const char* kOperand = "operand";

po::options_description describe(std::span<const OptionSpec> table) {
  po::options_description out;
  out.add_options()("help,h", new po::untyped_value(true), "")(
      "version,V", new po::untyped_value(true), "")(kOperand, new po::untyped_value(false), "");
  for (const OptionSpec& spec : table) {
    const std::string name(spec.name);
    out.add_options()(name.c_str(), new po::untyped_value(spec.value.empty()), "");
  }
  return out;
}

// Boost names the option by what it was taken for; people look for what they wrote.
std::string named(const po::error_with_option_name& error) {
  const std::string name = error.get_option_name();
  return name.empty() ? "options" : name;
}

base::Expected<Words> parsed(std::span<const OptionSpec> table,
                             std::span<const std::string> words) {
  const po::options_description description = describe(table);
  po::positional_options_description positional;
  positional.add(kOperand, -1);
  const std::vector<std::string> list(words.begin(), words.end());
  const po::parsed_options result =
      po::command_line_parser(list).options(description).positional(positional).run();
  Words out;
  for (const po::option& option : result.options) {
    const std::string value = option.value.empty() ? "" : option.value.front();
    if (option.position_key >= 0) {
      out.add_operand(value);
    } else if (option.string_key == kOperand) {
      return base::invalid_input("--operand", "no such option");
    } else if (option.original_tokens.size() > 1 && value.starts_with("--")) {
      // Boost would take the next option for the value that was forgotten.
      return base::invalid_input("--" + option.string_key, "needs a value");
    } else {
      out.add(option.string_key, value);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> Words::last(std::string_view name) const {
  for (auto it = options_.rbegin(); it != options_.rend(); ++it) {
    if (it->first == name) return it->second;
  }
  return std::nullopt;
}

std::vector<std::string> Words::all(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : options_) {
    if (key == name) out.push_back(value);
  }
  return out;
}

namespace {

Words from_text(std::span<const OptionSpec> table, const std::string& text) {
  std::istringstream stream(text);
  Words out;
  for (const po::option& option : po::parse_config_file(stream, describe(table)).options) {
    out.add(option.string_key, option.value.empty() ? "" : option.value.front());
  }
  return out;
}

// What Boost throws, as one line.
template <typename Read>
base::Expected<Words> told(const Read& read) {
  try {
    return read();
  } catch (const po::unknown_option& error) {
    return base::invalid_input(named(error), "no such option");
  } catch (const po::ambiguous_option& error) {
    return base::invalid_input(named(error), "may mean several options");
  } catch (const po::invalid_command_line_syntax& error) {
    const bool extra = error.kind() == po::invalid_syntax::extra_parameter;
    return base::invalid_input(named(error), extra ? "takes no value" : "needs a value");
  } catch (const po::error_with_option_name& error) {
    return base::invalid_input(named(error), "cannot be used like this");
  } catch (const std::exception& error) {
    return base::invalid_input("options", error.what());
  }
}

}  // namespace

base::Expected<Words> parse_words(std::span<const OptionSpec> table,
                                  std::span<const std::string> words) {
  return told([&] { return parsed(table, words); });
}

base::Expected<Words> parse_config(std::span<const OptionSpec> table, const std::string& text) {
  return told([&]() -> base::Expected<Words> { return from_text(table, text); });
}

}  // namespace pingtrail::cli
