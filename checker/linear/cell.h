#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/linear/model.h"
#include "checker/linear/sequences.h"

namespace plumbline::checker {

// What registers and keys of a map have in common: a cell that holds nil or a sequence of tokens.
// A model of that family says how its operations become actions; the rest is here, and is the
// reason why histories in which each value is written once are decided in almost linear time:
//
//  - settle: an unknown operation that alone can have written what somebody saw did take effect,
//    before the first answer that shows it. It is a definite operation with that deadline.
//  - drop: an unknown operation whose value nobody saw need not have happened. Take an order in
//    which it did: until the next overwrite nobody saw anything (he would have seen the value), so
//    the order without it is as good.
//  - hopeless: a value with one writer never comes back. Whoever saw it must have had its turn
//    before it is replaced, and an append whose token was seen must give a sequence that was seen.
//
// An answer that says only what the value was *not* (a failed cas without the value seen, a delete
// that found something) is blind: with one of those on the key nothing is dropped. In any case the
// values that nobody saw become one value, so that the order of those who wrote them is no matter.
class Cell : public Model {
 public:
  void prepare(std::vector<Entry>& entries) override;
  State initial() const override { return initial_; }
  std::optional<State> step(State state, const Action& action) override;
  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override;

 protected:
  // REQUIRES: called before anything is compiled, if at all; else the cell holds nil at first.
  void start_at(State state) { initial_ = state; }

  Action saw(State state) const;
  Action saw_other_than(State state) const;
  Action found_and_removed() const;
  Action set(State state) const;
  Action swap(State expected, State next) const;
  Action append(const Value& token);
  Action impossible() const;

  Sequences& sequences() { return sequences_; }
  const Sequences& sequences() const { return sequences_; }

 private:
  enum Kind : std::uint8_t { kSaw, kSawOther, kRemoved, kSet, kSwap, kAppend, kImpossible };

  // Who wrote what the cell held at first.
  static constexpr std::uint32_t kStart = UINT32_MAX;

  struct NodeFacts {
    std::int64_t shown_by = kNever;  // The first return of an answer that shows this or longer.
    std::uint32_t shown = 0;         // Definite entries that show exactly this sequence ...
    std::uint32_t shown_below = 0;   // ... and that show this or one that continues it.
    bool once = false;               // A cell cannot return to this sequence after leaving it.
  };
  struct TokenFacts {
    std::uint32_t writers = 0;
    std::uint32_t writer = 0;  // The last of them, an index of entries, or kStart.
    std::uint32_t shown = 0;   // Definite entries that show it.
    bool wanted = false;       // Somebody shows it, or may compare with it.
  };

  template <typename Visit>
  void for_tokens_of(State state, Visit visit) const;
  template <typename Visit>
  void for_written(const Action& action, Visit visit) const;
  bool writes_wanted(const Action& action) const;
  void want(State state);

  void reset_facts();
  void count_writers(const std::vector<Entry>& entries);
  void settle(std::vector<Entry>& entries);
  void keep_wanted(std::vector<Entry>& entries);
  void drop_unwanted(std::vector<Entry>& entries);
  void write_unseen_value(Action& action);
  void count_shown(const std::vector<Entry>& entries);
  void mark_once(const std::vector<Entry>& entries);
  void mark_unseen(std::vector<Entry>& entries);

  const NodeFacts& facts(State state) const;

  Sequences sequences_;
  State initial_ = Sequences::kNil;
  std::vector<NodeFacts> nodes_;  // Sequences met during the search are beyond its end.
  std::vector<TokenFacts> tokens_;
  Token unseen_token_ = 0;
  bool blind_ = false;
  bool only_appends_ = false;
  std::uint32_t shown_not_nil_ = 0;
};

}  // namespace plumbline::checker
