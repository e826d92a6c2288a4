#pragma once

#include <cstdint>
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
  // kOpenSession: the session is dropped when the log has grown by more entries without its being
  // used; zero: never for that reason. It stands in the log so that no replica's own setting can
  // make it forget what another remembers.
  std::uint64_t idle_entries = 0;
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

}  // namespace plumbline::replica
