#include "tests/checker/mvcc/register_twin.h"

#include <map>
#include <set>
#include <string>

namespace plumbline::checker {
namespace {

using Store = std::map<std::string, Value>;

class Twin {
 public:
  Twin(const std::vector<Operation>& operations, bool sequences)
      : operations_(operations), sequences_(sequences), done_(operations.size(), false) {
    for (const Operation& op : operations) {
      if (op.outcome == Outcome::kOk && effect_of(op) == Effect::kSome) owned_.insert(*op.revision);
    }
  }

  bool explains(const Store& store, std::int64_t now) {
    bool all_done = true;
    for (std::size_t i = 0; i < operations_.size(); ++i)
      all_done = all_done && (done_[i] || free(i));
    if (all_done) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (done_[i] || operations_[i].outcome == Outcome::kFail || !may_be_next(i)) continue;
      done_[i] = true;
      const bool found = place(operations_[i], store, now);
      done_[i] = false;
      if (found) return true;
    }
    return false;
  }

 private:
  bool free(std::size_t i) const { return operations_[i].outcome != Outcome::kOk; }

  bool precedes(std::size_t i, std::size_t j) const {
    const Operation& first = operations_[i];
    return first.outcome == Outcome::kOk && first.returned_at < operations_[j].invoked_at;
  }

  bool may_be_next(std::size_t i) const {
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      if (done_[j] && precedes(i, j)) return false;
      if (!done_[j] && !free(j) && precedes(j, i)) return false;
    }
    return true;
  }

  std::int64_t first_unclaimed_after(std::int64_t revision) const {
    do ++revision;
    while (owned_.contains(revision));
    return revision;
  }

  bool place(const Operation& op, const Store& store, std::int64_t now) {
    Store after = store;
    if (op.outcome == Outcome::kUnknown) {
      return effect_of(op) == Effect::kMaybe && apply(op, after) &&
             explains(after, first_unclaimed_after(now));
    }
    const std::int64_t revision = *op.revision;
    const bool changes = effect_of(op) == Effect::kSome;
    if (changes && revision <= now) return false;
    if (!changes && revision < now) return false;
    if (!apply(op, after)) return false;
    // What a delete removed that does not say so is a change, unless somebody else made that one.
    if (effect_of(op) == Effect::kMaybe && after != store) {
      if (revision <= now || owned_.contains(revision)) return false;
    }
    return explains(after, revision);
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

  bool apply(const Operation& op, Store& store) const {
    const auto at = store.find(op.key.str());
    const Value now = at == store.end() ? Value() : at->second;
    const bool ok = op.outcome == Outcome::kOk;
    switch (op.function) {
      case Function::kRead:
      case Function::kGet: return now == normal(op.results[0]);
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
        if (!ok && !holds) return false;
        if (holds) assign(store, op.key, normal(op.arguments[1]));
        if (!ok) return true;
        if (op.results[0].truth() != holds) return false;
        return op.results.size() < 2 || now == normal(op.results[1]);
      }
      default: return false;
    }
  }

  const std::vector<Operation>& operations_;
  bool sequences_;
  std::vector<bool> done_;
  std::set<std::int64_t> owned_;
};

}  // namespace

bool brute_force_replays(const std::vector<Operation>& operations, bool sequences) {
  // There is room for changes below the first revision known, but none below 1 if that is above.
  std::int64_t before_all = 0;
  for (const Operation& op : operations) {
    if (op.revision && *op.revision <= 0) before_all = -100;
  }
  return Twin(operations, sequences).explains({}, before_all);
}

}  // namespace plumbline::checker
