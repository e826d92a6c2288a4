#pragma once

#include <compare>
#include <cstdint>

namespace plumbline {

// A number that names one kind of thing and converts into no other. Ids are minted by their owner
// (a term by an election, an index by a leader); code that receives one may compare it and step it,
// never invent it.
template <class Tag, class Rep = std::uint64_t>
struct Id {
  Rep value = 0;

  constexpr Id() = default;
  constexpr explicit Id(Rep v) : value(v) {}

  constexpr auto operator<=>(const Id&) const = default;
  constexpr explicit operator bool() const { return value != 0; }

  constexpr Id next() const { return Id(value + 1); }
  constexpr Id previous() const { return Id(value - 1); }
  constexpr Id plus(Rep n) const { return Id(value + n); }
};

// A machine in the book of addresses: where a process is reached. Never reused for another machine.
using NodeId = Id<struct NodeTag, std::uint32_t>;
// One start of a node's process; grows with each restart.
using Incarnation = Id<struct IncarnationTag, std::uint32_t>;
// A member of a Raft group, minted in that group's log; a node that lost its disk comes back under
// another one.
using ReplicaId = Id<struct ReplicaTag, std::uint32_t>;
// A Raft group. One process may hold many.
using GroupId = Id<struct GroupTag, std::uint32_t>;
using Term = Id<struct TermTag>;
// Position in a Raft log; the first entry has index 1, and 0 is "before the first".
using LogIndex = Id<struct LogIndexTag>;
// The number of mutations that a store has applied; a mutation's answer carries the revision that
// it made.
using Revision = Id<struct RevisionTag>;
// A client session: the index of the log entry that opened it.
using SessionId = Id<struct SessionTag>;
// A command's number within its session, from 1.
using Sequence = Id<struct SequenceTag>;

}  // namespace plumbline
