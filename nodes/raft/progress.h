#pragma once

#include <cstdint>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// What a leader knows of one follower, and how fast it sends to it.
//
// - probe: where the logs agree is not known. One append, then wait for its answer; a heartbeat
//   asks again, for the append or its answer may be lost.
// - replicate: the follower follows. Appends are sent ahead of their answers (`next` is
//   optimistic), as many as the window holds; a refusal falls back to probe.
//
// Invariants: 1. match < next; 2. match never goes back in a term; 3. acked_round <= round;
// 4. `inflight` grows strictly, lies above match, and is empty while probing.
struct Progress {
  enum class Pace : std::uint8_t { kProbe, kReplicate };

  ReplicaId id;
  Pace pace = Pace::kProbe;
  bool probe_sent = false;
  // Known to be on the follower's disk, and equal to the leader's log.
  LogIndex match;
  // First entry of the next append.
  LogIndex next;
  // Of the last message sent, and the greatest that was answered.
  std::uint64_t round = 0;
  std::uint64_t acked_round = 0;
  // Answers count as fresh for check-quorum when above the first, for the reads that are being
  // confirmed when not below the second.
  std::uint64_t checked_round = 0;
  std::uint64_t read_round = 0;
  // The last index of each append on its way.
  InlineVector<LogIndex, 4> inflight;

  bool may_send_entries(std::uint32_t inflight_max) const;
  // An append with entries up to `last` has left.
  void sent_entries(LogIndex last);
  // The follower holds everything up to `index` on its disk.
  void accepted(LogIndex index);
  // The logs may agree up to `next`-1 at best.
  void probe_from(LogIndex from);

  friend bool operator==(const Progress&, const Progress&) = default;
};

}  // namespace plumbline::raft
