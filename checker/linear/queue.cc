#include <algorithm>
#include <optional>

#include "checker/linear/contents.h"
#include "checker/linear/models.h"
#include "checker/linear/queues.h"

namespace plumbline::checker {
namespace {

// First in, first out. An element that cannot be taken before a certain time (see
// ElementFacts::taken_from) may not stand before one that must have been taken by then. Where values
// are enqueued once, this decides the order of concurrent enqueues on the spot.
class Queue final : public Queues {
 public:
  using Queues::Queues;

  State initial() const override { return initial_; }

  std::optional<State> step(State state, const Action& action) override {
    switch (static_cast<Kind>(action.kind)) {
      case kEnqueue: return contents_->with_last(state, static_cast<Element>(action.to));
      case kTook:
        if (state == kEmpty || contents_->first(state) != static_cast<Element>(action.to)) {
          return std::nullopt;
        }
        return contents_->without_first(state);
      case kFoundNone:
        if (state != kEmpty) return std::nullopt;
        return state;
      case kDrained:
        if (contents_->size(state) != drained(action).size()) return std::nullopt;
        if (contents_->list(state) != drained(action)) return std::nullopt;
        return kEmpty;
      case kTakeAny: return state == kEmpty ? kEmpty : contents_->without_first(state);
      case kDrainAny: return kEmpty;
      case kImpossible: return std::nullopt;
    }
    return std::nullopt;
  }

  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    (void)seen;
    (void)to;
    switch (static_cast<Kind>(entry.action.kind)) {
      case kEnqueue:
        return contents_->any_ranked_above(from, facts(entry.action.to).taken_by);
      case kTakeAny:
      case kDrainAny: return from != kEmpty && facts(contents_->first(from)).spoken_for;
      default: return false;
    }
  }

  std::string text(State state) const override {
    Value::List list;
    for (const Element element : contents_->list(state)) list.push_back(value(element));
    return to_text(Value(std::move(list)));
  }

 private:
  void start(std::vector<Entry>& entries) override {
    (void)entries;
    std::vector<std::int64_t> ranks;
    for (Element element = 0; element < elements(); ++element) {
      ranks.push_back(facts(element).taken_from);
    }
    contents_.emplace(std::move(ranks));
    initial_ = kEmpty;
    for (const Element element : first()) initial_ = contents_->with_last(initial_, element);
  }

  std::optional<Contents> contents_;
  State initial_ = kEmpty;
};

}  // namespace

std::unique_ptr<Model> make_queue(const ModelOptions& options) {
  return std::make_unique<Queue>(options);
}

}  // namespace plumbline::checker
