// The shape of requests and answers of an MVCC store (checker/history/kv_tree.h), and their types
// (checker/mvcc/request.h, response.h).

#include "checker/history/kv_tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checker/mvcc/request.h"
#include "checker/mvcc/response.h"
#include "tests/checker/support/mvcc_history.h"
#include "tests/checker/support/builder.h"

namespace plumbline::checker::mvcc {
namespace {

TEST(KvTree, MalformedRequestsAreRefusedWithASentence) {
  const std::vector<std::pair<Value, std::string>> rows = {
      {Value(7), "a request must be a list that begins with put, range, delete or txn, not 7"},
      {list_of({"putt", "a", 1}),
       "a request must be a list that begins with put, range, delete or txn, not [\"putt\", \"a\", "
       "1]"},
      {list_of({"put", "a"}), "put takes a key and a value"},
      {list_of({"range", 1, Value()}), "range takes a key and a range end"},
      {list_of({"range", "a", 1}), "a range end must be bytes or nil, not 1"},
      {range("a", "", {option("limitt", 1)}), "range has no option limitt"},
      {range("a", "", {option("limit", "x")}), "option limit of range cannot be \"x\""},
      {range("a", "", {option("sort", "mode")}),
       "unknown sort 'mode'; the nearest known one is 'mod'"},
      {put("a", 1, {Value(3)}), "an option must be [name, value], not 3"},
      {list_of({"txn", 1}), "txn takes lists of compares, of requests if so, and if not"},
      {txn({list_of({"version", "=", "a", "x"})}, {}, {}),
       "a compare of version takes an integer, not \"x\""},
      {txn({}, {list_of({"put"})}, {}), "put takes a key and a value"},
  };
  for (const auto& [tree, sentence] : rows) EXPECT_EQ(fault_of_kv_request(tree), sentence);
}

TEST(KvTree, MalformedAnswersAreRefusedWithASentence) {
  const Value ask = range("a");
  EXPECT_EQ(fault_of_kv_response(ask, list_of({"put", Value()})),
            "range is answered with [\"put\", nil]");
  EXPECT_EQ(fault_of_kv_response(ask, list_of({"range", 1, 1, false})),
            "keys with their values must be a list, not 1");
  EXPECT_EQ(fault_of_kv_response(ask, list_of({"range", list_of({list_of({"a", 1})}), 1, false})),
            "a key with its value must be [key, value, create, mod, version, lease], not [\"a\", "
            "1]");
  EXPECT_EQ(fault_of_kv_response(txn({}, {put("a", 1)}, {}), list_of({"txn", true, list_of({})})),
            "a txn of 1 requests in the branch taken has 0 answers");
  EXPECT_EQ(fault_of_kv_response(ask, list_of({"error", "compacted"})), std::nullopt);
}

TEST(KvTree, OperationsAreHeldToIt) {
  Operation op;
  op.function = Function::kKv;
  op.arguments = {Value(7)};
  EXPECT_NE(fault_of_call(op), std::nullopt);
  op.arguments = {range("a")};
  op.outcome = Outcome::kOk;
  op.returned_at = 1;
  op.results = {Value(7)};
  EXPECT_EQ(fault_of(op), "range is answered with 7");
}

TEST(KvTree, TypesGoThereAndBack) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    const History history = mvcc_history({}, dice);
    for (const Operation& op : history.operations) {
      if (op.function != Function::kKv) continue;
      const Value again = to_value(parse_request(op.arguments[0]));
      ASSERT_EQ(fault_of_kv_request(again), std::nullopt) << seed;
      ASSERT_EQ(to_value(parse_request(again)), again) << seed;
      if (op.outcome != Outcome::kOk) continue;
      ASSERT_EQ(to_value(parse_response(op.results[0])), op.results[0]) << seed;
    }
  }
}

TEST(KvTree, AKeyIsNotTouchedTwiceInOneBranch) {
  const auto twice = [](const Value& tree) { return touches_a_key_twice(parse_request(tree)); };
  EXPECT_TRUE(twice(txn({}, {put("a", 1), put("a", 2)}, {})));
  EXPECT_TRUE(twice(txn({}, {put("b", 1), erase("a", "c")}, {})));
  EXPECT_TRUE(twice(txn({}, {put("a", 1), txn({}, {}, {put("a", 2)})}, {})));
  EXPECT_FALSE(twice(txn({}, {put("a", 1)}, {put("a", 2)})));
  EXPECT_FALSE(twice(txn({}, {put("a", 1), txn({}, {put("b", 1)}, {put("b", 2)})}, {})));
}

}  // namespace
}  // namespace plumbline::checker::mvcc
