// The store as a machine (checker/mvcc/model.h), and as a model for the exact search
// (checker/linear/mvcc.cc).

#include "checker/mvcc/model.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "checker/linear/linear.h"
#include "checker/linear/models.h"
#include "checker/mvcc/order.h"
#include "checker/mvcc/replay.h"
#include "tests/checker/mvcc/mvcc_builder.h"

namespace plumbline::checker::mvcc {
namespace {

class Store {
 public:
  // The response to a request, as a tree in text.
  std::string ask(Value tree) {
    trees_.push_back(std::move(tree));
    const Value response = to_value(model_.apply(parse_request(trees_.back())));
    return to_text(response);
  }
  MvccModel& model() { return model_; }

 private:
  std::deque<Value> trees_;
  MvccModel model_;
};

TEST(MvccModel, AWriteMakesOneRevision) {
  Store store;
  store.ask(put("a", 1));
  EXPECT_EQ(store.model().revision(), 2);
  store.ask(txn({}, {put("a", 2), put("b", 3)}, {}));
  EXPECT_EQ(store.model().revision(), 3);
  store.ask(erase("zz"));
  store.ask(txn({}, {range("a")}, {}));
  EXPECT_EQ(store.model().revision(), 3);
  EXPECT_EQ(store.ask(range("a", "z")),
            R"(["range", [["a", 2, 2, 3, 2, 0], ["b", 3, 3, 3, 1, 0]], 2, false])");
}

TEST(MvccModel, AKeyMadeAnewBeginsAnew) {
  Store store;
  store.ask(put("a", 1));
  store.ask(put("a", 2));
  EXPECT_EQ(store.ask(erase("a", "", {option("prev_kv", true)})),
            R"(["delete", 1, [["a", 2, 2, 3, 2, 0]]])");
  store.ask(put("a", 3));
  EXPECT_EQ(store.ask(range("a")), R"(["range", [["a", 3, 5, 5, 1, 0]], 1, false])");
  EXPECT_EQ(store.ask(range("a", "", {option("revision", 3)})),
            R"(["range", [["a", 2, 2, 3, 2, 0]], 1, false])");
  EXPECT_EQ(store.ask(range("a", "", {option("revision", 4)})), R"(["range", [], 0, false])");
  EXPECT_EQ(store.ask(range("a", "", {option("revision", 9)})), R"(["error", "future-revision"])");
}

TEST(MvccModel, ACompactedRevisionStaysReadableAndNoneBelow) {
  Store store;
  store.ask(put("a", 1));
  store.ask(put("a", 2));
  store.model().compact(3);
  EXPECT_EQ(store.ask(range("a", "", {option("revision", 2)})), R"(["error", "compacted"])");
  EXPECT_EQ(store.ask(range("a", "", {option("revision", 3)})),
            R"(["range", [["a", 2, 2, 3, 2, 0]], 1, false])");
}

TEST(MvccModel, ALimitCutsAndSaysSo) {
  Store store;
  for (const char* key : {"a", "b", "c"}) store.ask(put(key, 1));
  EXPECT_EQ(store.ask(range("a", "z", {option("limit", 1), option("keys_only", true)})),
            R"(["range", [["a", nil, 2, 2, 1, 0]], 3, true])");
  EXPECT_EQ(store.ask(range("a", "z", {option("count_only", true)})), R"(["range", [], 3, false])");
  EXPECT_EQ(store.ask(range("a", "z", {option("limit", 1), option("descend", true)})),
            R"(["range", [["c", 1, 4, 4, 1, 0]], 3, true])");
}

TEST(MvccModel, ComparesSeeTheStateBeforeAllWrites) {
  Store store;
  const Value inner = txn({list_of({"version", "=", "a", 0})}, {put("b", 1)}, {put("c", 1)});
  EXPECT_EQ(store.ask(txn({}, {put("a", 1), inner}, {})),
            R"(["txn", true, [["put", nil], ["txn", true, [["put", nil]]]]])");
  EXPECT_EQ(store.ask(txn({list_of({"value", "=", "zz", 1})}, {}, {range("b")})),
            R"(["txn", false, [["range", [["b", 1, 2, 2, 1, 0]], 1, false]]])");
  EXPECT_EQ(store.ask(txn({}, {put("a", 1), put("a", 2)}, {})), R"(["error", "duplicate-key"])");
}

TEST(MvccModel, ALeaseTakesItsKeysInOneRevision) {
  Store store;
  store.ask(put("a", 1, {option("lease", 7)}));
  store.ask(put("b", 1, {option("lease", 7)}));
  store.ask(put("b", 2));  // No longer attached.
  EXPECT_EQ(store.model().attached(7), 1);
  EXPECT_EQ(store.model().end_lease(7), 1);
  EXPECT_EQ(store.model().revision(), 5);
  EXPECT_EQ(store.ask(put("c", 1, {option("lease", 7)})), R"(["error", "lease-not-found"])");
  store.model().undo_to(4);
  EXPECT_EQ(store.model().attached(7), 1);
  EXPECT_EQ(store.ask(range("a")), R"(["range", [["a", 1, 2, 2, 1, 7]], 1, false])");
}

TEST(MvccModel, TheExactSearchAgreesWithTheReplay) {
  const ModelInfo* info = model_named("mvcc");
  ASSERT_NE(info, nullptr);
  int invalid = 0;
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    Dice dice(seed);
    MvccShape shape{.operations = 8, .clients = 4, .keys = 2, .watches = 0, .leases = 0};
    shape.serializable_percent = 0;
    History history = mvcc_history(shape, dice);
    if (dice.percent(60)) history = with_a_lie(std::move(history), dice);
    bool refused = false;
    for (const Operation& op : history.operations) {
      refused = refused || (!op.results.empty() && op.results[0].list()[0] == Value("error"));
    }
    if (refused) continue;
    const Journal journal(history);
    const Verdict replayed =
        merge(check_order(journal).verdict, replay(journal, {}).report.verdict);
    const auto reports =
        check_linearizability(requests_of(history), *info, {.step_budget = 1'000'000});
    ASSERT_EQ(reports[0].verdict, replayed) << seed << reports[0].sentence;
    invalid += replayed == Verdict::kInvalid ? 1 : 0;

    for (Operation& op : history.operations) op.revision.reset();
    if (replayed == Verdict::kValid) {
      ASSERT_EQ(
          check_linearizability(requests_of(history), *info, {.step_budget = 1'000'000})[0].verdict,
          Verdict::kValid)
          << seed;
    }
  }
  EXPECT_GT(invalid, 200);
}

}  // namespace
}  // namespace plumbline::checker::mvcc
