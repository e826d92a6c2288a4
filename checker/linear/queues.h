#pragma once

#include <cstdint>
#include <vector>

#include "checker/linear/model.h"
#include "checker/linear/value_numbers.h"

namespace plumbline::checker {

// What all queues have in common: enqueue, dequeue -> element or nil if there was none, drain ->
// all elements. A model of that family says in which order the elements come out; how operations
// become actions, and who must take what, is here:
//
//  - drop: an unknown enqueue whose element nobody took need not have happened, nor an unknown
//    dequeue where every element is taken by somebody who said so.
//  - settle: if there are no more elements of one value than were taken for certain, each was
//    enqueued for certain, before the last of them was taken.
//  - spoken for: such an element can be taken by nobody else.
//  - eager: who takes the only element of a value takes it as soon as it is to be had.
class Queues : public Model {
 public:
  explicit Queues(const ModelOptions& options);

  void meet(std::span<const Operation* const> operations) override;
  Action compile(const Operation& op) override;
  void prepare(std::vector<Entry>& entries) override;

 protected:
  // kTakeAny and kDrainAny did not say what they took, if anything.
  enum Kind : std::uint8_t {
    kEnqueue,
    kTook,
    kFoundNone,
    kDrained,
    kTakeAny,
    kDrainAny,
    kImpossible
  };
  using Element = std::uint32_t;

  struct ElementFacts {
    std::uint32_t enqueued = 0;
    std::uint32_t taken = 0;           // By definite entries ...
    bool drained = false;              // ... one of which is a drain.
    bool spoken_for = false;           // Taken by those, all of them.
    bool maybe_drained = false;        // By an entry that is not definite.
    std::int64_t taken_from = kNever;  // Nobody can take one before this time,
    std::int64_t taken_by = 0;         // and all that are spoken for are taken by this.
  };

  static constexpr State kEmpty = 0;

  // Called at the end of prepare().
  virtual void start(std::vector<Entry>& entries) = 0;

  std::uint32_t elements() const { return values_.size(); }
  const Value& value(Element element) const { return values_.value(element); }
  const ElementFacts& facts(Element element) const { return facts_[element]; }
  const std::vector<Element>& first() const { return first_; }
  // What a kDrained action took.
  const std::vector<Element>& drained(const Action& action) const { return drained_[action.to]; }

 private:
  Action compile_drain(const Operation& op);
  void count_taken(const std::vector<Entry>& entries);
  void count_enqueued(const std::vector<Entry>& entries);
  void drop_unneeded_enqueues(std::vector<Entry>& entries) const;
  void drop_takers_of_nothing(std::vector<Entry>& entries) const;
  void find_when_taken(const std::vector<Entry>& entries);
  void settle(std::vector<Entry>& entries) const;

  template <typename Visit>
  void for_taken(const Action& action, Visit visit) const;

  const Value first_value_;
  ValueNumbers values_;
  std::vector<Element> first_;
  std::vector<std::vector<Element>> drained_;
  std::vector<ElementFacts> facts_;
};

}  // namespace plumbline::checker
