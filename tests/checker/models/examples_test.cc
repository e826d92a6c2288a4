// Pairs of a good and a bad history for each model.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "checker/history/requests.h"
#include "checker/linear/key_case.h"
#include "checker/linear/linear.h"
#include "checker/linear/models.h"
#include "tests/checker/support/builder.h"

namespace plumbline::checker {
namespace {

constexpr std::uint64_t kBudget = 100'000;

Report judge(std::string_view model, const History& history) {
  EXPECT_FALSE(fault_of(history)) << *fault_of(history);
  return check_linearizability(requests_of(history), *model_named(model), {.step_budget = kBudget})
      .front();
}

void expect_good(std::string_view model, const History& history) {
  const Report report = judge(model, history);
  EXPECT_EQ(report.verdict, Verdict::kValid) << report.sentence;
}

void expect_bad(std::string_view model, const History& history,
                const std::vector<std::uint64_t>& witness) {
  const Report report = judge(model, history);
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.witness, witness) << report.sentence;
  EXPECT_NE(report.sentence.find("because"), std::string::npos);
}

Verdict judge_from(std::string_view model, const Value& initial, const History& history) {
  const std::vector<Request> requests = requests_of(history);
  std::vector<const Request*> all;
  for (const Request& request : requests) all.push_back(&request);
  return KeyCase(*model_named(model), all, {initial}).judge({.step_budget = kBudget}).verdict;
}

Value step(const char* what, const char* key, const Value& value) {
  return list_of({what, key, value});
}

class Book : public HistoryBuilder {
 public:
  Call on(std::int64_t p, Function function, std::vector<Value> arguments, std::int64_t ms) {
    return call(p, function, "x", std::move(arguments), ms);
  }
  Call acquire(std::int64_t p, std::int64_t ms) { return on(p, Function::kAcquire, {}, ms); }
  Call release(std::int64_t p, std::int64_t ms) { return on(p, Function::kRelease, {}, ms); }
  Call enqueue(std::int64_t p, Value v, std::int64_t ms) {
    return on(p, Function::kEnqueue, {std::move(v)}, ms);
  }
  Call dequeue(std::int64_t p, std::int64_t ms) { return on(p, Function::kDequeue, {}, ms); }
  Call drain(std::int64_t p, std::int64_t ms) { return on(p, Function::kDrain, {}, ms); }
  Call add(std::int64_t p, Value v, std::int64_t ms) {
    return on(p, Function::kAdd, {std::move(v)}, ms);
  }
  Call remove(std::int64_t p, Value v, std::int64_t ms) {
    return on(p, Function::kRemove, {std::move(v)}, ms);
  }
  Call txn(std::int64_t p, std::vector<Value> steps, std::int64_t ms) {
    return call(p, Function::kTxn, "", std::move(steps), ms);
  }
};

TEST(Register, StartsAtTheGivenValueAndForgetsIt) {
  Book good;
  good.read(1, 0).ok(5, {0});
  good.write(1, 7, 10).ok(20);
  good.read(2, 30).ok(40, {7});
  EXPECT_EQ(judge_from("register", 0, good), Verdict::kValid);
  expect_bad("register", good, {0});

  Book bad = good;
  bad.read(2, 50).ok(60, {0});
  EXPECT_EQ(judge_from("register", 0, bad), Verdict::kInvalid);
}

TEST(Mutex, IsHeldByOneAtATime) {
  Book good;
  good.acquire(1, 0).ok(10);
  good.acquire(2, 5).ok(40);
  good.release(1, 20).ok(30);
  expect_good("mutex", good);

  Book bad;
  bad.acquire(1, 0).ok(10);
  bad.acquire(2, 5).ok(40);
  bad.release(1, 50).ok(60);
  expect_bad("mutex", bad, {0, 1});
  EXPECT_NE(judge("mutex", bad).sentence.find("the value can only have been locked"),
            std::string::npos);
}

TEST(Mutex, IsNotReleasedUnlessHeld) {
  Book good;
  good.acquire(1, 0).unknown(10);
  good.release(2, 20).ok(30);
  expect_good("mutex", good);

  Book bad;
  bad.acquire(1, 0).fail(10);
  bad.release(2, 20).ok(30);
  expect_bad("mutex", bad, {1});
  EXPECT_EQ(judge_from("mutex", "locked", bad), Verdict::kValid);
}

TEST(OwnedMutex, IsReleasedByItsHolderOnly) {
  Book good;
  good.acquire(1, 0).ok(10);
  good.release(1, 20).ok(30);
  good.acquire(2, 40).ok(50);
  expect_good("owned-mutex", good);

  Book bad;
  bad.acquire(1, 0).ok(10);
  bad.release(2, 20).ok(30);
  expect_good("mutex", bad);
  expect_bad("owned-mutex", bad, {1});
}

TEST(Queue, GivesBackInOrder) {
  Book good;
  good.enqueue(1, "a", 0).ok(10);
  good.enqueue(2, "b", 5).ok(15);
  good.dequeue(3, 20).ok(30, {"b"});
  good.dequeue(3, 40).ok(50, {"a"});
  good.dequeue(3, 60).ok(70, {Value()});
  expect_good("queue", good);

  Book bad;
  bad.enqueue(1, "a", 0).ok(10);
  bad.enqueue(2, "b", 15).ok(18);
  bad.dequeue(3, 20).ok(30, {"b"});
  bad.dequeue(3, 40).ok(50, {"a"});
  expect_bad("queue", bad, {0, 1, 2});
  expect_good("unordered-queue", bad);
}

TEST(Queue, LosesAndInventsAndDoublesNothing) {
  Book lost;
  lost.enqueue(1, "a", 0).ok(10);
  lost.dequeue(2, 20).ok(30, {Value()});
  expect_bad("queue", lost, {0, 1});
  expect_bad("unordered-queue", lost, {0, 1});

  Book taken_by_somebody;
  taken_by_somebody.enqueue(1, "a", 0).ok(10);
  taken_by_somebody.dequeue(3, 12).unknown(15);
  taken_by_somebody.dequeue(2, 20).ok(30, {Value()});
  expect_good("queue", taken_by_somebody);
  expect_good("unordered-queue", taken_by_somebody);

  Book invented;
  invented.dequeue(2, 20).ok(30, {"a"});
  expect_bad("queue", invented, {0});
  EXPECT_EQ(judge_from("queue", list_of({"a"}), invented), Verdict::kValid);

  Book doubled;
  doubled.enqueue(1, "a", 0).ok(10);
  doubled.dequeue(2, 20).ok(30, {"a"});
  doubled.dequeue(3, 20).ok(30, {"a"});
  expect_bad("queue", doubled, {0, 1, 2});
  expect_bad("unordered-queue", doubled, {0, 1, 2});
}

TEST(Queue, DrainsEverything) {
  Book good;
  good.enqueue(1, "a", 0).ok(10);
  good.enqueue(1, "b", 12).ok(15);
  good.drain(2, 20).ok(30, {list_of({"a", "b"})});
  good.dequeue(2, 40).ok(50, {Value()});
  expect_good("queue", good);

  Book bad;
  bad.enqueue(1, "a", 0).ok(10);
  bad.enqueue(1, "b", 12).ok(15);
  bad.drain(2, 20).ok(30, {list_of({"b", "a"})});
  expect_bad("queue", bad, {0, 1, 2});
  expect_good("unordered-queue", bad);
}

TEST(Set, IsReadWholeInAnyOrder) {
  Book good;
  good.add(1, 1, 0).ok(10);
  good.add(2, 2, 5).ok(15);
  good.read(3, 8).ok(9, {list_of({2})});
  good.read(3, 20).ok(30, {list_of({2, 1})});
  good.remove(1, 2, 40).ok(50, {true});
  good.read(3, 60).ok(70, {list_of({1})});
  expect_good("set", good);

  Book lost;
  lost.add(1, 1, 0).ok(10);
  lost.read(3, 20).ok(30, {list_of({})});
  expect_bad("set", lost, {0, 1});

  Book twice;
  twice.add(1, 1, 0).ok(10);
  twice.read(3, 20).ok(30, {list_of({1, 1})});
  expect_bad("set", twice, {0, 1});
  EXPECT_NE(judge("set", twice).sentence.find("can only have been [1]"), std::string::npos)
      << judge("set", twice).sentence;

  Book disagree;
  disagree.add(1, 1, 0).ok(100);
  disagree.add(2, 2, 0).ok(100);
  disagree.read(3, 20).ok(30, {list_of({1})});
  disagree.read(4, 20).ok(30, {list_of({2})});
  expect_bad("set", disagree, {0, 1, 2, 3});
}

TEST(Counter, CountsEveryAddOnce) {
  Book good;
  good.add(1, 2, 0).ok(10);
  good.add(2, 3, 5).unknown(15);
  good.read(3, 20).ok(30, {2});
  good.read(3, 40).ok(50, {5});
  expect_good("counter", good);

  Book back;
  back.add(1, 2, 0).ok(10);
  back.add(2, 3, 5).unknown(15);
  back.read(3, 20).ok(30, {5});
  back.read(3, 40).ok(50, {2});
  expect_bad("counter", back, {2, 3});

  Book lost;
  lost.add(1, 2, 0).ok(10);
  lost.read(3, 20).ok(30, {0});
  expect_bad("counter", lost, {0, 1});
  EXPECT_EQ(judge_from("counter", -2, lost), Verdict::kValid);
}

TEST(MultiRegister, TransactionsHappenAtOneInstant) {
  Book good;
  good.txn(1, {step("w", "x", 1), step("w", "y", 1)}, 0)
      .ok(10, {step("w", "x", 1), step("w", "y", 1)});
  good.txn(2, {step("r", "x", {}), step("r", "y", {})}, 5)
      .ok(15, {step("r", "x", {}), step("r", "y", {})});
  good.txn(2, {step("r", "x", {}), step("w", "x", 2), step("r", "x", {})}, 20)
      .ok(30, {step("r", "x", 1), step("w", "x", 2), step("r", "x", 2)});
  expect_good("multi-register", good);

  Book torn;
  torn.txn(1, {step("w", "x", 1), step("w", "y", 1)}, 0)
      .ok(10, {step("w", "x", 1), step("w", "y", 1)});
  torn.txn(2, {step("r", "x", {}), step("r", "y", {})}, 5)
      .ok(15, {step("r", "x", 1), step("r", "y", {})});
  expect_bad("multi-register", torn, {0, 1});
  EXPECT_EQ(judge("multi-register", torn).sentence.find("the history is not linearizable"), 0U);
}

TEST(KeyValue, AppendsMakeAStringLonger) {
  Book good;
  good.append(1, "x 0 0 y", 0).ok(10);
  good.append(2, "x 1 0 y", 5).ok(15);
  good.get(3, 20).ok(30, {"x 1 0 yx 0 0 y"});
  good.put(3, "z", 40).ok(50);
  good.get(3, 60).ok(70, {"z"});
  expect_good("key-value", good);

  Book bad;
  bad.append(1, "x 0 0 y", 0).ok(10);
  bad.append(2, "x 1 0 y", 12).ok(15);
  bad.get(3, 20).ok(30, {"x 1 0 yx 0 0 y"});
  expect_bad("key-value", bad, {0, 1, 2});
}

TEST(KeyValue, StringsThatCanBeCutInSeveralWaysAreJudgedAsTheyAre) {
  Book good;
  good.append(1, "a", 0).ok(10);
  good.append(2, "aa", 5).unknown(15);
  good.append(1, "a", 12).ok(18);
  good.get(3, 20).ok(30, {"aa"});
  good.get(3, 40).ok(50, {"aaaa"});
  expect_good("key-value", good);

  Book bad;
  bad.append(1, "a", 0).ok(10);
  bad.append(2, "aa", 5).unknown(15);
  bad.append(1, "a", 12).ok(18);
  bad.get(3, 20).ok(30, {"aaa"});
  EXPECT_EQ(judge("key-value", bad).verdict, Verdict::kInvalid);
}

TEST(KeyValue, AnAbsentKeyReadsAsTheInitialString) {
  Book absent;
  absent.get(1, 0).ok(10, {""});
  absent.append(1, "a", 20).ok(30);
  absent.erase(1, 40).ok(50);
  absent.get(1, 60).ok(70, {""});
  EXPECT_EQ(judge_from("key-value", "", absent), Verdict::kValid);
  EXPECT_EQ(judge_from("key-value", {}, absent), Verdict::kInvalid);
}

TEST(ModelFor, TheAnswersTellSetsFromCounters) {
  Book set;
  set.add(1, 1, 0).ok(10);
  set.read(1, 20).ok(30, {list_of({1})});
  EXPECT_EQ(model_for(set)->name, "set");
  Book counter;
  counter.add(1, 1, 0).ok(10);
  counter.read(1, 20).ok(30, {1});
  EXPECT_EQ(model_for(counter)->name, "counter");
}

}  // namespace
}  // namespace plumbline::checker
