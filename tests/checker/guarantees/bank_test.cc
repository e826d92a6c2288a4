// The total of a bank is the same in every read; balances stay where they may be.

#include "checker/guarantees/bank.h"

#include <set>

#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

Value balances(std::vector<std::pair<Value, Value>> accounts) {
  Value::List list;
  for (auto& [account, balance] : accounts) list.push_back(list_of({account, balance}));
  return Value(std::move(list));
}

GuaranteeOptions two_accounts() {
  GuaranteeOptions options;
  options.total = 10;
  options.accounts = {0, 1};
  return options;
}

HistoryBuilder good_bank() {
  HistoryBuilder h;
  h.call(1, Function::kRead, "", {}, 10).ok(20, {balances({{0, 10}, {1, 0}})});
  h.call(2, Function::kTransfer, "", {0, 1, 3}, 30).unknown(40);
  h.call(3, Function::kTransfer, "", {1, 0, 9}, 30).fail(40);
  return h;
}

TEST(Bank, KeepsItsTotalWhateverBecameOfTransfers) {
  HistoryBuilder h = good_bank();
  h.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{0, 7}, {1, 3}})});
  EXPECT_EQ(verdict_of("bank", h, two_accounts()), Verdict::kValid);
}

TEST(Bank, SaysWhichReadFirstShowsAWrongTotalAndByHowMuch) {
  HistoryBuilder h = good_bank();
  h.call(1, Function::kRead, "", {}, 50).ok(70, {balances({{0, 9}, {1, 3}})});
  h.call(4, Function::kRead, "", {}, 55).ok(60, {balances({{0, 7}, {1, 0}})});
  const auto reports = reports_of("bank", h, two_accounts());
  ASSERT_EQ(reports.size(), 2U);
  expect_violation(
      reports, "wrong-total",
      "the bank is wrong because in the answer to read() by c4, called at 0.055 s, its "
      "balances add up to 7 instead of 10, 3 too little; read() by c1, returned at "
      "0.020 s, was the last right one; transfer(, 0, 1, 3) by c2, called at 0.030 s, "
      "moves just that amount",
      {0, 1, 4});
}

TEST(Bank, WithoutATotalTheFirstReadSetsIt) {
  HistoryBuilder h = good_bank();
  h.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{0, 7}, {1, 4}})});
  EXPECT_EQ(reports_of("bank", h)[0].topic, "wrong-total");
}

TEST(Bank, RefusesNegativeBalancesUnlessTheyAreAllowed) {
  HistoryBuilder h = good_bank();
  h.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{0, 12}, {1, -2}})});
  expect_violation(reports_of("bank", h, two_accounts()), "negative-balance",
                   "the bank is wrong because in the answer to read() by c1, called at 0.050 s, "
                   "account 1 has -2; read() by c1, returned at 0.020 s, was the last right one",
                   {0, 3});
  GuaranteeOptions allowed = two_accounts();
  allowed.allow_negative = true;
  EXPECT_EQ(verdict_of("bank", h, allowed), Verdict::kValid);
}

TEST(Bank, RefusesAccountsThatAreNone) {
  HistoryBuilder unknown = good_bank();
  unknown.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{0, 8}, {2, 2}})});
  EXPECT_EQ(reports_of("bank", unknown, two_accounts())[0].topic, "wrong-account");
  HistoryBuilder twice = good_bank();
  twice.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{0, 5}, {0, 5}})});
  EXPECT_EQ(reports_of("bank", twice, two_accounts())[0].topic, "wrong-account");
  HistoryBuilder nothing = good_bank();
  nothing.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{0, 10}, {1, Value()}})});
  EXPECT_EQ(reports_of("bank", nothing, two_accounts())[0].topic, "nil-balance");
  HistoryBuilder spelled = good_bank();
  spelled.call(1, Function::kRead, "", {}, 50).ok(60, {balances({{"0", 10}, {"1", 0}})});
  EXPECT_EQ(verdict_of("bank", spelled, two_accounts()), Verdict::kValid);
}

TEST(Bank, SumsThatDoNotFitAreWrong) {
  HistoryBuilder h = good_bank();
  h.call(1, Function::kRead, "", {}, 50)
      .ok(60, {balances({{0, Value(INT64_MAX)}, {1, Value(INT64_MAX)}})});
  h.call(1, Function::kRead, "", {}, 70).ok(80, {balances({{0, Value(INT64_MIN)}, {1, 0}})});
  for (const Report& report : reports_of("bank", h, two_accounts())) {
    EXPECT_EQ(report.topic, "wrong-total");
  }
}

TEST(Bank, IsUnknownWhenNobodyReadOrAnAnswerIsNoBank) {
  HistoryBuilder h;
  h.call(2, Function::kTransfer, "", {0, 1, 3}, 30).ok(40);
  EXPECT_EQ(verdict_of("bank", h), Verdict::kUnknown);
  h.call(2, Function::kRead, "", {}, 50).ok(60, {7});
  EXPECT_EQ(verdict_of("bank", h), Verdict::kUnknown);
}

TEST(Bank, ExplainsTheEarliestFindingsAndCountsTheRest) {
  HistoryBuilder h;
  for (int i = 0; i < 20; ++i) {
    h.call(1, Function::kRead, "", {}, 10 * i).ok(10 * i + 5, {balances({{0, 10 + i}})});
  }
  const auto reports = reports_of("bank", h);
  ASSERT_EQ(reports.size(), 9U);
  EXPECT_EQ(reports[0].witness, (Indices{0, 1}));
  EXPECT_EQ(reports[7].witness, (Indices{0, 8}));
  EXPECT_EQ(reports[8].sentence,
            "11 more findings, not explained because 8 suffice; 19 in all: 19 wrong-total");
}

// Straight from the definition: the first thing wrong with each read, as a set of indexes.
bool twin_is_wrong(const Operation& read, const GuaranteeOptions& options) {
  std::set<Value> accounts(options.accounts.begin(), options.accounts.end());
  std::set<Value> seen;
  std::int64_t total = 0;
  for (const Value& entry : read.results[0].list()) {
    if (!accounts.contains(entry.list()[0]) || !seen.insert(entry.list()[0]).second) return true;
    if (entry.list()[1].is_nil()) return true;
    if (entry.list()[1].number() < 0 && !options.allow_negative) return true;
    total += entry.list()[1].number();
  }
  return total != *options.total;
}

TEST(Bank, AgreesWithItsTwinOnRandomHistories) {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Dice dice(seed);
    std::vector<std::int64_t> bank = {6, 4, 0};
    const auto choose = [&](Operation& op) {
      op.function = dice.percent(50) ? Function::kRead : Function::kTransfer;
      if (op.function == Function::kTransfer) {
        op.arguments = {dice.below(3), dice.below(3), dice.below(4)};
      }
    };
    const auto act = [&](Operation& op) {
      if (op.function == Function::kTransfer) {
        bank[static_cast<std::size_t>(op.arguments[0].number())] -= op.arguments[2].number();
        bank[static_cast<std::size_t>(op.arguments[1].number())] += op.arguments[2].number();
        return;
      }
      op.results = {balances({{0, bank[0]}, {1, bank[1]}, {2, bank[2]}})};
    };
    History history = simulated({}, dice, choose, act);
    GuaranteeOptions options;
    options.total = 10;
    options.accounts = {0, 1, 2};
    options.allow_negative = dice.percent(50);
    if (Operation* op = some_answered(history, Function::kRead, dice)) {
      Value::List list = op->results[0].list();
      const Value other = dice.percent(20) ? Value() : Value(dice.below(9) - 1);
      list[0] = list_of({dice.percent(80) ? Value(0) : Value(dice.below(5)), other});
      if (dice.percent(50)) op->results = {Value(std::move(list))};
    }
    std::set<std::uint64_t> expected;
    int reads = 0;
    for (std::uint64_t i = 0; i < history.operations.size(); ++i) {
      const Operation& op = history.operations[i];
      if (op.function != Function::kRead || op.outcome != Outcome::kOk) continue;
      ++reads;
      if (twin_is_wrong(op, options)) expected.insert(i);
    }
    const Verdict verdict = reads == 0         ? Verdict::kUnknown
                            : expected.empty() ? Verdict::kValid
                                               : Verdict::kInvalid;
    EXPECT_EQ(verdict_of("bank", history, options), verdict) << "seed " << seed << all_of(history);
    wrong += verdict == Verdict::kInvalid;
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(wrong, 300);
}

}  // namespace
}  // namespace plumbline::checker
