// What was added to a set is in the final read (set), or in every read from some time on
// (set-full).

#include "checker/guarantees/set.h"

#include <map>
#include <set>

#include "checker/guarantees/set_full.h"
#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

HistoryBuilder::Call add(HistoryBuilder& h, std::int64_t client, Value element, std::int64_t ms) {
  return h.call(client, Function::kAdd, "x", {std::move(element)}, ms);
}

GuaranteeOptions linearizable() {
  GuaranteeOptions options;
  options.linearizable = true;
  return options;
}

TEST(Set, TheFinalReadHoldsWhatWasAddedAndPerhapsWhatIsUnknown) {
  for (const bool recovered : {false, true}) {
    HistoryBuilder h;
    add(h, 1, 1, 10).ok(20);
    add(h, 2, 2, 10).unknown(20);
    add(h, 3, 3, 10).fail(20);
    h.read(1, 30).ok(40, {list_of({})});  // Not the final one.
    h.read(1, 50).ok(60, {recovered ? list_of({2, 1}) : list_of({1})});
    EXPECT_EQ(verdict_of("set", h), Verdict::kValid);
    EXPECT_EQ(reports_of("set", h)[0].argument[0],
              recovered ? "elements: 2 attempted, 1 acknowledged, 2 in the final read, 0 lost, 1 "
                          "recovered, 0 unexpected"
                        : "elements: 2 attempted, 1 acknowledged, 1 in the final read, 0 lost, 0 "
                          "recovered, 0 unexpected");
  }
}

TEST(Set, LosesNothingThatWasAcknowledged) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  add(h, 2, 2, 10).ok(30);
  h.read(3, 30).ok(40, {list_of({1})});  // It touches the second add in time.
  EXPECT_EQ(verdict_of("set", h), Verdict::kValid);
  h.read(3, 50).ok(60, {list_of({2})});
  expect_violation(
      reports_of("set", h), "lost-element",
      "key x lost 1 because add(x, 1) by c1, returned at 0.020 s, was answered, and the "
      "final read(x) by c3, called at 0.050 s, did not see it",
      {0, 3});
}

TEST(Set, ShowsNothingThatNobodyAdded) {
  HistoryBuilder nobody;
  nobody.read(3, 50).ok(60, {list_of({7})});
  expect_violation(
      reports_of("set", nobody), "unexpected-element",
      "key x shows 7 because read(x) by c3, called at 0.050 s, saw it, although nobody "
      "asked to add it",
      {0});
  HistoryBuilder failed;
  add(failed, 1, 7, 10).fail(20);
  failed.read(3, 50).ok(60, {list_of({7})});
  expect_violation(
      reports_of("set", failed), "unexpected-element",
      "key x shows 7 because read(x) by c3, called at 0.050 s, saw it, although add(x, "
      "7) by c1, returned at 0.020 s, definitely failed",
      {0, 1});
  HistoryBuilder later;
  later.read(3, 50).ok(60, {list_of({7})});
  add(later, 1, 7, 70).ok(80);
  EXPECT_EQ(reports_of("set", later)[0].witness, (Indices{0, 1}));
}

TEST(Set, IsUnknownWhenNobodyRead) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  h.read(2, 30).unknown(40);
  EXPECT_EQ(verdict_of("set", h), Verdict::kUnknown);
  EXPECT_EQ(reports_of("set", h)[0].sentence,
            "key x is not judged because no read of it was answered");
}

TEST(Set, RemovedElementsAreNotMissed) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  h.call(1, Function::kRemove, "x", {1}, 30).ok(40);
  h.read(2, 50).ok(60, {list_of({})});
  EXPECT_EQ(verdict_of("set", h), Verdict::kValid);
}

TEST(SetFull, AnElementIsLostWhenTheLastReadMissesIt) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  add(h, 2, 2, 10).ok(20);
  h.read(3, 30).ok(40, {list_of({1, 2})});
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kValid);
  h.read(3, 50).ok(60, {list_of({2})});
  h.read(3, 70).ok(80, {list_of({2})});
  const auto reports = reports_of("set-full", h);
  ASSERT_EQ(reports.size(), 1U);
  expect_violation(reports, "lost-element",
                   "key x lost 1 because add(x, 1) by c1, returned at 0.020 s, made it known, "
                   "read(x) by c3, called at 0.030 s, was the last to see it, and read(x) by c3, "
                   "called at 0.050 s, did not see it, nor did any later read",
                   {0, 2, 3});
  EXPECT_EQ(
      reports[0].argument,
      (std::vector<std::string>{
          "elements: 2 attempted, 1 stable, 1 lost, 0 never read, 0 stale, 0 duplicated, 0 "
          "unexpected",
          "stable latency: least 0.000 s, median 0.000 s, 95 of 100 0.000 s, 99 of 100 0.000 "
          "s, greatest 0.000 s",
          "lost latency: least 0.010 s, median 0.010 s, 95 of 100 0.010 s, 99 of 100 0.010 s, "
          "greatest 0.010 s"}));
}

TEST(SetFull, AReadMakesAnUnknownAddKnown) {
  HistoryBuilder h;
  add(h, 1, 1, 10).unknown(20);
  add(h, 2, 2, 10).ok(20);
  h.read(3, 30).ok(40, {list_of({2})});
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kValid);
  h.read(3, 50).ok(60, {list_of({1, 2})});
  h.read(3, 60).ok(70, {list_of({2})});  // At the time it became known: it may have missed it.
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kValid);
  h.read(3, 80).ok(90, {list_of({2})});
  EXPECT_EQ(reports_of("set-full", h)[0].witness, (Indices{0 + 3, 5}));
}

TEST(SetFull, StaleReadsAreInvalidOnlyIfTheSetIsLinearizable) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  h.read(3, 30).ok(40, {list_of({})});
  h.read(3, 50).ok(60, {list_of({1})});
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kValid);
  EXPECT_EQ(reports_of("set-full", h)[0].argument[1],
            "stable latency: least 0.010 s, median 0.010 s, 95 of 100 0.010 s, 99 of 100 0.010 s, "
            "greatest 0.010 s");
  expect_violation(reports_of("set-full", h, linearizable()), "stale-read",
                   "key x was read stale because add(x, 1) by c1, returned at 0.020 s, made 1 "
                   "known, and read(x) by c3, called at 0.030 s, missed it, while read(x) by c3, "
                   "called at 0.050 s, saw it",
                   {0, 1, 2});
}

TEST(SetFull, AnElementIsInASetOnce) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  h.read(3, 30).ok(40, {list_of({1, 1})});
  expect_violation(reports_of("set-full", h), "duplicate",
                   "key x holds 1 more than once because read(x) by c3, called at 0.030 s, saw it "
                   "more than once",
                   {0, 1});
}

TEST(SetFull, IsUnknownWhenNothingIsStableOrLost) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kUnknown);
  h.read(3, 15).ok(40, {list_of({})});  // Called before the element was known.
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kUnknown);
}

TEST(SetFull, KeysAreSetsOfTheirOwnUnlessTheyAreTakenTogether) {
  HistoryBuilder h;
  add(h, 1, 1, 10).ok(20);
  h.call(1, Function::kAdd, "y", {1}, 30).ok(40);
  h.call(1, Function::kRead, "y", {}, 50).ok(60, {list_of({1})});
  EXPECT_EQ(verdict_of("set-full", h), Verdict::kUnknown);  // Nobody read x.
  GuaranteeOptions together;
  together.independent_keys = false;
  EXPECT_EQ(verdict_of("set-full", h, together), Verdict::kValid);
}

// --- Twins
// ----------------------------------------------------------------------------------------

std::set<Value> items(const Operation& read) {
  return {read.results[0].list().begin(), read.results[0].list().end()};
}

std::vector<const Operation*> answered_reads(const History& history) {
  std::vector<const Operation*> reads;
  for (const Operation& op : history.operations) {
    if (op.function == Function::kRead && op.outcome == Outcome::kOk) reads.push_back(&op);
  }
  return reads;
}

std::set<Value> all_elements(const History& history) {
  std::set<Value> all;
  for (const Operation& op : history.operations) {
    if (op.function == Function::kAdd) all.insert(op.arguments[0]);
  }
  for (const Operation* read : answered_reads(history)) all.merge(items(*read));
  return all;
}

Verdict twin_set(const History& history) {
  const auto reads = answered_reads(history);
  if (reads.empty()) return Verdict::kUnknown;
  const Operation* last = reads[0];
  for (const Operation* read : reads) {
    if (read->returned_at >= last->returned_at) last = read;
  }
  for (const Value& element : all_elements(history)) {
    bool tried = false;
    bool due = false;
    for (const Operation& op : history.operations) {
      if (op.function != Function::kAdd || op.arguments[0] != element) continue;
      tried |= op.outcome != Outcome::kFail && op.invoked_at <= last->returned_at;
      due |= op.outcome == Outcome::kOk && op.returned_at < last->invoked_at;
    }
    const bool shown = items(*last).contains(element);
    if ((shown && !tried) || (due && !shown)) return Verdict::kInvalid;
  }
  return Verdict::kValid;
}

enum class Fate { kStable, kLost, kNeverRead };

struct TwinElement {
  Fate fate = Fate::kNeverRead;
  bool stale = false;
};

TwinElement twin_element(const History& history, const Value& element) {
  std::int64_t known = kNever;
  for (const Operation& op : history.operations) {
    if (op.outcome != Outcome::kOk) continue;
    const bool tells =
        op.function == Function::kAdd ? op.arguments[0] == element : items(op).contains(element);
    if (tells) known = std::min(known, op.returned_at);
  }
  const auto reads = answered_reads(history);
  TwinElement twin;
  if (reads.empty()) return twin;
  for (const Operation* read : reads) {
    twin.stale |= read->invoked_at > known && !items(*read).contains(element);
  }
  if (items(*reads.back()).contains(element)) {
    twin.fate = Fate::kStable;
  } else if (known < reads.back()->invoked_at) {
    twin.fate = Fate::kLost;
  }
  return twin;
}

Verdict twin_set_full(const History& history, bool linearizable) {
  std::map<Fate, int> fates;
  bool stale = false;
  for (const Value& element : all_elements(history)) {
    bool attempted = false;
    for (const Operation& op : history.operations) {
      attempted |= op.function == Function::kAdd && op.arguments[0] == element;
    }
    if (!attempted) continue;
    const TwinElement twin = twin_element(history, element);
    ++fates[twin.fate];
    stale |= twin.stale && twin.fate == Fate::kStable;
  }
  for (const Operation* read : answered_reads(history)) {
    if (items(*read).size() != read->results[0].list().size()) return Verdict::kInvalid;
  }
  if (fates[Fate::kLost] > 0) return Verdict::kInvalid;
  if (fates[Fate::kStable] == 0) return Verdict::kUnknown;
  return stale && linearizable ? Verdict::kInvalid : Verdict::kValid;
}

// Drops an element from an answer, puts a wrong one in, or doubles one.
void tamper(History& history, Dice& dice) {
  Operation* op = some_answered(history, Function::kRead, dice);
  if (op == nullptr) return;
  Value::List list = op->results[0].list();
  const std::int64_t how = dice.below(4);
  if (how == 0 && !list.empty()) list.erase(list.begin());
  if (how == 1) list.push_back(dice.below(12));
  if (how == 2 && !list.empty()) list.push_back(list.front());
  op->results = {Value(std::move(list))};
}

TEST(Set, AgreesWithItsTwinsOnRandomHistories) {
  std::map<Verdict, int> seen;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    Dice dice(seed);
    std::set<Value> content;
    const auto choose = [&](Operation& op) {
      op.key = "x";
      op.function = dice.percent(50) ? Function::kRead : Function::kAdd;
      if (op.function == Function::kAdd) op.arguments = {dice.below(8)};
    };
    const auto act = [&](Operation& op) {
      if (op.function == Function::kAdd) {
        content.insert(op.arguments[0]);
      } else {
        op.results = {Value(Value::List(content.begin(), content.end()))};
      }
    };
    History history = simulated({}, dice, choose, act);
    const bool honest = dice.percent(40);
    if (!honest) tamper(history, dice);
    const Verdict full = verdict_of("set-full", history, linearizable());
    EXPECT_EQ(verdict_of("set", history), twin_set(history)) << "seed " << seed << all_of(history);
    EXPECT_EQ(full, twin_set_full(history, true)) << "seed " << seed << all_of(history);
    EXPECT_EQ(verdict_of("set-full", history), twin_set_full(history, false))
        << "seed " << seed << all_of(history);
    EXPECT_FALSE(honest && full == Verdict::kInvalid) << "seed " << seed << all_of(history);
    ++seen[full];
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(seen[Verdict::kInvalid], 500);
  EXPECT_GT(seen[Verdict::kValid], 500);
  EXPECT_GT(seen[Verdict::kUnknown], 50);
}

// --- Faults put into a long good history
// -------------------------------------------------------------

// Clients add 1, 2, 3 ...; every third operation reads all. Every seventh add definitely failed.
History long_run(int operations) {
  HistoryBuilder h;
  Value::List content;
  for (int i = 0; i < operations; ++i) {
    if (i % 3 == 2) {
      h.read(i % 5, 10 * i).ok(10 * i + 8, {Value(content)});
    } else if (i % 7 == 0) {
      add(h, i % 5, i, 10 * i).fail(10 * i + 8);
    } else {
      content.emplace_back(i);
      add(h, i % 5, i, 10 * i).ok(10 * i + 8);
    }
  }
  return h.history();
}

// The answer of the read at `index`, to be changed.
void change(History& history, std::uint64_t index, const std::function<void(Value::List&)>& how) {
  Value::List list = history.operations[index].results[0].list();
  how(list);
  history.operations[index].results = {Value(std::move(list))};
}

constexpr std::uint64_t kLastRead = 299;

TEST(Set, FaultsInALongRunAreFoundOneByOne) {
  const History good = long_run(300);
  EXPECT_EQ(verdict_of("set", good), Verdict::kValid);
  EXPECT_EQ(verdict_of("set-full", good, linearizable()), Verdict::kValid);

  History dropped = good;
  for (std::uint64_t i = 170; i <= kLastRead; i += 3) {
    change(dropped, i, [](Value::List& list) { std::erase(list, Value(100)); });
  }
  expect_violation(reports_of("set-full", dropped), "lost-element",
                   "key x lost 100 because add(x, 100) by c0, returned at 1.008 s, made it known, "
                   "read(x) by c2, called at 1.670 s, was the last to see it, and read(x) by c0, "
                   "called at 1.700 s, did not see it, nor did any later read",
                   {100, 167, 170});
  EXPECT_EQ(reports_of("set", dropped)[0].witness, (Indices{100, kLastRead}));

  History delayed = good;
  change(delayed, 101, [](Value::List& list) { std::erase(list, Value(100)); });
  EXPECT_EQ(verdict_of("set-full", delayed), Verdict::kValid);
  EXPECT_EQ(reports_of("set-full", delayed, linearizable())[0].topic, "stale-read");
  EXPECT_EQ(reports_of("set-full", delayed, linearizable())[0].witness, (Indices{100, 101, 104}));

  History doubled = good;
  change(doubled, 200, [](Value::List& list) { list.emplace_back(100); });
  EXPECT_EQ(reports_of("set-full", doubled)[0].topic, "duplicate");
  EXPECT_EQ(reports_of("set-full", doubled)[0].witness, (Indices{100, 200}));

  History resurrected = good;
  change(resurrected, kLastRead, [](Value::List& list) { list.emplace_back(49); });
  EXPECT_EQ(reports_of("set", resurrected)[0].topic, "unexpected-element");
  EXPECT_EQ(reports_of("set", resurrected)[0].witness, (Indices{49, kLastRead}));
}

}  // namespace
}  // namespace plumbline::checker
