#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "checker/mvcc/model.h"

namespace plumbline::checker::mvcc {

// What a history of an MVCC store says, sorted by what each part is good for. Operations are named
// by their index. The history must outlive it and have no fault.

// An answer that carries a revision.
struct Answer {
  enum class Kind : std::uint8_t {
    kChange,  // It made the revision.
    kRevoke,  // It made the revision if the lease had keys, else it saw it.
    kSight,   // It saw the revision, and nothing newer had been answered before its call.
    kLoose,   // It saw the revision, which may have been an old one.
  };
  std::int64_t revision = 0;
  std::uint32_t index = 0;
  Kind kind = Kind::kSight;
};

// A change that may have taken effect at any time after its call.
struct UnknownChange {
  std::uint32_t index = 0;
  std::int64_t noted = 0;  // The greatest revision known to anyone before its call.
  std::optional<KvRequest> request;
  std::int64_t revoked = 0;  // Without a request: the lease it ends.
};

// A revision that was known to a client at a time.
struct Known {
  std::int64_t revision = 0;
  std::int64_t at = 0;
  std::uint32_t index = 0;
};

// What a watch received.
struct WatchResponse {
  enum class Kind : std::uint8_t { kCreated, kEvents, kProgress, kCompacted, kCanceled };
  Kind kind = Kind::kEvents;
  bool fragment = false;  // The next response goes on with the same revision.
  std::int64_t at = 0;
  std::int64_t revision = 0;  // Of the header; of a compacted one, the revision compacted to.
  std::vector<Event> events;
};

struct Watch {
  std::uint32_t index = 0;
  Interval keys;
  std::int64_t start = 0;  // As asked for; 0: from the moment of its creation.
  std::int64_t first = 0;  // From where it is told everything; 0 if neither side said.
  bool prev_kv = false;
  bool fragment = false;
  bool no_puts = false;
  bool no_deletes = false;
  std::vector<WatchResponse> responses;

  bool wants(const Event& event) const {
    return keys.contains(event.kv.key) && !(event.is_delete() ? no_deletes : no_puts);
  }
};

struct Compaction {
  std::uint32_t index = 0;
  std::int64_t revision = 0;
  bool certain = false;
};

// A lease was granted or kept alive, for `ttl` nanoseconds from some moment of the operation on.
struct Renewal {
  std::uint32_t index = 0;
  std::int64_t lease = 0;
  std::int64_t ttl = 0;
  bool certain = false;
  bool grant = false;
};

struct Revocation {
  std::uint32_t index = 0;
  std::int64_t lease = 0;
  bool certain = false;
};

// All that a server said it holds.
struct FinalState {
  std::uint32_t index = 0;
  std::int64_t revision = 0;
  const Value* content = nullptr;  // A list of keys with values, or a hash.
  bool hashed = false;
};

// What a server said it holds, in order of keys. REQUIRES: not hashed.
std::vector<KeyValue> content_of(const FinalState& state);

class Journal {
 public:
  explicit Journal(const History& history);

  const History& history() const { return history_; }
  const Operation& operation(std::uint32_t index) const { return history_.operations[index]; }
  // By revision; at one, in the order of Answer::Kind.
  const std::vector<Answer>& answers() const { return answers_; }
  const std::vector<UnknownChange>& unknown() const { return unknown_; }
  // By revision, answers included.
  const std::vector<Known>& known() const { return known_; }
  const std::vector<Watch>& watches() const { return watches_; }
  const std::vector<Compaction>& compactions() const { return compactions_; }
  const std::vector<Renewal>& renewals() const { return renewals_; }
  const std::vector<Revocation>& revocations() const { return revocations_; }
  // By revision.
  const std::vector<FinalState>& states() const { return states_; }
  // Requests that were refused, with an error that says something about the state.
  const std::vector<std::uint32_t>& refused() const { return refused_; }
  // Answered changes without a revision: with any, nothing can be replayed.
  const std::vector<std::uint32_t>& silent() const { return silent_; }

  std::int64_t greatest_revision() const { return known_.empty() ? 0 : known_.back().revision; }
  // The first time at which anyone knew a revision that is not below this one; kNever if nobody.
  std::int64_t known_by(std::int64_t revision) const;
  // The operation that knew it then. REQUIRES: known_by() is not kNever.
  std::uint32_t first_to_know(std::int64_t revision) const;

 private:
  void take_kv(std::uint32_t index, const Operation& op);
  void take_lease(std::uint32_t index, const Operation& op);
  void take_watch(std::uint32_t index, const Operation& op);
  void take_compaction(std::uint32_t index, const Operation& op);
  void take_state(std::uint32_t index, const Operation& op);
  void answered(std::uint32_t index, Answer::Kind kind);
  void sort();
  void note_unknown();

  const History& history_;
  std::vector<Answer> answers_;
  std::vector<UnknownChange> unknown_;
  std::vector<Known> known_;
  std::vector<std::uint32_t> first_known_;  // Of each of known_: the earliest from there on.
  std::vector<Watch> watches_;
  std::vector<Compaction> compactions_;
  std::vector<Renewal> renewals_;
  std::vector<Revocation> revocations_;
  std::vector<FinalState> states_;
  std::vector<std::uint32_t> refused_;
  std::vector<std::uint32_t> silent_;
};

inline constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace plumbline::checker::mvcc
