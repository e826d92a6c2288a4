#include "checker/guarantees/options.h"

#include <array>
#include <charconv>
#include <string>

#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

// So that a slip of the finger does not fill the memory.
constexpr std::int64_t kAccountsMax = 1'000'000;

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool choose(bool& option, std::string_view value, std::string_view yes, std::string_view no) {
  option = value == yes;
  return value == yes || value == no;
}

bool set_total(GuaranteeOptions& options, std::string_view value) {
  options.total = number_in(value);
  return options.total.has_value();
}

bool set_accounts(GuaranteeOptions& options, std::string_view value) {
  const auto count = number_in(value);
  if (!count || *count < 0 || *count > kAccountsMax) return false;
  options.accounts.clear();
  for (std::int64_t i = 0; i < *count; ++i) options.accounts.emplace_back(i);
  return true;
}

bool set_initial(GuaranteeOptions& options, std::string_view value) {
  const auto number = number_in(value);
  options.initial = number.value_or(0);
  return number.has_value();
}

struct Word {
  std::string_view name;
  bool (*set)(GuaranteeOptions&, std::string_view);
};

constexpr std::array kWords = {
    Word{"total", set_total},
    Word{"accounts", set_accounts},
    Word{"negative",
         [](auto& o, auto v) { return choose(o.allow_negative, v, "allowed", "refused"); }},
    Word{"keys",
         [](auto& o, auto v) { return choose(o.independent_keys, v, "independent", "together"); }},
    Word{"linearizable", [](auto& o, auto v) { return choose(o.linearizable, v, "yes", "no"); }},
    Word{"initial", set_initial},
    Word{"order",
         [](auto& o, auto v) { return choose(o.agreed_order, v, "agreed", "per-session"); }},
    Word{"writes",
         [](auto& o, auto v) { return choose(o.real_time_writes, v, "real-time", "any-time"); }},
};

// What is wrong with a word, or nothing.
std::string take_word(GuaranteeOptions& options, std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  std::vector<std::string_view> names;
  for (const Word& word : kWords) {
    names.push_back(word.name);
    if (word.name != name) continue;
    const bool good =
        equals != std::string_view::npos && word.set(options, text.substr(equals + 1));
    return good ? ""
                : "'" + std::string(text) + "' is not a value of the option " + std::string(name);
  }
  return unknown_name("option", name, names);
}

}  // namespace

Result<GuaranteeOptions> options_from(std::string_view words, const std::string& file) {
  GuaranteeOptions options;
  while (!words.empty()) {
    const std::size_t blank = words.find(' ');
    const std::string_view word = words.substr(0, blank);
    words.remove_prefix(blank == std::string_view::npos ? words.size() : blank + 1);
    if (word.empty()) continue;
    const std::string wrong = take_word(options, word);
    if (!wrong.empty()) return Problem{Problem::Kind::kMalformed, file, 0, wrong};
  }
  return options;
}

}  // namespace plumbline::checker
