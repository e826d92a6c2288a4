#pragma once

#include <cstdint>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// The log of one replica as its core sees it: a base, which stands for everything up to it, and
// behind it entries at consecutive indices whose terms never go down. Whether an entry has reached
// the disk is not known here (durability.h).
class Log {
 public:
  using Items = InlineVector<Entry, 8>;

  // Index 0 and term 0 before the log was ever compacted.
  const SnapshotMeta& base() const { return base_; }
  LogIndex last_index() const { return base_.index.plus(entries_.size()); }
  Term last_term() const { return term_at(last_index()); }
  // REQUIRES: base().index <= index <= last_index().
  Term term_at(LogIndex index) const { return index == base_.index ? base_.term : at(index).term; }
  // REQUIRES: base().index < index <= last_index().
  const Entry& at(LogIndex index) const { return entries_[slot(index)]; }
  // Whether it holds an entry of that term there, or begins with it; the empty log before index 1
  // matches everyone's.
  bool matches(LogIndex index, Term term) const {
    return index >= base_.index && index <= last_index() && term_at(index) == term;
  }

  // REQUIRES: the entry's term is not below last_term().
  void append(const Entry& entry);
  // Keeps the entries up to `index`. REQUIRES: index >= base().index.
  void truncate_after(LogIndex index);
  // Begins behind `base` from now on and keeps what follows. REQUIRES: matches(base).
  void compact(const SnapshotMeta& base);
  // Begins behind `base` from now on, and is empty.
  void restart(const SnapshotMeta& base);

  // The last index, not above `limit`, whose term is not above `term`: where a log that ends so
  // might still agree with this one (thesis 3.5, the conflict by term). Terms before the base are
  // not known: `limit` itself when it lies there, and never less than the base otherwise.
  LogIndex last_not_after(LogIndex limit, Term term) const;
  // From `first` on, at most so many entries and bytes, but one entry if there is any. REQUIRES:
  // first > base().index.
  Entries slice(LogIndex first, std::uint32_t count_max, std::uint32_t bytes_max) const;
  // The index of the last configuration entry from `from` to `to`, zero when there is none.
  // REQUIRES: from > base().index, to <= last_index().
  LogIndex last_configuration(LogIndex from, LogIndex to) const;

  friend bool operator==(const Log&, const Log&) = default;

 private:
  std::size_t slot(LogIndex index) const {
    return static_cast<std::size_t>(index.value - base_.index.value - 1);
  }

  SnapshotMeta base_;
  Items entries_;
};

}  // namespace plumbline::raft
