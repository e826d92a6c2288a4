#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker {

// What a client asked for. To add one: a line here and a line in the table of operation.cc.
//
//   read() -> v              write(v)                 on a register
//   get() -> v               put(v)                   on a key of a map; v is nil when absent
//   delete() -> existed?     append(token)            likewise
//   cas(expected, new) -> true | false | false, seen  on either
//
// A comparison that did not hold is an *answer* (outcome ok, result false), not a failure: it says
// something about the value.
enum class Function : std::uint8_t { kRead, kWrite, kCas, kPut, kGet, kDelete, kAppend };

enum class Outcome : std::uint8_t {
  kOk,       // Answered.
  kFail,     // Definitely had no effect, now or ever, and says nothing about the state.
  kUnknown,  // May have taken effect at any time after its call, may do so yet, or never.
};

// Whether an operation changed the state, as far as its answer tells.
enum class Effect : std::uint8_t { kNone, kMaybe, kSome };

// The identity under which a client retries. Operations of one history with one identity are
// attempts of one and the same request, which may take effect at most once.
struct SessionSequence {
  std::int64_t session = 0;
  std::int64_t sequence = 0;

  friend bool operator==(const SessionSequence&, const SessionSequence&) = default;
  friend auto operator<=>(const SessionSequence&, const SessionSequence&) = default;
};

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// One operation of one client. Times are nanoseconds on one true clock, from 0.
struct Operation {
  std::int64_t process = 0;
  Function function = Function::kRead;
  std::string key;
  std::vector<Value> arguments;
  std::vector<Value> results;  // Empty unless the outcome is ok.
  std::int64_t invoked_at = 0;
  std::int64_t returned_at = kNever;  // When the client stopped waiting; kNever if it never did.
  Outcome outcome = Outcome::kUnknown;
  // The store's revision: of the change, or of the state that a read or failed comparison saw.
  std::optional<std::int64_t> revision;
  std::optional<SessionSequence> session;
  std::string server;  // The node that answered, for the reader of a report only.
  std::string note;    // Why it failed or is unknown, for the reader of a report only.

  friend bool operator==(const Operation&, const Operation&) = default;
};

std::string_view name_of(Function function);
std::string_view name_of(Outcome outcome);
std::optional<Function> function_named(std::string_view name);
std::span<const std::string_view> function_names();

// What is wrong with one operation taken alone (number and kind of arguments and results, times),
// or nothing. Every checker relies on operations without such a fault.
std::optional<std::string> fault_of_call(const Operation& operation);
std::optional<std::string> fault_of(const Operation& operation);

// REQUIRES of the following: fault_of() found nothing.
bool is_answered_swap(const Operation& operation);  // A cas that found what it expected.
Effect effect_of(const Operation& operation);

// The value that an answer shows of the key's state before the operation, if it shows one:
// a read, a cas that succeeded, a cas that failed and said what it saw.
const Value* shown_value(const Operation& operation);
// The value that the operation would put in place, or the token it would append.
const Value* written_value(const Operation& operation);

}  // namespace plumbline::checker
