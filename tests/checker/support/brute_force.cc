#include "tests/checker/support/brute_force.h"

#include <map>
#include <optional>
#include <string>

namespace plumbline::checker {
namespace {

using Store = std::map<std::string, Value>;  // Without a key that is nil.

class Twin {
 public:
  Twin(const std::vector<Operation>& operations, bool sequences, const std::vector<bool>& certain)
      : operations_(operations),
        sequences_(sequences),
        certain_(certain),
        done_(operations.size(), false) {}

  bool explains(const Store& store) {
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!done_[i] && must_happen(i)) all_done = false;
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

  Value normal(const Value& value) const {
    if (!sequences_ || value.is_nil() || value.is_list()) return value;
    return Value(Value::List{value});
  }

  static void assign(Store& store, const Text& key, const Value& value) {
    if (value.is_nil()) {
      store.erase(key.str());
    } else {
      store[key.str()] = value;
    }
  }

  // False if the answer cannot be. An unknown cas that finds something else changes nothing.
  bool apply(const Operation& op, Store& store) const {
    const auto at = store.find(op.key.str());
    const Value now = at == store.end() ? Value() : at->second;
    const bool ok = op.outcome == Outcome::kOk;
    switch (op.function) {
      case Function::kRead:
      case Function::kGet: return !ok || now == normal(op.results[0]);
      case Function::kWrite:
      case Function::kPut: assign(store, op.key, normal(op.arguments[0])); return true;
      case Function::kDelete:
        assign(store, op.key, Value());
        return !ok || op.results.empty() || op.results[0].truth() == !now.is_nil();
      case Function::kAppend: {
        Value::List list = now.is_nil() ? Value::List{} : now.list();
        list.push_back(op.arguments[0]);
        assign(store, op.key, Value(list));
        return true;
      }
      case Function::kCas: {
        const bool holds = now == normal(op.arguments[0]);
        if (holds) assign(store, op.key, normal(op.arguments[1]));
        if (!ok) return true;
        if (op.results[0].truth() != holds) return false;
        return op.results.size() < 2 || now == normal(op.results[1]);
      }
      default: break;
    }
    return false;
  }

  const std::vector<Operation>& operations_;
  bool sequences_;
  const std::vector<bool>& certain_;
  std::vector<bool> done_;
};

}  // namespace

bool brute_force_linearizable(const std::vector<Operation>& operations, bool sequences) {
  return brute_force_linearizable(operations, sequences,
                                  std::vector<bool>(operations.size(), true));
}

bool brute_force_linearizable(const std::vector<Operation>& operations, bool sequences,
                              const std::vector<bool>& certain) {
  return Twin(operations, sequences, certain).explains({});
}

}  // namespace plumbline::checker
