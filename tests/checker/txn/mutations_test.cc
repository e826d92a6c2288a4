// One lie told in the history of a correct store is found, and called by a name that fits.

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/txn/txn.h"
#include "tests/checker/txn/notation.h"
#include "tests/checker/support/random_txns.h"

namespace plumbline::checker {
namespace {

constexpr std::uint64_t kSeeds = 60;

// What a read of another list of real elements may look like: it depends on who wrote them. Never
// an element too many, from nowhere or from a transaction that failed.
const std::set<std::string> kAnotherState = {"incompatible-order",
                                             "internal",
                                             "G1b",
                                             "G-monotonic",
                                             "fractured-read",
                                             "lost-update",
                                             "G0",
                                             "G1c",
                                             "G-single",
                                             "G-nonadjacent",
                                             "G2-item",
                                             "G0-process",
                                             "G1c-process",
                                             "G-single-process",
                                             "G-nonadjacent-process",
                                             "G2-item-process",
                                             "G0-realtime",
                                             "G1c-realtime",
                                             "G-single-realtime",
                                             "G-nonadjacent-realtime",
                                             "G2-item-realtime"};

TxnShape correct_shape(Dice& dice) {
  TxnShape shape;
  shape.transactions = 150;
  shape.clients = 2 + static_cast<int>(dice.below(6));
  shape.keys = 2 + static_cast<int>(dice.below(3));
  shape.steps_max = 4;
  shape.gap_max = 20;
  shape.retire_after = 12;
  return shape;
}

// A step of a history: an answered read of at least `elements_min` elements.
struct Place {
  std::size_t operation = 0;
  std::size_t step = 0;
};

std::vector<Place> reads(const History& history, std::size_t elements_min) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Values& results = history.operations[i].results;
    for (std::size_t j = 0; j < results.size(); ++j) {
      const Value::List& parts = results[j].list();
      if (parts[0].text() != "r" || parts[2].list().size() < elements_min) continue;
      places.push_back({i, j});
    }
  }
  return places;
}

Value::List list_at(const History& history, Place place) {
  return history.operations[place.operation].results[place.step].list()[2].list();
}

void set_list(History& history, Place place, Value::List list) {
  Value& step = history.operations[place.operation].results[place.step];
  Value::List parts = step.list();
  parts[2] = Value(std::move(list));
  step = Value(std::move(parts));
}

// Changes a history at one place; false if it cannot be changed there.
using Lie = std::function<bool(History&, Place, Dice&)>;

// Tells the lie in many histories, each time at one place, and holds the names to `sensible`.
void expect_found(std::size_t elements_min, const Lie& lie, const std::set<std::string>& sensible) {
  int told = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Dice dice(seed);
    History history = random_txns(correct_shape(dice), dice);
    const std::vector<Place> places = reads(history, elements_min);
    if (places.empty()) continue;
    const Place place =
        places[static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(places.size())))];
    if (!lie(history, place, dice)) continue;
    ++told;
    const auto reports = check_transactions(history);
    ASSERT_EQ(reports[0].verdict, Verdict::kInvalid) << "seed " << seed;
    for (const Report& report : reports) {
      EXPECT_TRUE(sensible.contains(report.topic)) << report.topic << ", seed " << seed;
    }
  }
  EXPECT_GT(told, static_cast<int>(kSeeds) / 2);
}

TEST(TxnMutations, ACorrectStoreRaisesNoAlarm) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Dice dice(seed);
    TxnShape shape = correct_shape(dice);
    const auto lists = check_transactions(random_txns(shape, dice));
    EXPECT_EQ(lists[0].verdict, Verdict::kValid) << "seed " << seed << " " << lists[0].sentence;
    shape.registers = true;
    shape.revisions = true;
    const auto registers = check_transactions(random_txns(shape, dice));
    EXPECT_EQ(registers[0].verdict, Verdict::kValid)
        << "seed " << seed << " " << registers[0].sentence;
  }
}

TEST(TxnMutations, TwoElementsSwapped) {
  expect_found(
      2,
      [](History& history, Place place, Dice& dice) {
        Value::List list = list_at(history, place);
        const auto at =
            static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(list.size()) - 1));
        std::swap(list[at], list[at + 1]);
        set_list(history, place, std::move(list));
        return true;
      },
      kAnotherState);
}

TEST(TxnMutations, AnElementOfTheMiddleDropped) {
  expect_found(
      2,
      [](History& history, Place place, Dice&) {
        Value::List list = list_at(history, place);
        list.erase(list.begin());
        set_list(history, place, std::move(list));
        return true;
      },
      kAnotherState);
}

TEST(TxnMutations, AnElementDoubled) {
  expect_found(
      1,
      [](History& history, Place place, Dice& dice) {
        Value::List list = list_at(history, place);
        list.push_back(
            list[static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(list.size())))]);
        set_list(history, place, std::move(list));
        return true;
      },
      {"duplicate-elements", "incompatible-order", "internal"});
}

TEST(TxnMutations, AnElementFromNowhere) {
  expect_found(0,
               [](History& history, Place place, Dice&) {
                 Value::List list = list_at(history, place);
                 list.push_back(Value(999));
                 set_list(history, place, std::move(list));
                 return true;
               },
               {"garbage-read", "incompatible-order", "internal"});
}

// The whole transaction is moved to before the first of all was called, though it saw something.
TEST(TxnMutations, ATransactionMovedBeforeWhatItSaw) {
  expect_found(3,
               [](History& history, Place place, Dice&) {
                 for (Operation& op : history.operations) {
                   op.invoked_at += 1000;
                   op.returned_at += 1000;
                 }
                 Operation moved = history.operations[place.operation];
                 history.operations.erase(history.operations.begin() +
                                          static_cast<std::ptrdiff_t>(place.operation));
                 moved.process = 77;
                 moved.invoked_at = 1;
                 moved.returned_at = 2;
                 history.operations.insert(history.operations.begin(), std::move(moved));
                 return !fault_of(history);
               },
               {"G0-realtime", "G1c-realtime", "G-single-realtime", "G-nonadjacent-realtime",
                "G2-item-realtime"});
}

// One transaction's appends to two keys, of which a later one sees only the first.
TEST(TxnMutations, ATransactionTorn) {
  const auto reports = check_transactions(
      txns({"c1 0-1 ax1 ay1", "c2 2-3 rx1 ry", "c3 4-5 ax2 ay2", "c4 6-7 rx12 ry12"}));
  EXPECT_EQ(topics(reports), "G-monotonic G-single");
  EXPECT_EQ(reports[0].witness, (std::vector<std::uint64_t>{0, 1}));
  const auto forever =
      check_transactions(txns({"c1 0-1 ax1 ay1", "c2 2-3 rx1 ry ay2", "c3 4-5 rx1 ry2"}));
  EXPECT_EQ(topics(forever), "G-monotonic G-single G0-realtime G1c");
}

}  // namespace
}  // namespace plumbline::checker
