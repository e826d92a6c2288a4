#include "tests/checker/support/mvcc_history.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "checker/mvcc/journal.h"

namespace plumbline::checker::mvcc {
namespace {

Value list(std::vector<Value> items) { return Value(std::move(items)); }

Value tree(std::vector<Value> fixed, std::vector<Value> options) {
  fixed.insert(fixed.end(), options.begin(), options.end());
  return Value(std::move(fixed));
}

Value event_value(const Event& event, bool prev_kv) {
  const Value previous = prev_kv && event.previous ? to_value(*event.previous) : Value();
  if (!event.is_delete()) return list({"put", to_value(event.kv), previous});
  return list({"delete", list({Value(event.kv.key), event.kv.mod_revision}), previous});
}

struct Planned {
  Operation operation;
  std::optional<std::int64_t> effect_at;
};

// A lease with the moment it ends, if it ends by itself.
struct Lease {
  std::int64_t id = 0;
  std::int64_t ttl_s = 0;
  std::int64_t kept_from = 0;  // When it was renewed last.
  bool alive = false;
};

class Generator {
 public:
  Generator(const MvccShape& shape, Dice& dice) : shape_(shape), dice_(dice) {}

  History generate() {
    std::vector<std::int64_t> free_at(static_cast<std::size_t>(shape_.clients), 0);
    for (int i = 0; i < shape_.operations; ++i) plan(free_at);
    end_ = *std::max_element(free_at.begin(), free_at.end()) + 10 * kSecond;
    take_effect();
    for (int i = 0; i < shape_.watches; ++i) watch(shape_.clients + i);
    for (int i = 0; i < shape_.states; ++i) state(shape_.clients + shape_.watches + i);
    return sorted();
  }

 private:
  std::int64_t pause() { return dice_.below(shape_.gap_max + 1) * shape_.unit; }
  std::string some_key() {
    return std::string(1, static_cast<char>('a' + dice_.below(shape_.keys)));
  }

  void plan(std::vector<std::int64_t>& free_at) {
    const auto client = static_cast<std::size_t>(dice_.below(shape_.clients));
    Planned planned;
    Operation& op = planned.operation;
    op.process = static_cast<std::int64_t>(client);
    op.invoked_at = free_at[client] + pause();
    op.returned_at = op.invoked_at + pause();
    free_at[client] = op.returned_at + 1;
    choose(op);
    planned.effect_at = op.invoked_at + dice_.below(op.returned_at - op.invoked_at + 1);
    op.outcome = Outcome::kOk;
    if (dice_.percent(shape_.fail_percent)) {
      op.outcome = Outcome::kFail;
      planned.effect_at.reset();
    } else if (dice_.percent(shape_.unknown_percent)) {
      op.outcome = Outcome::kUnknown;
      planned.effect_at = op.invoked_at + dice_.below(5 * shape_.gap_max * shape_.unit);
      if (dice_.percent(40)) planned.effect_at.reset();
    }
    plan_.push_back(std::move(planned));
  }

  void choose(Operation& op) {
    const std::int64_t n = dice_.below(100);
    if (shape_.leases > 0 && n < 12) return choose_lease(op);
    if (shape_.compactions > 0 && n < 12 + shape_.compactions) {
      op.function = Function::kCompact;
      op.arguments = {Value(0)};  // Chosen when it takes effect.
      return;
    }
    op.function = Function::kKv;
    op.arguments = {dice_.percent(shape_.read_percent)  ? some_range(true)
                    : dice_.percent(shape_.txn_percent) ? some_txn(1)
                                                        : some_write()};
  }

  void choose_lease(Operation& op) {
    const std::int64_t id = 1 + dice_.below(shape_.leases);
    const std::int64_t n = dice_.below(4);
    op.function = n == 0   ? Function::kLeaseRevoke
                  : n == 1 ? Function::kLeaseKeepAlive
                           : Function::kLeaseGrant;
    op.arguments = {Value(id)};
    if (op.function == Function::kLeaseGrant) op.arguments = {Value(id), Value(1 + dice_.below(3))};
  }

  Value some_range(bool alone) {
    std::vector<Value> options;
    if (alone && dice_.percent(shape_.serializable_percent)) {
      options.push_back(option("serializable", true));
    } else if (alone && dice_.percent(shape_.named_percent)) {
      options.push_back(option("revision", 1 + dice_.below(8)));
    }
    if (dice_.percent(15)) options.push_back(option("limit", 1 + dice_.below(2)));
    if (dice_.percent(10)) options.push_back(option("keys_only", true));
    if (dice_.percent(10)) options.push_back(option("count_only", true));
    if (dice_.percent(10)) options.push_back(option("sort", "mod"));
    if (dice_.percent(10)) options.push_back(option("min_mod", 3));
    if (dice_.percent(10)) options.push_back(option("descend", true));
    return range(some_key(), dice_.percent(40) ? "z" : "", options);
  }

  Value some_write() {
    std::vector<Value> options;
    if (dice_.percent(shape_.prev_percent)) options.push_back(option("prev_kv", true));
    if (dice_.percent(20)) return erase(some_key(), dice_.percent(30) ? "z" : "", options);
    if (shape_.leases > 0 && dice_.percent(30)) {
      options.push_back(option("lease", 1 + dice_.below(shape_.leases)));
    }
    return put(some_key(), Value(++counter_), options);
  }

  Value some_compare() {
    const std::string key = some_key();
    switch (dice_.below(4)) {
      case 0: return list({"version", dice_.percent(50) ? "=" : ">", Value(key), dice_.below(3)});
      case 1: return list({"mod", "<", Value(key), 2 + dice_.below(10)});
      case 2: return list({"value", "=", Value(key), std::max<std::int64_t>(1, counter_ - 1)});
      default: return list({"create", "!=", Value(key), 0, Value("z")});
    }
  }

  // Writes of different keys: a store refuses others.
  Value some_txn(int depth) {
    std::vector<Value> branches[2];
    for (auto& branch : branches) {
      if (dice_.percent(60)) branch.push_back(some_range(false));
      if (dice_.percent(70)) branch.push_back(put("a", Value(++counter_)));
      if (dice_.percent(40)) branch.push_back(put("b", Value(++counter_)));
      if (dice_.percent(20)) branch.push_back(erase("c"));
      if (depth > 0 && dice_.percent(15)) {
        branch.push_back(txn({some_compare()}, {put("d", Value(++counter_))}, {}));
      }
    }
    std::vector<Value> compares = {some_compare()};
    if (dice_.percent(30)) compares.push_back(some_compare());
    return txn(compares, branches[0], branches[1]);
  }

  void take_effect() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      if (plan_[i].effect_at) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return *plan_[a].effect_at < *plan_[b].effect_at;
    });
    for (const std::size_t i : order) {
      expire(*plan_[i].effect_at);
      answer(plan_[i].operation, *plan_[i].effect_at);
      made_at(*plan_[i].effect_at);
    }
    expire(end_);
    for (Planned& planned : plan_) {
      if (planned.operation.outcome == Outcome::kOk) continue;
      planned.operation.results.clear();
      planned.operation.revision.reset();
    }
  }

  // Notes when the store reached its present revision.
  void made_at(std::int64_t at) {
    while (static_cast<std::int64_t>(times_.size()) < store_.revision()) times_.push_back(at);
  }

  void expire(std::int64_t now) {
    std::vector<std::pair<std::int64_t, std::int64_t>> due;
    for (auto& [id, lease] : leases_) {
      const std::int64_t at = lease.kept_from + lease.ttl_s * kSecond;
      if (lease.alive && at < now) due.emplace_back(at, id);
    }
    std::sort(due.begin(), due.end());
    for (const auto& [at, id] : due) {
      store_.end_lease(id);
      leases_[id].alive = false;
      made_at(at);
    }
  }

  void answer(Operation& op, std::int64_t now) {
    switch (op.function) {
      case Function::kKv: answer_kv(op); break;
      case Function::kCompact: {
        const std::int64_t to = 1 + dice_.below(store_.revision());
        op.arguments = {Value(to)};
        if (to <= store_.compacted()) {
          op.results = {list({"error", "compacted"})};
          return;
        }
        store_.compact(to);
        op.results = {};
        break;
      }
      default: answer_lease(op, now);
    }
    if (!op.results.empty() && op.results[0].is_list() &&
        op.results[0].list()[0] == Value("error")) {
      return;
    }
    op.revision = store_.revision();
  }

  void answer_kv(Operation& op) {
    const KvRequest request = parse_request(op.arguments[0]);
    bool known = true;
    for_each_request(request, [&](const KvRequest& inner) {
      if (inner.lease != 0) known = known && leases_[inner.lease].alive;
    });
    op.results = {known ? to_value(store_.apply(request)) : list({"error", "lease-not-found"})};
  }

  // A lease whose number was used before is granted under the next that was not: a lease ends once.
  void answer_lease(Operation& op, std::int64_t now) {
    Lease& lease = leases_[op.arguments[0].number()];
    lease.id = op.arguments[0].number();
    switch (op.function) {
      case Function::kLeaseGrant:
        if (lease.ttl_s != 0) {
          op.results = {list({"error", "lease-exists"})};
          return;
        }
        lease.ttl_s = op.arguments[1].number();
        lease.alive = true;
        lease.kept_from = now;
        op.results = {Value(lease.id), Value(lease.ttl_s)};
        return;
      case Function::kLeaseKeepAlive:
        if (lease.alive) lease.kept_from = now;
        op.results = {Value(lease.alive ? lease.ttl_s : 0)};
        return;
      default:
        if (!lease.alive) {
          op.results = {list({"error", "lease-not-found"})};
          return;
        }
        store_.end_lease(lease.id);
        lease.alive = false;
        op.results = {};
    }
  }

  void watch(std::int64_t process) {
    Operation op;
    op.process = process;
    op.function = Function::kWatch;
    op.outcome = Outcome::kOk;
    op.returned_at = end_ + kSecond;
    const std::string key = some_key();
    const bool all = dice_.percent(60);
    const bool prev_kv = dice_.percent(50);
    const std::int64_t start = std::max<std::int64_t>(store_.compacted(), 1 + dice_.below(4));
    std::vector<Value> request = {"watch", Value(all ? "a" : key), all ? Value("z") : Value(),
                                  option("start", start)};
    if (prev_kv) request.push_back(option("prev_kv", true));
    op.arguments = {Value(std::move(request))};
    op.results = watched(all ? Interval{"a", "z"} : Interval{key, ""}, start, prev_kv);
    op.returned_at = std::max(op.returned_at, op.results.back().list()[1].number());
    plan_.push_back({std::move(op), std::nullopt});
  }

  std::vector<Value> watched(const Interval& keys, std::int64_t start, bool prev_kv) {
    std::vector<Value> responses = {list({"created", 0, 1})};
    std::int64_t now = 0;
    for (std::int64_t r = start; r <= store_.revision(); ++r) {
      now = std::max(now, times_[static_cast<std::size_t>(r - 1)]) + dice_.below(kSecond);
      std::vector<Value> events;
      for (const Event& event : store_.events(keys, r, r)) {
        events.push_back(event_value(event, prev_kv));
      }
      if (!events.empty()) responses.push_back(list({"events", now, r, Value(events)}));
      if (dice_.percent(10)) responses.push_back(list({"progress", now, r}));
    }
    return responses;
  }

  void state(std::int64_t process) {
    Operation op;
    op.process = process;
    op.function = Function::kState;
    op.invoked_at = end_ + kSecond;
    op.returned_at = end_ + 2 * kSecond;
    op.outcome = Outcome::kOk;
    op.set_server("n" + std::to_string(process));
    std::vector<Value> kvs;
    for (const KeyValue& one : store_.state_at({"a", "z"}, store_.revision())) {
      kvs.push_back(to_value(one));
    }
    op.results = {list({"state", store_.revision(), Value(kvs)})};
    plan_.push_back({std::move(op), std::nullopt});
  }

  History sorted() {
    History history;
    for (Planned& planned : plan_) history.operations.push_back(std::move(planned.operation));
    std::stable_sort(
        history.operations.begin(), history.operations.end(),
        [](const Operation& a, const Operation& b) { return a.invoked_at < b.invoked_at; });
    return history;
  }

  const MvccShape& shape_;
  Dice& dice_;
  std::vector<Planned> plan_;
  MvccModel store_;
  std::map<std::int64_t, Lease> leases_;
  std::vector<std::int64_t> times_ = {0};  // When each revision was made, from 1.
  std::int64_t counter_ = 0;
  std::int64_t end_ = 0;
};

// Changes one number or truth value somewhere within; false if there is none.
bool change_somewhere(Value& value, Dice& dice) {
  if (value.is_int()) {
    value = Value(std::max<std::int64_t>(0, value.number() + dice.below(5) - 2));
    return true;
  }
  if (value.is_bool()) {
    value = Value(!value.truth());
    return true;
  }
  if (!value.is_list() || value.list().empty()) return false;
  Value::List list = value.list();
  const auto at = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(list.size())));
  const bool changed = change_somewhere(list[at], dice);
  if (changed) value = Value(std::move(list));
  return changed;
}

}  // namespace

History with_a_lie(History history, Dice& dice) {
  const History before = history;
  const auto n = static_cast<std::int64_t>(history.operations.size());
  Operation& op = history.operations[static_cast<std::size_t>(dice.below(n))];
  switch (dice.below(4)) {
    case 0:
      if (op.revision) op.revision = *op.revision + dice.below(3) - 1;
      break;
    case 1:
      if (op.outcome == Outcome::kOk && op.function == Function::kKv) {
        op.outcome = dice.percent(50) ? Outcome::kFail : Outcome::kUnknown;
        op.results.clear();
        op.revision.reset();
      }
      break;
    default:
      for (int i = 0; i < 5 && !op.results.empty(); ++i) {
        if (change_somewhere(op.results[0], dice)) break;
      }
  }
  return fault_of(history) ? before : history;
}

History mvcc_history(const MvccShape& shape, Dice& dice) {
  return Generator(shape, dice).generate();
}

Value option(const char* name, Value value) { return list({Value(name), std::move(value)}); }

Value put(std::string_view key, Value value, std::vector<Value> options) {
  return tree({"put", Value(key), std::move(value)}, std::move(options));
}

Value range(std::string_view key, std::string_view end, std::vector<Value> options) {
  return tree({"range", Value(key), end.empty() ? Value() : Value(end)}, std::move(options));
}

Value erase(std::string_view key, std::string_view end, std::vector<Value> options) {
  return tree({"delete", Value(key), end.empty() ? Value() : Value(end)}, std::move(options));
}

Value txn(std::vector<Value> compares, std::vector<Value> then, std::vector<Value> otherwise) {
  return list(
      {"txn", Value(std::move(compares)), Value(std::move(then)), Value(std::move(otherwise))});
}

Value kv(std::string_view key, Value value, std::int64_t create, std::int64_t mod,
         std::int64_t version, std::int64_t lease) {
  return list({Value(key), std::move(value), create, mod, version, lease});
}

}  // namespace plumbline::checker::mvcc
