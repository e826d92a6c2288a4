#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"

namespace plumbline::replica {

enum class CommandKind : std::uint8_t { kOpenSession, kPut, kDelete, kCompareAndSwap, kAppend };

// A change as it stands in the log: the same on every replica, so it names nothing that only one of
// them knows.
struct Command {
  CommandKind kind = CommandKind::kPut;
  Bytes key;
  Bytes value;
  std::optional<Bytes> expected;  // kCompareAndSwap; none: the key must be absent
  SessionId session;              // zero: not retried
  Sequence sequence;
  Sequence first_unfinished;
};

enum class Outcome : std::uint8_t {
  kOk,
  kMismatch,        // compare-and-swap: `value` is what was there
  kSessionUnknown,  // it cannot be said whether the command ever took effect
  // A command that no replica executes. Most are refused at the boundary; an append to a value that
  // would grow beyond kValueBytesMax can only be told here.
  kInvalid,
};

struct Answer {
  Outcome outcome = Outcome::kOk;
  Revision revision;           // made by the mutation, or current when nothing changed
  std::optional<Bytes> value;  // kMismatch: what was there; absent when nothing was
  SessionId session;           // kOpenSession

  friend bool operator==(const Answer&, const Answer&) = default;
};

// What the log's commands mean: a map of bytes, a revision that counts mutations, and the sessions
// that make a retried command take effect at most once (thesis 6.3). Pure: what apply() does
// depends on nothing but the commands before.
class StateMachine {
 public:
  // Sessions kept; the one that was used longest ago is dropped first, decided by log order and so
  // alike everywhere.
  static constexpr std::size_t kSessionsMax = 4096;
  // What a value may grow to by appends: it must still fit into the frame of a reply.
  static constexpr std::size_t kValueBytesMax = 4 << 20;

  Answer apply(LogIndex index, const Command& command);
  std::optional<Bytes> get(const Bytes& key) const;

  Revision revision() const { return revision_; }
  // Of everything that was ever applied and answered: equal at equal index on all replicas
  // (invariant I11).
  std::uint64_t digest() const { return digest_; }
  const std::map<Bytes, Bytes>& values() const { return values_; }
  std::size_t session_count() const { return sessions_.size(); }

 private:
  struct Session {
    LogIndex last_used;
    Sequence first_unfinished;
    std::map<Sequence, Answer> answers;  // of commands from first_unfinished on
  };

  Answer open_session(LogIndex index);
  Answer apply_once(LogIndex index, const Command& command);
  Answer mutate(const Command& command);
  Answer append(const Command& command);
  Answer compare_and_swap(const Command& command);
  Answer changed();
  void fold(LogIndex index, const Command& command, const Answer& answer);

  std::map<Bytes, Bytes> values_;
  std::map<SessionId, Session> sessions_;
  Revision revision_;
  std::uint64_t digest_ = 0;
};

}  // namespace plumbline::replica
