#pragma once

#include <cstdint>

#include "nodes/raft/types.h"

namespace plumbline::raft {

// The log of one replica as its core sees it: entries at consecutive indices from 1, whose terms
// never go down. Whether an entry has reached the disk is not known here (durability.h).
// Only `slot` knows where an index lies, so that a log that begins behind a snapshot will change
// one function.
class Log {
 public:
  using Items = InlineVector<Entry, 8>;

  LogIndex last_index() const { return LogIndex(entries_.size()); }
  Term last_term() const { return term_at(last_index()); }
  // Zero for index 0. REQUIRES: index <= last_index().
  Term term_at(LogIndex index) const { return index ? at(index).term : Term(); }
  // REQUIRES: 1 <= index <= last_index().
  const Entry& at(LogIndex index) const { return entries_[slot(index)]; }
  // Whether it holds an entry of that term there; the empty log before index 1 matches everyone's.
  bool matches(LogIndex index, Term term) const {
    return index <= last_index() && term_at(index) == term;
  }

  // REQUIRES: the entry's term is not below last_term().
  void append(const Entry& entry);
  // Keeps the entries up to `index`.
  void truncate_after(LogIndex index);

  // The last index, not above `limit`, whose term is not above `term`: where a log that ends so
  // might still agree with this one (thesis 3.5, the conflict by term).
  LogIndex last_not_after(LogIndex limit, Term term) const;
  // From `first` on, at most so many entries and bytes, but one entry if there is any.
  Entries slice(LogIndex first, std::uint32_t count_max, std::uint32_t bytes_max) const;
  // The index of the last configuration entry that is not before `from`, zero when there is none.
  LogIndex last_configuration(LogIndex from) const;

  friend bool operator==(const Log&, const Log&) = default;

 private:
  static std::size_t slot(LogIndex index) { return static_cast<std::size_t>(index.value - 1); }

  Items entries_;
};

}  // namespace plumbline::raft
