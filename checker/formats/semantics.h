#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "checker/history/operation.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// What the answers of a source mean, where sources differ. A checker that ignores this finds
// violations that are none.
//
//   strict               every answer means what it says (also what the empty text stands for)
//   failed-erased        a failure had no effect and says nothing. That is what a failure always
//                        is here; the word says that the source means it so, too.
//   failed-cas-observed  a failed comparison is an answer: the value was another. It becomes
//                        `ok`, false.
//   nil-read-unknown     a read that was answered nil says nothing. It becomes unknown.
struct Semantics {
  bool failed_erased = false;
  bool failed_cas_observed = false;
  bool nil_read_unknown = false;

  // Words separated by commas or blanks. Refused are an unknown word, with the nearest known one,
  // and `strict` beside others. failed-erased beside failed-cas-observed speaks of all failures
  // but those of comparisons.
  static Result<Semantics> parse(std::string_view text);

  // Gives an operation that was read word for word the meaning it has in the source.
  void apply(Operation& operation) const;

  friend bool operator==(const Semantics&, const Semantics&) = default;
};

// What a check must be told and a history does not say.
//
//   init=nil|0|""|unlocked|N|"text"|word   the value of every key before the first write
//   total=100   accounts=10   negative=allowed|refused     a bank
//   independent-keys                        every value of the source is [key, value]
struct Params {
  std::optional<Value> initial;  // An unlocked lock is nil.
  std::optional<std::int64_t> total;
  std::optional<std::int64_t> accounts;
  bool negative_allowed = false;
  bool independent_keys = false;

  // Words separated by commas or blanks; refused as above.
  static Result<Params> parse(std::string_view text);

  friend bool operator==(const Params&, const Params&) = default;
};

}  // namespace plumbline::checker
