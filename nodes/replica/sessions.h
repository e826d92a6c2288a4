#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "nodes/replica/command.h"
#include "nodes/replica/freezable_map.h"

namespace plumbline::replica {

// What is remembered of clients that retry, so that each of their commands takes effect at most
// once (thesis 6.3). Which sessions there are is decided by the log alone and so alike everywhere:
// by its order and its indices, never by a clock.
class Sessions {
 public:
  // The one that was used longest ago makes room for another.
  static constexpr std::size_t kSessionsMax = 4096;
  // Answers kept for one session. A client that leaves more commands unfinished has finished the
  // first of them.
  static constexpr std::size_t kAnswersMax = 1024;

  struct Session {
    LogIndex last_used;
    std::uint64_t idle_entries = 0;  // Command::idle_entries
    Sequence first_unfinished{1};
    std::map<Sequence, Answer> answers;  // of commands from first_unfinished on

    friend bool operator==(const Session&, const Session&) = default;
  };

  // Drops those that entry `index` finds idle for too long. Before anything else of that entry.
  void expire(LogIndex index);
  SessionId open(LogIndex index, std::uint64_t idle_entries);
  // The session of a command, marked as used by entry `index`; nothing when it is not known, or
  // when what became of the command was forgotten at its client's word.
  Session* use(LogIndex index, const Command& command);
  // The first answer to a command stays. REQUIRES: `session` was just used.
  void remember(Session& session, Sequence sequence, const Answer& answer);

  FreezableMap<SessionId, Session>& states() { return sessions_; }
  const std::map<SessionId, Session>& all() const { return sessions_.now(); }
  // Of all of them as they stand in a captured state (FORMAT.md).
  std::uint64_t encoded_bytes() const { return encoded_bytes_; }
  // For loading. REQUIRES: no session of this id is there, and none has the same last use.
  void restore(SessionId id, Session session);
  // Whether the last use of a session was by this entry.
  bool used_by(LogIndex index) const { return by_use_.count(index) != 0; }

 private:
  using Deadline = std::pair<LogIndex, SessionId>;

  void drop(SessionId id);
  void schedule(SessionId id, const Session& session);
  void unschedule(SessionId id, const Session& session);

  FreezableMap<SessionId, Session> sessions_;
  std::uint64_t encoded_bytes_ = 0;
  // Both follow from sessions_. An entry uses at most one session.
  std::map<LogIndex, SessionId> by_use_;
  std::set<Deadline> deadlines_;  // the last entry that does not find the session idle for too long
};

}  // namespace plumbline::replica
