#include "tests/checker/txn/twin.h"

#include <map>
#include <vector>

namespace plumbline::checker {
namespace {

using Store = std::map<Value, Value>;

class Twin {
 public:
  Twin(const History& history, OrderRule rule)
      : operations_(history.operations), rule_(rule), done_(operations_.size(), false) {}

  bool explains(const Store& store) {
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!done_[i] && operations_[i].outcome == Outcome::kOk) all_done = false;
    }
    if (all_done) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (done_[i] || operations_[i].outcome == Outcome::kFail || !may_be_next(i)) continue;
      Store after = store;
      if (!apply(operations_[i], after)) continue;
      done_[i] = true;
      const bool found = explains(after);
      done_[i] = false;
      if (found) return true;
    }
    return false;
  }

 private:
  bool precedes(std::size_t i, std::size_t j) const {
    const Operation& first = operations_[i];
    if (rule_ == OrderRule::kNothing || first.outcome != Outcome::kOk) return false;
    if (first.process == operations_[j].process && i < j) return true;
    return rule_ == OrderRule::kSessionsAndRealTime &&
           first.returned_at < operations_[j].invoked_at;
  }

  bool may_be_next(std::size_t i) const {
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      if (done_[j] && precedes(i, j)) return false;
      if (!done_[j] && precedes(j, i)) return false;
    }
    return true;
  }

  static bool equal(const Value& now, const Value& read) {
    const bool nothing = now.is_nil() || (now.is_list() && now.list().empty());
    const bool read_nothing = read.is_nil() || (read.is_list() && read.list().empty());
    return nothing ? read_nothing : now == read;
  }

  static bool apply(const Operation& op, Store& store) {
    const bool ok = op.outcome == Outcome::kOk;
    for (const Value& step : ok ? op.results : op.arguments) {
      const Value::List& parts = step.list();
      Value& now = store[parts[1]];
      if (parts[0].text() == "r") {
        if (ok && !equal(now, parts[2])) return false;
      } else if (parts[0].text() == "w") {
        now = parts[2];
      } else {
        Value::List list = now.is_nil() ? Value::List{} : now.list();
        list.push_back(parts[2]);
        now = Value(list);
      }
    }
    return true;
  }

  const std::vector<Operation>& operations_;
  OrderRule rule_;
  std::vector<bool> done_;
};

}  // namespace

bool some_serial_order(const History& history, OrderRule rule) {
  return Twin(history, rule).explains({});
}

}  // namespace plumbline::checker
