// What goes into a queue comes out, at most once, and nothing else does.

#include "checker/guarantees/queue.h"

#include <algorithm>
#include <map>

#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

HistoryBuilder::Call enqueue(HistoryBuilder& h, std::int64_t client, Value element,
                             std::int64_t ms) {
  return h.call(client, Function::kEnqueue, "q", {std::move(element)}, ms);
}
HistoryBuilder::Call dequeue(HistoryBuilder& h, std::int64_t client, std::int64_t ms) {
  return h.call(client, Function::kDequeue, "q", {}, ms);
}
HistoryBuilder::Call drain(HistoryBuilder& h, std::int64_t client, std::int64_t ms) {
  return h.call(client, Function::kDrain, "q", {}, ms);
}

TEST(Queue, GivesOutWhatWentInAndPerhapsWhatIsUnknown) {
  for (const bool recovered : {false, true}) {
    HistoryBuilder h;
    enqueue(h, 1, 1, 10).ok(20);
    enqueue(h, 2, 2, 10).unknown(20);
    enqueue(h, 3, 3, 10).fail(20);
    enqueue(h, 1, 1, 30).ok(40);  // Equal elements are counted.
    dequeue(h, 2, 50).ok(60, {1});
    drain(h, 3, 70).ok(80, {recovered ? list_of({1, 2}) : list_of({1})});
    EXPECT_EQ(verdict_of("queue", h), Verdict::kValid);
  }
}

TEST(Queue, LosesNothingOnceItIsDrained) {
  HistoryBuilder h;
  enqueue(h, 1, 1, 10).ok(20);
  enqueue(h, 1, 2, 30).ok(40);
  dequeue(h, 2, 50).ok(60, {2});
  const auto undrained = reports_of("queue", h);
  EXPECT_EQ(undrained[0].verdict, Verdict::kUnknown);
  EXPECT_EQ(undrained[0].sentence,
            "key q is not judged because 1 acknowledged element did not come out, and it was never "
            "drained; the first is that of enqueue(q, 1) by c1, called at 0.010 s");
  dequeue(h, 2, 70).ok(80, {Value()});
  expect_violation(reports_of("queue", h), "lost-element",
                   "key q lost 1 because enqueue(q, 1) by c1, returned at 0.020 s, was answered, "
                   "nothing took it, and dequeue(q) by c2, called at 0.070 s, left nothing",
                   {0, 3});
}

TEST(Queue, CountsEqualElements) {
  HistoryBuilder h;
  enqueue(h, 1, 7, 10).ok(20);
  enqueue(h, 1, 7, 30).ok(40);
  drain(h, 2, 50).ok(60, {list_of({7})});
  expect_violation(
      reports_of("queue", h), "lost-element",
      "key q lost 7 because enqueue(q, 7) by c1, returned at 0.020 s, was answered, of 2 "
      "equal ones 1 were taken, and drain(q) by c2, called at 0.050 s, left nothing",
      {0, 2});
}

TEST(Queue, WhatWasEnqueuedBesideTheDrainMayStillBeThere) {
  HistoryBuilder h;
  enqueue(h, 1, 1, 10).ok(30);
  drain(h, 2, 20).ok(40, {list_of({})});
  EXPECT_EQ(verdict_of("queue", h), Verdict::kValid);
}

TEST(Queue, GivesOutNothingTwice) {
  HistoryBuilder h;
  enqueue(h, 1, 1, 10).ok(20);
  dequeue(h, 2, 30).ok(40, {1});
  dequeue(h, 3, 30).ok(45, {1});
  expect_violation(
      reports_of("queue", h), "duplicate",
      "key q gave out 1 more than once because dequeue(q) by c2, called at 0.030 s, and "
      "dequeue(q) by c3, called at 0.030 s, both took it, although by then it had been "
      "asked for 1 time, first by enqueue(q, 1) by c1, called at 0.010 s",
      {0, 1, 2});
  HistoryBuilder drained;
  enqueue(drained, 1, 1, 10).ok(20);
  drain(drained, 2, 30).ok(40, {list_of({1, 1})});
  EXPECT_EQ(reports_of("queue", drained)[0].topic, "duplicate");
}

TEST(Queue, GivesOutNothingThatNobodyPutIn) {
  HistoryBuilder nobody;
  dequeue(nobody, 3, 30).ok(40, {1});
  expect_violation(
      reports_of("queue", nobody), "unexpected-element",
      "key q gave out 1 because dequeue(q) by c3, called at 0.030 s, took it, although "
      "nobody asked to enqueue it",
      {0});
  HistoryBuilder later;
  dequeue(later, 3, 30).ok(40, {1});
  enqueue(later, 3, 1, 50).ok(60);
  EXPECT_EQ(reports_of("queue", later)[0].witness, (Indices{0, 1}));
  HistoryBuilder failed;
  enqueue(failed, 3, 1, 10).fail(20);
  dequeue(failed, 3, 30).ok(40, {1});
  EXPECT_EQ(reports_of("queue", failed)[0].topic, "unexpected-element");
}

TEST(Queue, UnknownDequeuesAccountForOneElementEach) {
  HistoryBuilder h;
  enqueue(h, 1, 1, 10).ok(20);
  enqueue(h, 2, 2, 10).ok(20);
  dequeue(h, 1, 30).unknown(40);
  drain(h, 3, 50).ok(60, {list_of({2})});
  EXPECT_EQ(verdict_of("queue", h), Verdict::kValid);

  HistoryBuilder two;
  enqueue(two, 1, 1, 10).ok(20);
  enqueue(two, 2, 2, 10).ok(20);
  dequeue(two, 1, 30).unknown(40);
  drain(two, 3, 50).ok(60, {list_of({})});
  expect_violation(reports_of("queue", two), "lost-element",
                   "key q lost elements because 2 acknowledged elements did not come out, drain(q) "
                   "by c3, called at 0.050 s, left nothing, and dequeues whose outcome is unknown "
                   "took at most 1; the first is that of enqueue(q, 1) by c1, called at 0.010 s",
                   {0, 3});

  HistoryBuilder drained;
  enqueue(drained, 1, 1, 10).ok(20);
  drain(drained, 2, 30).unknown(40);
  drain(drained, 3, 50).ok(60, {list_of({})});
  EXPECT_EQ(verdict_of("queue", drained), Verdict::kValid);
}

TEST(Queue, AttemptsUnderOneIdentityAreOneEnqueue) {
  HistoryBuilder h;
  enqueue(h, 1, 1, 10).unknown(20).session(7, 1);
  enqueue(h, 1, 1, 30).ok(40).session(7, 1);
  drain(h, 2, 50).ok(60, {list_of({1, 1})});
  EXPECT_EQ(reports_of("queue", h)[0].topic, "duplicate");
}

// --- Twin
// -----------------------------------------------------------------------------------------

struct Take {
  Value element;
  std::int64_t returned_at;
};

// Whether each take can have an enqueue of its own, by trying all ways.
bool each_has_its_own(const std::vector<Take>& takes, std::vector<const Operation*> enqueues) {
  if (takes.empty()) return true;
  for (std::size_t i = 0; i < enqueues.size(); ++i) {
    const Operation& op = *enqueues[i];
    if (op.arguments[0] != takes[0].element || op.invoked_at > takes[0].returned_at) continue;
    std::vector<const Operation*> others = enqueues;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    if (each_has_its_own({takes.begin() + 1, takes.end()}, others)) return true;
  }
  return false;
}

Verdict twin(const History& history) {
  std::vector<Take> takes;
  std::vector<const Operation*> enqueues;
  const Operation* drained = nullptr;
  std::int64_t unknown = 0;
  for (const Operation& op : history.operations) {
    const bool dequeue = op.function == Function::kDequeue;
    if (op.function == Function::kEnqueue) {
      if (op.outcome != Outcome::kFail) enqueues.push_back(&op);
      continue;
    }
    if (op.outcome == Outcome::kUnknown) unknown += dequeue ? 1 : 1000;
    if (op.outcome != Outcome::kOk) continue;
    if (!dequeue || op.results[0].is_nil()) drained = &op;
    if (dequeue && !op.results[0].is_nil()) takes.push_back({op.results[0], op.returned_at});
    if (dequeue) continue;
    for (const Value& element : op.results[0].list()) takes.push_back({element, op.returned_at});
  }
  if (!each_has_its_own(takes, enqueues)) return Verdict::kInvalid;
  std::map<Value, std::int64_t> due;
  for (const Operation* op : enqueues) {
    const bool counts = op->outcome == Outcome::kOk &&
                        (drained == nullptr || op->returned_at < drained->invoked_at);
    if (counts) ++due[op->arguments[0]];
  }
  for (const Take& take : takes) --due[take.element];
  std::int64_t missing = 0;
  for (const auto& [element, count] : due) missing += std::max<std::int64_t>(count, 0);
  if (missing == 0 || unknown >= 1000) return Verdict::kValid;
  if (drained == nullptr) return Verdict::kUnknown;
  return missing > unknown ? Verdict::kInvalid : Verdict::kValid;
}

// Another element, none, or one more in a drain.
void tamper(History& history, Dice& dice) {
  if (Operation* op = some_answered(history, Function::kDequeue, dice)) {
    op->results = {dice.percent(30) ? Value() : Value(dice.below(4))};
  }
  if (Operation* op = some_answered(history, Function::kDrain, dice)) {
    Value::List list = op->results[0].list();
    if (dice.percent(50) && !list.empty()) list.pop_back();
    if (dice.percent(50)) list.push_back(dice.below(4));
    op->results = {Value(std::move(list))};
  }
}

TEST(Queue, AgreesWithItsTwinOnRandomHistories) {
  std::map<Verdict, int> seen;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    Dice dice(seed);
    std::vector<Value> content;
    const auto choose = [&](Operation& op) {
      op.key = "q";
      const std::int64_t what = dice.below(10);
      op.function = what < 5   ? Function::kEnqueue
                    : what < 9 ? Function::kDequeue
                               : Function::kDrain;
      if (op.function == Function::kEnqueue) op.arguments = {dice.below(4)};
    };
    const auto act = [&](Operation& op) {
      if (op.function == Function::kEnqueue) {
        content.push_back(op.arguments[0]);
      } else if (op.function == Function::kDrain) {
        op.results = {Value(content)};
        content.clear();
      } else if (content.empty()) {
        op.results = {Value()};
      } else {
        op.results = {content.front()};
        content.erase(content.begin());
      }
    };
    History history = simulated({}, dice, choose, act);
    const bool honest = dice.percent(50);
    if (!honest) tamper(history, dice);
    const Verdict verdict = verdict_of("queue", history);
    EXPECT_EQ(verdict, twin(history)) << "seed " << seed << all_of(history);
    EXPECT_FALSE(honest && verdict == Verdict::kInvalid) << "seed " << seed << all_of(history);
    ++seen[verdict];
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(seen[Verdict::kInvalid], 500);
  EXPECT_GT(seen[Verdict::kValid], 500);
  EXPECT_GT(seen[Verdict::kUnknown], 50);
}

}  // namespace
}  // namespace plumbline::checker
