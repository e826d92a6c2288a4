#include "nodes/raft/durability.h"

#include <algorithm>

#include "nodes/base/hash.h"

namespace plumbline::raft {

void Durability::wrote_entries(Ticket ticket, LogIndex first, LogIndex last) {
  PLUMB_ASSERT(ticket == issued_);
  PLUMB_ASSERT(first <= last);
  index_ = std::min(index_, first.previous());
  for (Batch& batch : pending_) {
    if (batch.through < first) continue;
    batch.through = first.previous();
    batch.cut = true;
  }
  if (!pending_.empty() && pending_.back().ticket == ticket) {
    pending_.back().through = last;
  } else {
    pending_.push_back(Batch{ticket, last});
  }
}

void Durability::restarted(Ticket ticket, LogIndex base, LogIndex kept) {
  PLUMB_ASSERT(ticket == issued_);
  index_ = std::min(index_, kept);
  for (Batch& batch : pending_) {
    batch.through = index_;
    batch.cut = true;
  }
  PLUMB_ASSERT(pending_.empty() || pending_.back().ticket < ticket);
  pending_.push_back(Batch{ticket, base});
}

bool Durability::synced(Ticket ticket) {
  PLUMB_ASSERT(ticket <= issued_);
  synced_ = std::max(synced_, ticket);
  std::size_t done = 0;
  bool cut = false;
  while (done < pending_.size() && pending_[done].ticket <= synced_) {
    index_ = std::max(index_, pending_[done].through);
    cut = cut || pending_[done].cut;
    ++done;
  }
  if (done != 0) pending_.erase_front(done);
  return cut;
}

Ticket Durability::of_entries(LogIndex index) const {
  if (index <= index_) return Ticket();
  const auto* batch = std::find_if(pending_.begin(), pending_.end(),
                                   [&](const Batch& b) { return b.through >= index; });
  PLUMB_ASSERT(batch != pending_.end(), "an entry that was never handed out to be written");
  return batch->ticket;
}

bool operator==(const Durability& a, const Durability& b) {
  const auto alike = [&](const Durability::Batch& x, const Durability::Batch& y) {
    return a.distance(x.ticket) == b.distance(y.ticket) && x.through == y.through && x.cut == y.cut;
  };
  return a.index_ == b.index_ && a.distance(a.issued_) == b.distance(b.issued_) &&
         a.distance(a.hard_state_) == b.distance(b.hard_state_) &&
         std::equal(a.pending_.begin(), a.pending_.end(), b.pending_.begin(), b.pending_.end(),
                    alike);
}

std::uint64_t Durability::hash(std::uint64_t seed) const {
  std::uint64_t hash = combine(seed, index_.value);
  hash = combine(hash, distance(issued_));
  hash = combine(hash, distance(hard_state_));
  for (const Batch& batch : pending_) {
    hash = combine(hash, distance(batch.ticket) * 2 + (batch.cut ? 1 : 0));
    hash = combine(hash, batch.through.value);
  }
  return combine(hash, pending_.size());
}

}  // namespace plumbline::raft
