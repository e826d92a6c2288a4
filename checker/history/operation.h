#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "checker/history/compact.h"

namespace plumbline::checker {

// What a client asked for. To add one: a line here and a line in the table of operation.cc, and a
// row in FORMAT.md, which says what each of them takes and answers.
enum class Function : std::uint8_t {
  kRead,
  kWrite,
  kCas,
  kPut,
  kGet,
  kDelete,
  kAppend,
  kAcquire,
  kRelease,
  kEnqueue,
  kDequeue,
  kDrain,
  kAdd,
  kRemove,
  kTransfer,
  kGenerate,
  kTxn,
  kKv,
  kCompact,
  kLeaseGrant,
  kLeaseKeepAlive,
  kLeaseRevoke,
  kWatch,
  kState,
};

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

// One operation of one client. Times are nanoseconds on one true clock, from 0. A comparison that
// did not hold is an *answer* (outcome ok, result false), not a failure: it says something about
// the value.
class Operation {
 public:
  std::int64_t process = 0;
  Text key;
  Values arguments;
  Values results;  // Empty unless the outcome is ok.
  std::int64_t invoked_at = 0;
  std::int64_t returned_at = kNever;  // When the client stopped waiting; kNever if it never did.
  // The store's revision: of the change, or of the state that a read or failed comparison saw.
  OptionalInt revision;

  const std::optional<SessionSequence>& session() const { return details().session; }
  void set_session(std::optional<SessionSequence> session);
  // The node that answered, and why it failed or is unknown: for the reader of a report only.
  const Text& server() const { return details().server; }
  void set_server(Text server);
  const Text& note() const { return details().note; }
  void set_note(Text note);

 private:
  // What few operations have.
  struct Details {
    std::optional<SessionSequence> session;
    Text server;
    Text note;
    friend bool operator==(const Details&, const Details&) = default;
  };
  // A pointer to a value, compared and copied as the value; nullptr stands for the empty one.
  struct Box : std::unique_ptr<Details> {
    Box() = default;
    Box(Box&&) noexcept = default;
    Box(const Box& other) : unique_ptr(other ? std::make_unique<Details>(*other) : nullptr) {}
    Box& operator=(Box&&) noexcept = default;
    Box& operator=(const Box& other) { return *this = Box(other); }
    ~Box() = default;
  };
  const Details& details() const;
  Details& own_details();

  Box details_;

 public:
  Function function = Function::kRead;
  Outcome outcome = Outcome::kUnknown;

  friend bool operator==(const Operation& a, const Operation& b);
};
static_assert(sizeof(Operation) == 112);

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
