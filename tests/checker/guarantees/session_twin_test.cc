// The session guarantees against dumb twins: every order of the versions is tried, every pair of
// operations is compared.

#include <algorithm>
#include <map>
#include <optional>

#include "checker/guarantees/session_guarantees.h"
#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

bool comes_before(const Operation& a, const Operation& b) {
  const bool listed = &a < &b;
  return listed && a.process == b.process && a.outcome == Outcome::kOk &&
         a.returned_at <= b.invoked_at;
}

bool may_write(const Operation& op) { return effect_of(op) != Effect::kNone; }

// --- By value
// -------------------------------------------------------------------------------------

// One key of a register. nil is a version like any other, unless somebody wrote it.
class Register {
 public:
  explicit Register(const History& history) : operations_(history.operations) {
    std::map<Value, int> writers;
    for (const Operation& op : operations_) {
      if (!may_write(op) || written_value(op) == nullptr) continue;
      ++writers[*written_value(op)];
      writer_[*written_value(op)] = &op;
    }
    writers.try_emplace(Value(), 1);
    if (writer_.contains(Value())) writers[Value()] = 2;
    for (const auto& [value, count] : writers) {
      if (count == 1) versions_.push_back(value);
    }
  }

  const std::vector<Value>& versions() const { return versions_; }

  std::optional<Value> seen(const Operation& op) const {
    const Value* shown = shown_value(op);
    if (shown == nullptr || !is_version(*shown)) return std::nullopt;
    if (!shown->is_nil() && writer_.at(*shown)->invoked_at >= op.returned_at) return std::nullopt;
    return *shown;
  }

  std::optional<Value> made(const Operation& op) const {
    const Value* written = may_write(op) ? written_value(op) : nullptr;
    if (written == nullptr || !is_version(*written)) return std::nullopt;
    return *written;
  }

  // Whether `order` agrees with what any history proves.
  bool agrees(const std::vector<Value>& order) const {
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (order[i].is_nil()) {
        if (i > 0) return false;
        continue;
      }
      const Operation& writer = *writer_.at(order[i]);
      if (writer.function != Function::kCas || !is_version(writer.arguments[0])) continue;
      if (place(order, writer.arguments[0]) > i) return false;
    }
    return true;
  }

  bool agrees_with_time(const std::vector<Value>& order) const {
    for (const Operation& a : operations_) {
      for (const Operation& b : operations_) {
        const bool before = a.outcome == Outcome::kOk && a.returned_at < b.invoked_at;
        if (!before || !made(a) || !made(b)) continue;
        if (place(order, *made(a)) > place(order, *made(b))) return false;
      }
    }
    return true;
  }

  // Whether `order` is as the rule demands of a session, or of all.
  bool keeps(Rule rule, const std::vector<Value>& order,
             std::optional<std::int64_t> session) const {
    const bool earlier_made = rule == Rule::kReadYourWrites || rule == Rule::kMonotonicWrites;
    const bool later_made = rule == Rule::kMonotonicWrites || rule == Rule::kWritesFollowReads;
    for (const Operation& a : operations_) {
      for (const Operation& b : operations_) {
        if (!comes_before(a, b) || (session && a.process != *session)) continue;
        const auto earlier = earlier_made ? made(a) : seen(a);
        const auto later = later_made ? made(b) : seen(b);
        if (earlier && later && place(order, *earlier) > place(order, *later)) return false;
      }
    }
    return true;
  }

 private:
  bool is_version(const Value& value) const {
    return std::find(versions_.begin(), versions_.end(), value) != versions_.end();
  }
  static std::size_t place(const std::vector<Value>& order, const Value& value) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), value) - order.begin());
  }

  const std::vector<Operation>& operations_;
  std::map<Value, const Operation*> writer_;
  std::vector<Value> versions_;
};

// Every order of the versions that agrees with what is proved.
std::vector<std::vector<Value>> orders_of(const Register& key, bool real_time) {
  std::vector<std::vector<Value>> orders;
  std::vector<Value> order = key.versions();
  std::sort(order.begin(), order.end());
  do {
    if (key.agrees(order) && (!real_time || key.agrees_with_time(order))) orders.push_back(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return orders;
}

bool twin_keeps(const Register& key, const std::vector<std::vector<Value>>& orders, Rule rule,
                bool together) {
  const auto possible = [&](std::optional<std::int64_t> session) {
    return std::any_of(orders.begin(), orders.end(),
                       [&](const auto& order) { return key.keeps(rule, order, session); });
  };
  if (together) return possible(std::nullopt);
  return possible(0) && possible(1) && possible(2);
}

TEST(SessionTwin, TriesEveryOrderOfTheVersions) {
  std::map<std::pair<Rule, bool>, int> seen;
  for (std::uint64_t seed = 0; seed < 8000; ++seed) {
    Dice dice(seed);
    RandomShape shape;
    shape.operations = 8;
    shape.unique_values = dice.percent(80);
    History history = linearizable_history(shape, dice);
    for (int i = 0; i < 2; ++i) history = tampered(std::move(history), dice);
    const Register key(history);
    const bool real_time = dice.percent(30);
    const bool together = real_time || dice.percent(40);
    const auto orders = orders_of(key, real_time);
    // Comparisons that held in a circle, or against real time, leave no order at all.
    if (orders_of(key, false).empty()) continue;
    GuaranteeOptions options;
    options.agreed_order = together;
    options.real_time_writes = real_time;
    for (const RuleInfo& rule : kRules) {
      const bool kept = twin_keeps(key, orders, rule.rule, together);
      const Verdict verdict = verdict_of(rule.name, history, options);
      EXPECT_EQ(verdict == Verdict::kInvalid, !kept)
          << rule.name << ", seed " << seed << ", together " << together << ", real time "
          << real_time << all_of(history);
      ++seen[{rule.rule, kept}];
    }
    if (::testing::Test::HasFailure()) return;
  }
  for (const RuleInfo& rule : kRules) {
    EXPECT_GT((seen[{rule.rule, true}]), 1000) << rule.name;
    EXPECT_GT((seen[{rule.rule, false}]), 20) << rule.name;
  }
}

// --- By revision
// ----------------------------------------------------------------------------------

bool same_content(const Value& a, const Value& b) {
  const auto list = [](const Value& v) {
    return v.is_list() ? v.list() : v.is_nil() ? Value::List{} : Value::List{v};
  };
  return list(a) == list(b);
}

bool is_change(const Operation& op) {
  if (op.function == Function::kCas && same_content(op.arguments[0], op.arguments[1])) return false;
  return effect_of(op) == Effect::kSome;
}

// The content that the key certainly has at the revision of an answer.
std::optional<Value> content_at(const Operation& op) {
  if (op.outcome != Outcome::kOk || !op.revision) return std::nullopt;
  if (!is_change(op)) {
    return shown_value(op) == nullptr ? std::nullopt : std::optional<Value>(*shown_value(op));
  }
  if (op.function == Function::kAppend) return std::nullopt;
  return op.function == Function::kDelete ? Value() : *written_value(op);
}

// Whether the key certainly has another version at revision `from` than at the later one `to`.
bool changed(const History& history, std::int64_t from, std::int64_t to) {
  for (const Operation& a : history.operations) {
    if (a.outcome != Outcome::kOk || !a.revision || *a.revision > to) continue;
    if (is_change(a) && *a.revision > from) return true;
    for (const Operation& b : history.operations) {
      const auto one = content_at(a);
      const auto other = content_at(b);
      if (!one || !other || *a.revision < from || *b.revision < from || *b.revision > to) continue;
      if (!same_content(*one, *other)) return true;
    }
  }
  return false;
}

// Two answers that cannot both be true of one revision.
bool revisions_lie(const History& history) {
  for (const Operation& a : history.operations) {
    for (const Operation& b : history.operations) {
      const bool told = a.outcome == Outcome::kOk && b.outcome == Outcome::kOk && a.revision;
      if (&a >= &b || !told || a.revision != b.revision) continue;
      if (is_change(a) && is_change(b)) return true;
      if (content_at(a) && content_at(b) && !same_content(*content_at(a), *content_at(b))) {
        return true;
      }
    }
  }
  return false;
}

// The revisions at which an operation saw and made what it did. A cas sees what was there before.
std::optional<std::int64_t> seen_at(const Operation& op) {
  if (op.outcome != Outcome::kOk || !op.revision || shown_value(op) == nullptr) return std::nullopt;
  return is_change(op) ? *op.revision - 1 : *op.revision;
}
std::optional<std::int64_t> made_at(const Operation& op) {
  if (op.outcome != Outcome::kOk || !op.revision || !is_change(op)) return std::nullopt;
  return *op.revision;
}

bool twin_keeps_by_revision(const History& history, Rule rule) {
  const bool earlier_made = rule == Rule::kReadYourWrites || rule == Rule::kMonotonicWrites;
  const bool later_made = rule == Rule::kMonotonicWrites || rule == Rule::kWritesFollowReads;
  for (const Operation& a : history.operations) {
    for (const Operation& b : history.operations) {
      if (!comes_before(a, b)) continue;
      const auto earlier = earlier_made ? made_at(a) : seen_at(a);
      const auto later = later_made ? made_at(b) : seen_at(b);
      if (earlier && later && *later < *earlier && changed(history, *later, *earlier)) return false;
    }
  }
  return true;
}

TEST(SessionTwin, ComparesEveryPairByRevision) {
  std::map<std::pair<Rule, bool>, int> seen;
  for (std::uint64_t seed = 0; seed < 8000; ++seed) {
    Dice dice(seed);
    RandomShape shape;
    shape.operations = 9;
    shape.map = true;
    shape.revisions = true;
    shape.unique_values = dice.percent(50);
    History history = linearizable_history(shape, dice);
    // Revisions grow twofold, so that a shifted one often lands between two others.
    for (Operation& op : history.operations) {
      if (op.revision) op.revision = 2 * *op.revision + 10;
    }
    for (int i = 0; i < 3; ++i) {
      const auto n = static_cast<std::int64_t>(history.operations.size());
      Operation& op = history.operations[static_cast<std::size_t>(dice.below(n))];
      if (op.revision) op.revision = *op.revision + dice.below(12) - 6;
    }
    const bool any = std::any_of(history.operations.begin(), history.operations.end(),
                                 [](const Operation& op) { return op.revision.has_value(); });
    if (!any || revisions_lie(history)) continue;
    for (const RuleInfo& rule : kRules) {
      const bool kept = twin_keeps_by_revision(history, rule.rule);
      const Verdict verdict = verdict_of(rule.name, history);
      EXPECT_EQ(verdict == Verdict::kInvalid, !kept)
          << rule.name << ", seed " << seed << all_of(history);
      ++seen[{rule.rule, kept}];
    }
    if (::testing::Test::HasFailure()) return;
  }
  for (const RuleInfo& rule : kRules) {
    EXPECT_GT((seen[{rule.rule, true}]), 500) << rule.name;
    EXPECT_GT((seen[{rule.rule, false}]), 200) << rule.name;
  }
}

// --- By length
// ------------------------------------------------------------------------------------

Value::List list_in(const Operation& read) {
  const Value& shown = *shown_value(read);
  return shown.is_list() ? shown.list() : shown.is_nil() ? Value::List{} : Value::List{shown};
}

// The longest list read; nothing if the lists are not its beginnings or repeat a token.
std::optional<Value::List> longest_list(const History& history) {
  Value::List longest;
  for (const Operation& op : history.operations) {
    if (shown_value(op) != nullptr && list_in(op).size() > longest.size()) longest = list_in(op);
  }
  for (const Operation& op : history.operations) {
    if (shown_value(op) == nullptr) continue;
    const Value::List list = list_in(op);
    if (!std::equal(list.begin(), list.end(), longest.begin())) return std::nullopt;
  }
  Value::List sorted = longest;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return longest;
}

std::optional<std::size_t> place_in(const Value::List& longest, const Operation& op, bool made) {
  if (!made) {
    if (shown_value(op) == nullptr) return std::nullopt;
    return list_in(op).size();
  }
  if (op.function != Function::kAppend || op.outcome == Outcome::kFail) return std::nullopt;
  const auto at = std::find(longest.begin(), longest.end(), op.arguments[0]);
  if (at == longest.end() && op.outcome != Outcome::kOk) return std::nullopt;
  return static_cast<std::size_t>(at - longest.begin()) + 1;
}

TEST(SessionTwin, ComparesEveryPairByLength) {
  std::map<std::pair<Rule, bool>, int> seen;
  for (std::uint64_t seed = 0; seed < 12000; ++seed) {
    Dice dice(seed);
    RandomShape shape;
    shape.operations = 9;
    shape.map = true;
    shape.only_appends = true;
    History history = linearizable_history(shape, dice);
    for (int i = 0; i < 3; ++i) {
      Operation* op = some_answered(history, Function::kGet, dice);
      Value::List list = op == nullptr ? Value::List{} : list_in(*op);
      if (list.empty()) continue;
      if (dice.percent(60)) list.pop_back();
      op->results = {Value(std::move(list))};
    }
    // Exchanging two tokens in the appends is exchanging them in all lists.
    Operation& a = history.operations[static_cast<std::size_t>(dice.below(9))];
    Operation& b = history.operations[static_cast<std::size_t>(dice.below(9))];
    const bool appends = a.function == Function::kAppend && b.function == Function::kAppend;
    if (appends && dice.percent(50)) std::swap(a.arguments, b.arguments);
    const auto longest = longest_list(history);
    if (!longest) continue;
    for (const RuleInfo& rule : kRules) {
      bool kept = true;
      for (const Operation& one : history.operations) {
        for (const Operation& other : history.operations) {
          if (!comes_before(one, other)) continue;
          const auto earlier = place_in(*longest, one, rule.earlier == &SessionStep::made);
          const auto later = place_in(*longest, other, rule.later == &SessionStep::made);
          if (earlier && later && *later < *earlier) kept = false;
        }
      }
      const Verdict verdict = verdict_of(rule.name, history);
      EXPECT_EQ(verdict == Verdict::kInvalid, !kept)
          << rule.name << ", seed " << seed << all_of(history);
      ++seen[{rule.rule, kept}];
    }
    if (::testing::Test::HasFailure()) return;
  }
  for (const RuleInfo& rule : kRules) {
    EXPECT_GT((seen[{rule.rule, true}]), 500) << rule.name;
    EXPECT_GT((seen[{rule.rule, false}]), 40) << rule.name;
  }
}

}  // namespace
}  // namespace plumbline::checker
