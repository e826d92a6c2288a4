// A history as EDN: as Jepsen would have written it, and the same when it is read again.

#include "checker/formats/export_edn.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "checker/formats/micro.h"
#include "tests/checker/formats/loading.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

std::string edn_of(const History& history) {
  std::ostringstream out;
  write_edn(out, history);
  return out.str();
}

History micro(std::string_view text) {
  auto history = parse_micro(text);
  EXPECT_TRUE(history.ok()) << history.problem().text();
  return history.value();
}

void expect_round_trip(const History& history, const std::string& label) {
  const std::string edn = edn_of(history);
  const auto again = loaded(edn, {.format = "jepsen-edn"});
  ASSERT_TRUE(again.ok()) << label << again.problem().text() << "\n" << edn;
  ASSERT_EQ(lines_of(again), lines_of(Result<History>(history))) << label << edn;
  ASSERT_EQ(again.value().operations, history.operations) << label << edn;
}

TEST(Export, OneKeyIsAMember) {
  EXPECT_EQ(
      edn_of(
          micro("c1 w(x 1) [0..2]; c2 cas(x 1 \"a\")->false [1..3]; c3 r(x)->[nil true] [4..5]")),
      "{:index 0, :time 0, :type :invoke, :process 1, :f :write, :value 1, :key \"x\"}\n"
      "{:index 1, :time 1000000, :type :invoke, :process 2, :f :cas, :value [1 \"a\"], :key "
      "\"x\"}\n"
      "{:index 2, :time 2000000, :type :ok, :process 1, :f :write, :value 1, :key \"x\"}\n"
      "{:index 3, :time 3000000, :type :fail, :process 2, :f :cas, :value [1 \"a\"], :key \"x\", "
      ":answer [false]}\n"
      "{:index 4, :time 4000000, :type :invoke, :process 3, :f :read, :value nil, :key \"x\"}\n"
      "{:index 5, :time 5000000, :type :ok, :process 3, :f :read, :value [nil true], :key "
      "\"x\"}\n");
}

TEST(Export, SeveralKeysAreIndependent) {
  EXPECT_EQ(edn_of(micro("c1 w(x 1); c1 r(y)->nil")),
            "{:index 0, :time 1000000, :type :invoke, :process 1, :f :write, :value [\"x\" 1]}\n"
            "{:index 1, :time 2000000, :type :ok, :process 1, :f :write, :value [\"x\" 1]}\n"
            "{:index 2, :time 3000000, :type :invoke, :process 1, :f :read, :value [\"y\" nil]}\n"
            "{:index 3, :time 4000000, :type :ok, :process 1, :f :read, :value [\"y\" nil]}\n");
}

TEST(Export, TransactionsAndTransfers) {
  EXPECT_EQ(edn_of(micro("c1 ax1 ry2 [0..1]")),
            "{:index 0, :time 0, :type :invoke, :process 1, :f :txn, "
            ":value [[:append \"x\" 1] [:r \"y\" nil]], :key \"\"}\n"
            "{:index 1, :time 1000000, :type :ok, :process 1, :f :txn, "
            ":value [[:append \"x\" 1] [:r \"y\" [2]]], :key \"\"}\n");
  EXPECT_NE(edn_of(micro("c1 transfer(0 1 5)")).find("{:from 0, :to 1, :amount 5}"),
            std::string::npos);
}

TEST(Export, AProcessThatSawInfoNeverInvokesAgain) {
  const History history = micro("c1 w(x 1) unknown; c1 w(x 2) unknown; c4 w(x 3); c1 w(x 4)");
  const std::string edn = edn_of(history);
  EXPECT_NE(edn.find(":process 5, :f :write, :value 2, :key \"x\", :client 1}"), std::string::npos)
      << edn;
  EXPECT_NE(edn.find(":process 6, :f :write, :value 4, :key \"x\", :client 1}"), std::string::npos)
      << edn;
  expect_round_trip(history, "");
}

TEST(Export, EverythingRoundTrips) {
  const std::vector<std::string> texts = {
      "c1 acq(m) [0..5]; c2 rel(m) unknown [1..9]; c3 acq(m) [2..]",
      "c1 enq(q 1); c1 enq(p 2) fail; c1 deq(q)->1; c1 deq(q)->nil; c1 drain(p)->[1 2]",
      "c1 add(1); c1 rem(1)->true; c1 add(2)->false; c1 r()->[1 2]",
      "c1 transfer(1 2 3); c1 r()->[[1 2] [3 4]]",
      "c1 gen()->1 @4; c2 gen()->2 s1.1; c3 gen() fail",
      "c1 ax1 ry12; c2 wx1 rx[]; c3 rx3 unknown; c4 txn()",
      "c1 get(x)->\"a\"; c2 append(y \"b\"); c3 del(x)->true; c4 del(x); c5 put(x nil)",
      "c1 cas(x [1 2] [3 4])->false [5]; c1 cas(x nil 1)->true; c2 cas(x 1 2) fail",
      "c1 w(x [1 2]); c1 w(x [[r 1 2]]) fail",
      "c1 kv([put x 1])->[put nil] @2; c2 compact(5) @9; c3 lease-grant(1 2)->1 2; "
      "c4 lease-revoke(1); c5 lease-keep-alive(1)->3; "
      "c6 watch([watch x nil])->[created 1 1] [progress 2 1]; c7 state()->[state 1 []]",
      "",
  };
  for (const std::string& text : texts) {
    History history = micro(text);
    if (text.find("[[r 1 2]]") != std::string::npos) history.operations.pop_back();
    expect_round_trip(history, text + "\n");
  }
}

TEST(Export, BytesThatAreNotTextRoundTrip) {
  HistoryBuilder h;
  h.put(1, std::string("\x00\xff\n\"\\", 5), 1).ok(2);
  h.put(1, "\n\x01\"\\ \xc3\xa9 :key", 3).ok(4);
  History history = h;
  history.operations[1].key = std::string("k\xfe", 2);
  history.operations[1].set_note("not \"there\"");
  history.operations[0].set_server("n1");
  expect_round_trip(history, "");
}

// Times apart from each other, since events of one instant are moved apart by one nanosecond.
TEST(Export, RandomHistoriesRoundTrip) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    RandomShape shape{.map = dice.percent(50), .operations = 40, .clients = 4, .keys = 2};
    shape.revisions = dice.percent(50);
    shape.retry_percent = static_cast<int>(dice.below(2)) * 20;
    History history = linearizable_history(shape, dice);
    std::int64_t apart = 0;
    for (Operation& op : history.operations) {
      op.invoked_at = op.invoked_at * 1000 + 500 + apart;
      if (op.returned_at != kNever) {
        op.returned_at = std::max(op.returned_at * 1000 + apart, op.invoked_at + 1);
      }
      apart += 2;
    }
    ASSERT_EQ(fault_of(history), std::nullopt) << seed;
    expect_round_trip(history, "seed " + std::to_string(seed) + "\n");
  }
}

// Who precedes whom is what a verdict hangs on. Nothing may be lost, and something be added only
// where a process returns and calls at one instant.
TEST(Export, TiesKeepWhoPrecedesWhom) {
  const auto precedes = [](const Operation& a, const Operation& b) {
    return a.returned_at < b.invoked_at;
  };
  std::uint64_t ties = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Dice dice(seed);
    const RandomShape shape{.operations = 30, .clients = 5, .gap_max = 2};
    const History history = linearizable_history(shape, dice);
    const auto again = loaded(edn_of(history), {.format = "jepsen-edn"});
    ASSERT_TRUE(again.ok()) << seed << again.problem().text();
    const auto& before = history.operations;
    const auto& after = again.value().operations;
    ASSERT_EQ(before.size(), after.size()) << seed;
    for (std::size_t i = 0; i < before.size(); ++i) {
      for (std::size_t j = 0; j < before.size(); ++j) {
        if (before[i].returned_at == before[j].invoked_at) {
          ++ties;
        } else {
          ASSERT_EQ(precedes(before[i], before[j]), precedes(after[i], after[j]))
              << "seed " << seed << ", operations " << i << " and " << j;
        }
      }
    }
  }
  EXPECT_GT(ties, 1000U);
}

TEST(Export, Files) {
  const std::string path =
      std::filesystem::temp_directory_path() / (std::to_string(getpid()) + "-export.edn");
  ASSERT_TRUE(write_edn_file(path, micro("c1 w(x 1)")).ok());
  EXPECT_EQ(lines_of(load_history_file(path)), Told{"c1 write(x, 1) [1000000..2000000] ok"});
  std::filesystem::remove(path);
  HistoryBuilder faulty;
  faulty.read(1, 1).ok(2);
  EXPECT_EQ(write_edn_file(path, faulty).problem().text(),
            path + ": not written: operation 0: read answers with at least 1 result");
  EXPECT_EQ(write_edn_file("/nowhere/x.edn", micro("")).problem().text(),
            "/nowhere/x.edn: cannot be created");
  EXPECT_EQ(write_edn_file("/dev/full", micro("c1 w(x 1)")).problem().text(),
            "/dev/full: cannot be written");
}

}  // namespace
}  // namespace plumbline::checker
