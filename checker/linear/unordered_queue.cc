#include <algorithm>
#include <optional>

#include "checker/linear/models.h"
#include "checker/linear/queues.h"
#include "checker/linear/shared_arrays.h"

namespace plumbline::checker {
namespace {

// A bag: elements come out in any order.
//
// Which element an unknown dequeue took shows only when somebody finds the queue empty or drains
// it. Until then it is a credit: one of the elements there are is gone, but it is open which. Since
// it may take effect as late as one likes, a credit is taken only just before it is needed.
class UnorderedQueue final : public Queues {
 public:
  using Queues::Queues;

  State initial() const override { return initial_; }

  std::optional<State> step(State state, const Action& action) override {
    const auto element = static_cast<Element>(action.to);
    const std::uint32_t there = bags_->at(state, kSize) - credits(state);
    switch (static_cast<Kind>(action.kind)) {
      case kEnqueue: return added(state, element);
      case kTook:
        if (there == 0 || bags_->at(state, kFirst + element) == 0) return std::nullopt;
        return taken(state, element);
      case kFoundNone:
        if (there > 0) return std::nullopt;
        return kEmpty;
      case kDrained: return drained_of(state, drained(action));
      case kTakeAny:
        if (there == 0) return state;
        return bags_->with(state, kCredits, credits(state) + 1);
      case kDrainAny: return kEmpty;
      case kImpossible: return std::nullopt;
    }
    return std::nullopt;
  }

  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    (void)seen;
    const std::uint8_t kind = entry.action.kind;
    const bool looks = kind == kFoundNone || kind == kDrained;
    if (credits(from) > 0 && !looks && kind != kTakeAny) return true;
    if (kind == kDrainAny) return bags_->at(from, kSpokenFor) > 0;
    if (kind != kTakeAny) return false;
    const std::uint32_t spoken_for = bags_->at(to, kSpokenFor);
    if (!drains_ && spoken_for > 0) return true;
    return credits(to) > bags_->at(to, kSize) - spoken_for;
  }

  std::string text(State state) const override {
    Value::List list;
    for (Element element = 0; element < elements(); ++element) {
      list.insert(list.end(), bags_->at(state, kFirst + element), value(element));
    }
    const std::string all = to_text(Value(std::move(list)));
    if (credits(state) == 0) return all;
    return all + " without " + std::to_string(credits(state)) + " of them";
  }

 private:
  // A bag is an array: counts over all elements, then how often it holds each.
  enum : std::size_t { kSize, kSpokenFor, kCredits, kFirst };

  std::uint32_t credits(State state) const { return bags_->at(state, kCredits); }

  State counted(State state, std::size_t at, std::uint32_t by) {
    return bags_->with(state, at, bags_->at(state, at) + by);
  }
  State changed(State state, Element element, std::uint32_t by) {
    if (facts(element).spoken_for) state = counted(state, kSpokenFor, by);
    return counted(counted(state, kSize, by), kFirst + element, by);
  }
  State added(State state, Element element) { return changed(state, element, 1); }
  State taken(State state, Element element) { return changed(state, element, UINT32_MAX); }

  std::optional<State> drained_of(State state, const std::vector<Element>& elements) {
    if (bags_->at(state, kSize) - credits(state) != elements.size()) return std::nullopt;
    State rest = state;
    for (const Element element : elements) {
      if (bags_->at(rest, kFirst + element) == 0) return std::nullopt;
      rest = taken(rest, element);
    }
    return kEmpty;
  }

  void start(std::vector<Entry>& entries) override {
    if (!bags_) bags_.emplace(kFirst + elements());
    initial_ = kEmpty;
    for (const Element element : first()) initial_ = added(initial_, element);
    bool looked = false;
    bool takes_any = false;
    drains_ = false;
    for (const Entry& entry : entries) {
      if (entry.dropped) continue;
      const std::uint8_t kind = entry.action.kind;
      drains_ = drains_ || kind == kDrained;
      looked = looked || kind == kFoundNone || kind == kDrained;
      takes_any = takes_any || kind == kTakeAny || kind == kDrainAny;
    }
    for (Entry& entry : entries) {
      if (!looked) at_leisure(entry);
      if (looked && takes_any && entry.action.kind == kFoundNone) {
        entry.action.pure = entry.action.shows = false;  // It uses credits up.
      }
    }
  }

  // Where nobody finds the queue empty or drains it, more elements in it are never in the way.
  static void at_leisure(Entry& entry) {
    const std::uint8_t kind = entry.action.kind;
    if (!entry.definite && (kind == kTakeAny || kind == kDrainAny)) entry.dropped = true;
    if (entry.definite && kind == kEnqueue) entry.eager = true;
  }

  std::optional<SharedArrays> bags_;
  State initial_ = kEmpty;
  bool drains_ = false;
};

}  // namespace

std::unique_ptr<Model> make_unordered_queue(const ModelOptions& options) {
  return std::make_unique<UnorderedQueue>(options);
}

}  // namespace plumbline::checker
