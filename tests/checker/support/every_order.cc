#include "tests/checker/support/every_order.h"

#include <map>
#include <string>

namespace plumbline::checker {
namespace {

class EveryOrder {
 public:
  EveryOrder(const std::vector<Operation>& operations, const PlainModel& model,
             const std::vector<bool>& certain)
      : operations_(operations), model_(model), certain_(certain), done_(operations.size(), false) {
    for (const Operation& op : operations) store_.emplace(op.key.view(), model.first_state());
  }

  bool explains() {
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!done_[i] && must_happen(i)) all_done = false;
    }
    if (all_done) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (done_[i] || operations_[i].outcome == Outcome::kFail || !may_be_next(i)) continue;
      if (explains_with(i)) return true;
    }
    return false;
  }

 private:
  bool explains_with(std::size_t i) {
    Value& state = store_.at(operations_[i].key.view());
    const Value before = state;
    bool found = false;
    for (const Value& after : model_.after(operations_[i], before)) {
      state = after;
      done_[i] = true;
      found = explains();
      done_[i] = false;
      if (found) break;
    }
    state = before;
    return found;
  }

  bool must_happen(std::size_t i) const {
    return operations_[i].outcome == Outcome::kOk && certain_[i];
  }

  bool precedes(std::size_t i, std::size_t j) const {
    const Operation& first = operations_[i];
    return first.outcome == Outcome::kOk && first.returned_at < operations_[j].invoked_at;
  }

  bool may_be_next(std::size_t i) const {
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      if (done_[j] && precedes(i, j)) return false;
      if (!done_[j] && must_happen(j) && precedes(j, i)) return false;
    }
    return true;
  }

  const std::vector<Operation>& operations_;
  const PlainModel& model_;
  const std::vector<bool>& certain_;
  std::vector<bool> done_;
  std::map<std::string_view, Value> store_;
};

}  // namespace

bool some_order_explains(const std::vector<Operation>& operations, const PlainModel& model,
                         const std::vector<bool>& certain) {
  return EveryOrder(operations, model, certain).explains();
}

bool some_order_explains(const std::vector<Operation>& operations, const PlainModel& model) {
  return some_order_explains(operations, model, std::vector<bool>(operations.size(), true));
}

}  // namespace plumbline::checker
