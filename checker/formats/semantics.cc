#include "checker/formats/semantics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"strict", "failed-erased",
                                                    "failed-cas-observed", "nil-read-unknown"};
// So that a slip of the finger does not fill the memory.
constexpr std::int64_t kAccountsMax = 1'000'000;
constexpr std::array<std::string_view, 5> kParams = {"init", "total", "accounts", "negative",
                                                     "independent-keys"};

std::vector<std::string_view> words_of(std::string_view text) {
  constexpr std::string_view kBetween = ", \t";
  std::vector<std::string_view> words;
  for (auto at = text.find_first_not_of(kBetween); at != std::string_view::npos;) {
    const auto end = text.find_first_of(kBetween, at);
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBetween, end);
  }
  return words;
}

Problem malformed(std::string_view what, std::string reason) {
  return {Problem::Kind::kMalformed, std::string(what), 0, std::move(reason)};
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Value initial_of(std::string_view text) {
  if (text == "nil" || text == "null" || text == "unlocked") return {};
  if (text == "true") return true;
  if (text == "false") return false;
  if (const auto number = integer_of(text)) return *number;
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string wants(std::string_view name, std::string_view what, std::string_view value) {
  return std::string(name) + " takes " + std::string(what) + ", not '" +
         std::string(value.substr(0, 40)) + "'";
}

// What is wrong with one of the parameters, or nothing.
std::string set_param(Params& params, std::string_view name, std::string_view value, bool given) {
  if (name == "independent-keys") {
    params.independent_keys = true;
    return given ? "independent-keys takes no value" : "";
  }
  if (!given) return std::string(name) + " needs a value: " + std::string(name) + "=...";
  if (name == "init") {
    params.initial = initial_of(value);
    return "";
  }
  if (name == "negative") {
    params.negative_allowed = value == "allowed";
    const bool known = value == "allowed" || value == "refused";
    return known ? "" : wants(name, "'allowed' or 'refused'", value);
  }
  const auto number = integer_of(value);
  if (!number) return wants(name, "an integer", value);
  if (name == "total") {
    params.total = *number;
    return "";
  }
  params.accounts = *number;
  const bool fits = *number >= 0 && *number <= kAccountsMax;
  return fits ? "" : wants(name, "a number from 0 to " + std::to_string(kAccountsMax), value);
}

}  // namespace

Result<Semantics> Semantics::parse(std::string_view text) {
  Semantics semantics;
  const auto words = words_of(text);
  for (const std::string_view word : words) {
    if (word == "strict") {
      if (words.size() > 1) return malformed("semantics", "'strict' stands alone");
    } else if (word == "failed-erased") {
      semantics.failed_erased = true;
    } else if (word == "failed-cas-observed") {
      semantics.failed_cas_observed = true;
    } else if (word == "nil-read-unknown") {
      semantics.nil_read_unknown = true;
    } else {
      return malformed("semantics", unknown_name("word", word, kWords));
    }
  }
  return semantics;
}

void Semantics::apply(Operation& op) const {
  if (failed_cas_observed && op.function == Function::kCas && op.outcome == Outcome::kFail) {
    op.outcome = Outcome::kOk;
    op.results = {false};
  }
  const bool reads = op.function == Function::kRead || op.function == Function::kGet;
  if (nil_read_unknown && reads && op.outcome == Outcome::kOk && op.results[0].is_nil()) {
    op.outcome = Outcome::kUnknown;
    op.results.clear();
  }
}

Result<Params> Params::parse(std::string_view text) {
  Params params;
  std::vector<std::string_view> seen;
  for (const std::string_view word : words_of(text)) {
    const auto equals = word.find('=');
    const bool given = equals != std::string_view::npos;
    const std::string_view name = word.substr(0, equals);
    if (std::find(kParams.begin(), kParams.end(), name) == kParams.end()) {
      return malformed("params", unknown_name("parameter", name, kParams));
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return malformed("params", std::string(name) + " occurs twice");
    }
    seen.push_back(name);
    const auto fault = set_param(params, name, given ? word.substr(equals + 1) : "", given);
    if (!fault.empty()) return malformed("params", fault);
  }
  return params;
}

}  // namespace plumbline::checker
