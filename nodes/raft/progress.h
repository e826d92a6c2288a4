#pragma once

#include <cstdint>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// What a leader knows of one follower, and how fast it sends to it.
//
// - probe: where the logs agree is not known. One append, then wait for its answer; a heartbeat
//   asks again, for the append or its answer may be lost.
// - replicate: the follower follows. Appends are sent ahead of their answers (`next` is
//   optimistic), as much as the window holds; a refusal falls back to probe.
// - snapshot: the follower lacks what the log no longer holds. Nothing but heartbeats is sent until
//   it has the snapshot, or that is known to have failed.
//
// Invariants: 1. match < next; 2. match does not go back in a term, unless the follower says that
// its disk has forgotten; 3. acked_round <= round; 4. `inflight` grows strictly, lies above match,
// and is empty unless replicating.
struct Progress {
  enum class Pace : std::uint8_t { kProbe, kReplicate, kSnapshot };

  // An append on its way.
  struct Flight {
    LogIndex last;
    std::uint64_t bytes = 0;

    friend bool operator==(const Flight&, const Flight&) = default;
  };

  ReplicaId id;
  Pace pace = Pace::kProbe;
  bool probe_sent = false;
  // It has said that it is in doubt: what it holds does not count.
  bool in_doubt = false;
  // No member any more, but to be told so.
  bool departing = false;
  // A learner that received, in less time than an election takes, all that there was when it began
  // to (thesis 4.2.1).
  bool caught_up = false;
  // Known to be on the follower's disk, and equal to the leader's log.
  LogIndex match;
  // First entry of the next append.
  LogIndex next;
  LogIndex snapshot;  // on its way
  // Of the last message sent, and the greatest that was answered.
  std::uint64_t round = 0;
  std::uint64_t acked_round = 0;
  // Answers count as fresh for check-quorum when above the first, for the reads that are being
  // confirmed when not below the second, for the lease when not below the third.
  std::uint64_t checked_round = 0;
  std::uint64_t read_round = 0;
  std::uint64_t lease_round = 0;
  InlineVector<Flight, 4> inflight;
  std::uint64_t inflight_bytes = 0;
  // A learner's present stretch of catching up: where it ends, when it began.
  LogIndex stretch_end;
  Instant stretch_began;

  bool may_send_entries(const Options& options) const;
  // An append with entries up to `last` has left.
  void sent_entries(LogIndex last, std::uint64_t bytes);
  // The follower holds everything up to `index` on its disk.
  void accepted(LogIndex index);
  // The logs may agree up to `next`-1 at best.
  void probe_from(LogIndex from);
  // The follower holds nothing behind `index`, whatever it acknowledged.
  void forgot_behind(LogIndex index);
  void sent_snapshot(LogIndex index);

  friend bool operator==(const Progress&, const Progress&) = default;

 private:
  void forget_flights();
};

}  // namespace plumbline::raft
