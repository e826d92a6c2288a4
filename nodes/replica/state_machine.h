#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "nodes/replica/command.h"
#include "nodes/replica/freezable_map.h"
#include "nodes/replica/sessions.h"

namespace plumbline::replica {

// What the log's commands mean: a map of bytes, a revision that counts mutations, and the sessions
// that make a retried command take effect at most once (thesis 6.3). Pure: what apply() does
// depends on nothing but the commands before.
//
// Its state at one instant can be captured and written out while commands go on being applied
// (FORMAT.md; state_loader.h reads it). The sessions and their answers are part of it, else a retry
// that meets a replica restored from a snapshot would take effect twice (R-raft-25).
class StateMachine {
 public:
  // What a value may grow to by appends: it must still fit into the frame of a reply.
  static constexpr std::size_t kValueBytesMax = 4 << 20;

  Answer apply(LogIndex index, const Command& command);
  std::optional<Bytes> get(const Bytes& key) const;

  Revision revision() const { return revision_; }
  // Of everything that was ever applied and answered: equal at equal index on all replicas
  // (invariant I11).
  std::uint64_t digest() const { return digest_; }
  const std::map<Bytes, Bytes>& values() const { return values_.now(); }
  const Sessions& sessions() const { return sessions_; }
  std::size_t session_count() const { return sessions_.all().size(); }

  // Begins to capture the state as it is now; returns how many bytes it will be. REQUIRES: not
  // capturing.
  std::uint64_t capture();
  bool capturing() const { return capture_.has_value(); }
  // The next `bytes` of the captured state, or what is left of it; with the last of them the
  // capture is over. REQUIRES: capturing, bytes > 0.
  Bytes next_captured(std::size_t bytes);
  void drop_capture();
  // What a capture would be now.
  std::uint64_t encoded_bytes() const;

 private:
  friend class StateLoader;

  // Where a capture stands: what is to be written next.
  enum class Part : std::uint8_t { kHead, kValues, kSessions, kEnd };
  struct Capture {
    Part part = Part::kHead;
    Bytes head;
    std::uint64_t bytes_left = 0;
    // Written, and handed out up to `taken`.
    Bytes pending;
    std::size_t taken = 0;
  };

  Answer open_session(LogIndex index, const Command& command);
  Answer apply_once(LogIndex index, const Command& command);
  Answer mutate(const Command& command);
  Answer append(const Command& command);
  Answer compare_and_swap(const Command& command);
  Answer changed();
  void store(const Bytes& key, const Bytes& value);
  bool remove(const Bytes& key);
  void fold(LogIndex index, const Command& command, const Answer& answer);
  // capture.cc
  void append_captured(Bytes& into);

  FreezableMap<Bytes, Bytes> values_;
  Sessions sessions_;
  Revision revision_;
  std::uint64_t digest_ = 0;
  std::uint64_t values_bytes_ = 0;  // of all values, encoded
  std::optional<Capture> capture_;
};

}  // namespace plumbline::replica
