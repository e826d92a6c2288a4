#pragma once

#include "nodes/raft/types.h"

namespace plumbline::raft {

// What of a replica's state is on its disk, and which ticket the rest waits for.
//
// Batches are synced in the order of their tickets. An entry's promise is the ticket of the batch
// that wrote it; the promise of term and vote is the last batch that wrote those. When a batch cuts
// off a tail, syncs of that tail that are still under way promise nothing about what replaced it:
//   ticket 1 wrote 5..7, ticket 2 cut at 6 and wrote 6  =>  Synced(1) makes 5 durable, not 7.
//
// Invariants: 1. pending tickets grow strictly and are above the synced one; 2. pending `through`
// never goes down along them; 3. the durable index is the end of the longest prefix of the log as
// it is now that is known to be on the disk.
class Durability {
 public:
  struct Batch {
    Ticket ticket;
    LogIndex through;  // once synced, the log is on the disk up to here
    bool cut = false;  // some of what it wrote has been replaced since
  };

  Durability() = default;
  explicit Durability(LogIndex recovered) : index_(recovered) {}

  Ticket issue() { return issued_ = issued_.next(); }
  void wrote_hard_state(Ticket ticket) { hard_state_ = ticket; }
  // The batch `ticket` holds the entries from `first` to `last`; what lay there and behind is gone.
  void wrote_entries(Ticket ticket, LogIndex first, LogIndex last);
  // The batch `ticket` makes the log begin behind `base` with nothing in it. What was on the disk
  // up to `kept` is a part of what the base stands for.
  void restarted(Ticket ticket, LogIndex base, LogIndex kept);
  // True when a batch ended of which something had been cut off meanwhile.
  bool synced(Ticket ticket);

  LogIndex index() const { return index_; }
  Ticket issued() const { return issued_; }
  Ticket synced() const { return synced_; }
  // What a promise about the current term and vote waits for; zero when it is on the disk.
  Ticket of_hard_state() const { return hard_state_ > synced_ ? hard_state_ : Ticket(); }
  // What a promise about all entries up to `index` waits for; zero when they are on the disk.
  Ticket of_entries(LogIndex index) const;
  const InlineVector<Batch, 4>& pending() const { return pending_; }

  // Tickets are compared by their distance from the synced one: two replicas that differ only in
  // how many batches they have written behave alike.
  friend bool operator==(const Durability& a, const Durability& b);
  std::uint64_t hash(std::uint64_t seed) const;

 private:
  std::uint64_t distance(Ticket ticket) const {
    return ticket > synced_ ? ticket.value - synced_.value : 0;
  }

  LogIndex index_;
  Ticket issued_;
  Ticket synced_;
  Ticket hard_state_;
  InlineVector<Batch, 4> pending_;
};

}  // namespace plumbline::raft
