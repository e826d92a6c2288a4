#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline::checker {

enum class Verdict : std::uint8_t { kValid, kUnknown, kInvalid };

// The verdict on two things together: invalid if either is, else unknown if either is, else
// valid. Associative, commutative, idempotent, with valid as its neutral element.
constexpr Verdict merge(Verdict a, Verdict b) { return a < b ? b : a; }

std::string_view name_of(Verdict verdict);

// Orders of a witness that agree with real time and break at the same place. Orders that share a
// beginning share its failure, so one entry stands for all that begin with `order`: what could come
// after an operation that was not legal is of no interest.
struct OrderTried {
  std::vector<std::uint64_t> order;  // Operations, by index in the history.
  std::uint64_t fails_at = 0;        // A position in `order`: the first that is not legal there.
  std::string why;                   // "expected 7, got 5".
  std::uint64_t stands_for = 1;      // So many whole orders begin so.

  friend bool operator==(const OrderTried&, const OrderTried&) = default;
};

// What one check says about one property. Operations are named by their index in the history.
struct Report {
  Verdict verdict = Verdict::kValid;
  std::string property;  // "linearizability", "at-most-once", ...
  std::string key;       // Empty when the report is about more than one key.
  std::string topic;     // A word of the glossary: "stale-read", "G1c"; empty if none fits.
  std::string sentence;  // Why; never empty unless the verdict is valid.
  // The same as a proof that a person checks by hand, line by line; empty where the sentence
  // is the whole of it.
  std::vector<std::string> argument;
  // Invalid: few operations that suffice to show it, in order of their calls.
  std::vector<std::uint64_t> witness;
  // From the first call to the last return of the witness, in nanoseconds.
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint64_t steps = 0;
  // All orders of a small witness that agree with real time; empty if it has more than six
  // operations or order is not what was judged.
  std::vector<OrderTried> orders;
  // Consistency models that this excludes, and the strongest that it does not.
  std::vector<std::string> ruled_out;
  std::vector<std::string> still_possible;
  // Unknown: the operations that the search could not place within its budget.
  std::vector<std::uint64_t> undecided;

  friend bool operator==(const Report&, const Report&) = default;
};

// All that was found out about one history.
struct CheckResult {
  Verdict verdict = Verdict::kValid;  // Of all reports together.
  std::string model;
  std::uint64_t operations = 0;
  std::uint64_t keys = 0;
  std::vector<Report> reports;

  void add(Report report);
  void add(std::vector<Report> more);
  // The worst report, the earliest of several; nullptr if there is none that is not valid.
  const Report* finding() const;

  friend bool operator==(const CheckResult&, const CheckResult&) = default;
};

}  // namespace plumbline::checker
