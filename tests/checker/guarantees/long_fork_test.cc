// All readers see the writes happen in one order.

#include "checker/guarantees/long_fork.h"

#include <algorithm>
#include <map>

#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

using Steps = std::vector<Value>;

Value step(const char* what, Value key, Value value) {
  return list_of({what, std::move(key), std::move(value)});
}

HistoryBuilder::Call write(HistoryBuilder& h, std::int64_t client, Value key, std::int64_t ms) {
  return h.call(client, Function::kTxn, "", {step("w", std::move(key), 1)}, ms);
}

void written(HistoryBuilder& h, std::int64_t client, const char* key, std::int64_t ms) {
  write(h, client, key, ms).ok(ms + 10, {step("w", key, 1)});
}

// A read of keys that answers with what is seen of each: 1 or nil.
void read(HistoryBuilder& h, std::int64_t client, const std::vector<std::pair<Value, Value>>& seen,
          std::int64_t ms) {
  Steps asked;
  Steps told;
  for (const auto& [key, value] : seen) {
    asked.push_back(step("r", key, Value()));
    told.push_back(step("r", key, value));
  }
  h.call(client, Function::kTxn, "", asked, ms).ok(ms + 10, told);
}

const Value kAbsent;

TEST(LongFork, ReadersThatSeeMoreAndMoreAgree) {
  HistoryBuilder h;
  written(h, 1, "x", 0);
  write(h, 2, "y", 0).unknown(10);
  read(h, 3, {{"x", kAbsent}, {"y", kAbsent}}, 20);
  read(h, 4, {{"y", kAbsent}, {"x", 1}}, 20);
  read(h, 5, {{"x", 1}, {"y", 1}}, 20);
  read(h, 3, {{"x", kAbsent}, {"y", kAbsent}}, 40);  // Stale, but no fork.
  EXPECT_EQ(verdict_of("long-fork", h), Verdict::kValid);
}

TEST(LongFork, TwoReadersMayNotDisagree) {
  HistoryBuilder h;
  written(h, 1, "x", 0);
  written(h, 2, "y", 0);
  read(h, 3, {{"x", 1}, {"y", kAbsent}}, 20);
  read(h, 4, {{"y", 1}, {"x", kAbsent}}, 25);
  expect_violation(
      reports_of("long-fork", h), "long-fork",
      "no order of the writes of keys \"x\" and \"y\" explains two reads because txn(, [\"r\", "
      "\"x\", nil], [\"r\", \"y\", nil]) by c3, called at 0.020 s, saw \"x\" but not \"y\", and "
      "txn(, [\"r\", \"y\", nil], [\"r\", \"x\", nil]) by c4, called at 0.025 s, saw \"y\" but not "
      "\"x\"",
      {0, 1, 2, 3});
}

TEST(LongFork, ReadsOfDifferentKeysCanContradictInARing) {
  HistoryBuilder h;
  read(h, 1, {{"x", 1}, {"y", kAbsent}}, 0);
  read(h, 2, {{"y", 1}, {"z", kAbsent}}, 20);
  EXPECT_EQ(verdict_of("long-fork", h), Verdict::kValid);
  read(h, 3, {{"z", 1}, {"x", kAbsent}}, 40);
  const auto reports = reports_of("long-fork", h);
  EXPECT_EQ(reports[0].verdict, Verdict::kInvalid);
  EXPECT_EQ(reports[0].topic, "long-fork");
  EXPECT_EQ(reports[0].witness, (Indices{0, 1, 2}));
}

TEST(LongFork, IsUnknownIfAKeyHasTwoValues) {
  HistoryBuilder written_twice;
  written(written_twice, 1, "x", 0);
  written(written_twice, 1, "x", 20);
  EXPECT_EQ(verdict_of("long-fork", written_twice), Verdict::kUnknown);
  EXPECT_EQ(reports_of("long-fork", written_twice)[0].sentence,
            "not judged because each key must be written once, and of key \"x\" txn(, [\"w\", "
            "\"x\", 1]) by c1, called at 0.000 s, and txn(, [\"w\", \"x\", 1]) by c1, called at "
            "0.020 s, both write it");
  HistoryBuilder seen_twice;
  read(seen_twice, 1, {{"x", 1}}, 0);
  read(seen_twice, 1, {{"x", 2}}, 20);
  EXPECT_EQ(verdict_of("long-fork", seen_twice), Verdict::kUnknown);
  HistoryBuilder failed;
  write(failed, 1, "x", 0).fail(10);
  written(failed, 1, "x", 20);
  EXPECT_EQ(verdict_of("long-fork", failed), Verdict::kValid);
}

// Whether some order of the keys makes each read see exactly a beginning of it.
bool twin_has_order(const History& history, std::vector<Value> keys) {
  std::sort(keys.begin(), keys.end());
  do {
    bool good = true;
    for (const Operation& op : history.operations) {
      bool missed = false;
      for (const Value& key : keys) {
        for (const Value& told : op.results) {
          if (told.list()[0] != Value("r") || told.list()[1] != key) continue;
          good &= !missed || told.list()[2].is_nil();
          missed |= told.list()[2].is_nil();
        }
      }
    }
    if (good) return true;
  } while (std::next_permutation(keys.begin(), keys.end()));
  return false;
}

TEST(LongFork, AgreesWithItsTwinOnRandomHistories) {
  std::map<bool, int> seen;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    Dice dice(seed);
    std::vector<Value> unwritten = {0, 1, 2, 3};
    const std::vector<Value> keys = unwritten;
    std::map<Value, Value> store;
    const bool all_keys = dice.percent(50);
    const auto choose = [&](Operation& op) {
      op.function = Function::kTxn;
      if (dice.percent(40) && !unwritten.empty()) {
        op.arguments = Steps{step("w", unwritten.back(), 1)};
        unwritten.pop_back();
        return;
      }
      Steps steps;
      for (const Value& key : keys) {
        if (all_keys || dice.percent(60)) steps.push_back(step("r", key, Value()));
      }
      op.arguments = steps;
    };
    const auto act = [&](Operation& op) {
      Steps told;
      for (const Value& asked : op.arguments) {
        const Value::List& one = asked.list();
        if (one[0] == Value("w")) store[one[1]] = one[2];
        told.push_back(list_of({one[0], one[1], store[one[1]]}));
      }
      op.results = told;
    };
    History history = simulated({}, dice, choose, act);
    const bool honest = dice.percent(30);
    for (int lies = 0; !honest && lies < 3; ++lies) {
      Operation* op = some_answered(history, Function::kTxn, dice);
      if (op == nullptr || op->arguments[0].list()[0] == Value("w")) continue;
      Steps told(op->results.begin(), op->results.end());
      Value::List one = told.back().list();
      one[2] = one[2].is_nil() ? Value(1) : Value();
      told[told.size() - 1] = Value(std::move(one));
      std::rotate(told.begin(), told.end() - 1, told.end());
      Steps asked(op->arguments.begin(), op->arguments.end());
      std::rotate(asked.begin(), asked.end() - 1, asked.end());
      op->results = told;
      op->arguments = asked;
    }
    const bool order = twin_has_order(history, keys);
    EXPECT_TRUE(order || !honest);
    EXPECT_EQ(verdict_of("long-fork", history), order ? Verdict::kValid : Verdict::kInvalid)
        << "seed " << seed << all_of(history);
    ++seen[order];
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(seen[true], 500);
  EXPECT_GT(seen[false], 500);
}

}  // namespace
}  // namespace plumbline::checker
